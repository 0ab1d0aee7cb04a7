import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { LinkedAccountId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import type { RemoteAccount } from "./accountGateway.ts";
import { advanceAccount } from "./advanceAccount.ts";
import { nextAccountLook } from "./linkedAccount.rules.ts";
import { ACCOUNT_TOKEN_CONTEXT, lockAccount, readAccount } from "./lockAccount.ts";

/** The open alert of an account of which the gateway says what we cannot read; its subject is the linked account. */
export const ACCOUNT_LOOK_FAILED = "ACCOUNT_LOOK_FAILED";

const isRead = (remote: RemoteAccount | null): boolean => remote?.status !== "STRANGE";

/** Keeps what the gateway says of an account; null: it knows none of that id. */
async function record(app: App, id: LinkedAccountId, remote: RemoteAccount | null): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const cause = { source: "MIDTRANS", actorId: null, now } as const;
    const before = await lockAccount(tx, id);
    const isOver = remote === null || remote.status === "ENDED";
    if (isOver) await advanceAccount(tx, before, "ended", cause);
    if (remote?.status === "ENABLED") await advanceAccount(tx, before, "enabled", cause);
    const { state, createdAt } = await lockAccount(tx, id);
    const token = remote?.status === "ENABLED" ? remote.walletToken : null;
    await tx.sql("update linked_accounts set token_sealed = $2, last_looked_at = $3, next_look_at = $4 where id = $1", [
      id,
      token !== null && state === "LINKED" ? app.sealer.seal(token, ACCOUNT_TOKEN_CONTEXT) : null,
      now,
      nextAccountLook(state, createdAt, now),
    ]);
    if (isRead(remote)) await clearAlertOf(tx, now, ACCOUNT_LOOK_FAILED, id);
  });
}

/** A link that was asked for, and whose answer nobody kept: it was given to nobody. */
async function giveUp(app: App, id: LinkedAccountId): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const cause = { source: "SYSTEM", actorId: null, now: app.clock.now() } as const;
    await advanceAccount(tx, await lockAccount(tx, id), "noAnswer", cause);
  });
}

/**
 * Asks the gateway how a linked account stands, keeps its token as it is now, and ends at the gateway one that is to be
 * unlinked. A second run finds the state reached.
 *
 * @returns false where the gateway said a word that we don't know, which changes nothing
 * @throws GatewayUnavailable to be run again; GatewayUnreadable where its answer is of no form that we know
 */
export async function lookAtAccount(app: App, { accountId: id }: { accountId: LinkedAccountId }): Promise<boolean> {
  const row = await readAccount(app.db.sql, id);
  if (!row) throw new Error(`linked account ${id} is gone`);
  if (row.gatewayAccountId === null) {
    if (row.state === "LINKING") await giveUp(app, id);
    return true;
  }
  let remote = await app.accounts.fetch(row.gatewayAccountId);
  killPoint("account.answered");
  if (row.state === "UNLINKING" && remote?.status === "ENABLED") {
    await app.accounts.unlink(row.gatewayAccountId);
    killPoint("account.ended-there");
    remote = await app.accounts.fetch(row.gatewayAccountId);
    if (remote?.status === "ENABLED")
      throw new GatewayUnavailable("midtrans", "the account is still linked", "unknown");
  }
  await record(app, id, remote);
  killPoint("account.look-stored");
  return isRead(remote);
}
