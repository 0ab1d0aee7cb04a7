import type { App } from "../../../domain/app.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import type { LinkedAccountId } from "../../../domain/kernel/ids.ts";
import type { AccountGateway } from "../../../domain/payment/accountGateway.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { findLinkedAccount } from "../../../domain/payment/linkedAccount.queries.ts";
import { linkGopay } from "../../../domain/payment/linkGopay.ts";
import { lookAtAccount } from "../../../domain/payment/lookAtAccount.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import type { Person } from "./facts.ts";
import { addPackage, newKey, type Running } from "./subscriptionFacts.ts";

export interface RemoteAccount {
  readonly id: string;
  readonly status: string;
  readonly phone_number: string;
  readonly options: readonly { readonly name: string; readonly token: string }[];
}

/** Everything that the gateway has linked or is to link. */
export async function remoteAccounts(shop: LiveShop): Promise<readonly RemoteAccount[]> {
  const answer = await fetch(`${shop.sandbox.url}/sandbox/accounts`);
  return ((await answer.json()) as { accounts: RemoteAccount[] }).accounts;
}

export const accountIdOf = async (shop: LiveShop, id: string): Promise<string | null> =>
  (
    await shop.one<{ gatewayAccountId: string | null }>(
      "select gateway_account_id from linked_accounts where id = $1",
      id,
    )
  ).gatewayAccountId;

export async function remoteOf(shop: LiveShop, id: string): Promise<RemoteAccount | undefined> {
  const accountId = await accountIdOf(shop, id);
  return (await remoteAccounts(shop)).find((account) => account.id === accountId);
}

/** The sandbox's own control of an account. */
export async function moveRemote(shop: LiveShop, id: string, move: object): Promise<void> {
  const answer = await fetch(`${shop.sandbox.url}/sandbox/accounts/${await accountIdOf(shop, id)}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(move),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** Its owner presses a button on GoPay's page. */
export async function press(shop: LiveShop, buyer: Person, id: string, action: "allow" | "refuse"): Promise<void> {
  const { linkUrl } = await findLinkedAccount(shop.app, buyer, id);
  await fetch(linkUrl as string, { method: "POST", redirect: "manual", body: new URLSearchParams({ action }) });
}

export const ask = (shop: LiveShop, buyer: Person, app: App = shop.app, more: { phone?: string } = {}) =>
  linkGopay(app, buyer, { idempotencyKey: newKey(), ...more });

/** An account of the buyer's that can be charged. */
export async function linkAccount(shop: LiveShop, buyer: Person): Promise<LinkedAccountId> {
  const id = await ask(shop, buyer);
  await press(shop, buyer, id, "allow");
  await lookAtAccount(shop.app, { accountId: id });
  return id;
}

export const orderByGopay = (packageId: string, linkedAccountId: string, idempotencyKey = newKey()) =>
  ({ packageId, linkedAccountId, method: "GOPAY", idempotencyKey }) as const;

/** A subscription of a new buyer's, charged to his linked account, known to the gateway and not charged yet. */
export async function subscribeByGopay(shop: LiveShop): Promise<Omit<Running, "card"> & { account: LinkedAccountId }> {
  const buyer = await shop.addBuyer();
  const account = await linkAccount(shop, buyer);
  const packageId = await addPackage(shop);
  const id = await createSubscription(shop.app, buyer, orderByGopay(packageId, account));
  return { buyer, account, packageId, id };
}

export const stateOf = async (shop: LiveShop, id: string): Promise<string> =>
  (await shop.one<{ state: string }>("select state from linked_accounts where id = $1", id)).state;

export const pathOf = async (shop: LiveShop, id: string): Promise<string[]> =>
  (
    await shop.app.db.sql<{ state: string }>(
      "select to_state as state from linked_account_logs where linked_account_id = $1 order by id",
      [id],
    )
  ).map(({ state }) => state);

/** The shop whose gateway takes a call, of which the shop hears nothing; `lost`: not even the gateway does. */
export function losing(app: App, call: "link" | "unlink", is: "taken" | "lost", times = 1): App {
  let left = times;
  const act = app.accounts[call] as (input: unknown) => Promise<unknown>;
  const lossy = async (input: unknown) => {
    if (left === 0) return act(input);
    left--;
    if (is === "taken") await act(input);
    throw new GatewayUnavailable("midtrans", "no answer");
  };
  return { ...app, accounts: { ...app.accounts, [call]: lossy } as AccountGateway };
}
