import type { App } from "../app.ts";
import { rupiah } from "../kernel/money.ts";
import { ACCOUNT_TOKEN_CONTEXT, readAccount } from "./lockAccount.ts";
import { readSubscription, type SubscriptionRow } from "./lockSubscription.ts";
import { lookAtAccount } from "./lookAtAccount.ts";
import { isOpenSubscription, type SubscriptionState } from "./subscription.states.ts";
import type { RemoteSubscription } from "./subscriptionGateway.ts";

const isCharged = (state: SubscriptionState): boolean => isOpenSubscription(state) && state !== "CANCELLING";

/**
 * Gives the gateway the token that a wallet has now, where the subscription would charge an older one: that would be
 * refused. A second run finds the new one there.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function renewToken(app: App, row: SubscriptionRow, remote: RemoteSubscription): Promise<void> {
  const { gatewayId, linkedAccountId } = row;
  const goesOn = remote.isActive && isCharged(row.state);
  if (gatewayId === null || linkedAccountId === null || !goesOn || remote.token === null) return;
  // What bears another name or amount is not ours to change.
  if (remote.name !== row.number || remote.amount !== row.amount) return;
  await lookAtAccount(app, { accountId: linkedAccountId });
  const account = await readAccount(app.db.sql, linkedAccountId);
  if (!account?.tokenSealed || account.gatewayAccountId === null) return;
  const token = app.sealer.open(account.tokenSealed, ACCOUNT_TOKEN_CONTEXT);
  if (token === remote.token) return;
  await app.subscriptions.renewToken(gatewayId, {
    name: row.number,
    amount: rupiah(row.amount),
    token,
    accountId: account.gatewayAccountId,
  });
  // A change brings one that was ended back to life: who ended it at this moment must not be charged.
  const after = await readSubscription(app.db.sql, row.id);
  if (!after || !isCharged(after.state)) await app.subscriptions.cancel(gatewayId);
}
