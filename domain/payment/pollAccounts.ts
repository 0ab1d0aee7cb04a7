import { isDatabaseAway } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { LinkedAccountId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { lookAtAccount } from "./lookAtAccount.ts";

const BATCH = 10; // looks of one round, one after another: a stopped worker leaves little to be taken over
/** A look whose worker died, or whose gateway was away, is due again after this. */
const LEASE_MS = 2 * MINUTE_MS;

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
  for (const { id } of due) {
    await lookAtAccount(app, { accountId: id }).catch((error: unknown) => {
      const isOutage = error instanceof GatewayUnavailable || isDatabaseAway(error);
      app.log[isOutage ? "warn" : "error"]({ err: error, linkedAccountId: id }, "a linked account is looked at again");
    });
  }
  return due.length;
}
