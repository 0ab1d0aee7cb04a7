import { inTransaction, isDatabaseAway, isDatabaseBusy } from "../../platform/db.ts";
import { redactText } from "../../platform/redact.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, GatewayUnreadable } from "../kernel/errors.ts";
import type { LinkedAccountId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { HOUR_MS, later, MINUTE_MS } from "../kernel/time.ts";
import { ACCOUNT_LOOK_FAILED, lookAtAccount } from "./lookAtAccount.ts";

const BATCH = 10; // looks of one round, one after another: a stopped worker leaves little to be taken over
/** A look whose worker died, or whose gateway was away, is due again after this. */
const LEASE_MS = 2 * MINUTE_MS;
/** What we cannot read now we cannot read in two minutes either. */
const FAILED_PAUSE_MS = HOUR_MS;

/** What is away or busy comes back; what we cannot read may stay so, and a person must know. */
async function noteFailure(app: App, id: LinkedAccountId, error: unknown): Promise<void> {
  app.log.warn({ err: error, linkedAccountId: id }, "a look at a linked account failed and is due again");
  const isAway = error instanceof GatewayUnavailable && !(error instanceof GatewayUnreadable);
  if (isAway || isDatabaseAway(error) || isDatabaseBusy(error)) return;
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const why = redactText((error as Error).message);
    const message = `What the gateway says of a linked account cannot be read: ${why}`;
    // One that came to its end meanwhile is looked at no more.
    await tx.sql("update linked_accounts set next_look_at = $2 where id = $1 and next_look_at is not null", [
      id,
      later(now, FAILED_PAUSE_MS),
    ]);
    const alert = { kind: ACCOUNT_LOOK_FAILED, subject: id, severity: "CRITICAL", message } as const;
    await raiseAlert(tx, { ids: app.ids, now }, alert);
  });
}

async function lookAt(app: App, id: LinkedAccountId): Promise<void> {
  const isRead = await lookAtAccount(app, { accountId: id });
  if (!isRead) throw new GatewayUnreadable("midtrans", "its status is a word that we don't know", "none");
}

/**
 * Looks at the linked accounts that are due, so that a link that was opened needs no notification to be known. Several
 * workers may run it: each look is claimed by one, and a state that is found twice is one state.
 *
 * @returns how many were looked at
 */
export async function pollAccounts(app: App): Promise<number> {
  const now = app.clock.now();
  const due = await app.db.sql<{ id: LinkedAccountId }>(
    `update linked_accounts set next_look_at = $2
      where id in (select id from linked_accounts where next_look_at <= $1
                    order by next_look_at limit ${BATCH} for update skip locked)
      returning id`,
    [now, later(now, LEASE_MS)],
  );
  if (due.length > 0) killPoint("account.poll-claimed");
  for (const { id } of due) await lookAt(app, id).catch((error: unknown) => noteFailure(app, id, error));
  return due.length;
}
