import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { formatRupiah } from "../kernel/money.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { HOUR_MS, later } from "../kernel/time.ts";
import { CHALLENGE_PATIENCE_MS, CHALLENGE_UNANSWERED } from "./challenge.rules.ts";

const SWEEP_BATCH = 100; // a round a minute: more at once are no news that a person could take in

// An alert that somebody cleared has told of this challenge: only one that begins later is told again.
const UNANSWERED = `
  select p.number, p.amount from payments p
   cross join lateral (select max(l.at) as at from payment_logs l
                        where l.payment_id = p.id and l.to_status = 'CHALLENGED') began
   where p.status = 'CHALLENGED' and began.at <= $1
     and not exists (select from alerts a where a.kind = $2 and a.subject = p.number and a.raised_at >= began.at)`;

const CLAIM = `${UNANSWERED} order by began.at limit ${SWEEP_BATCH} for update of p skip locked`;

// What was locked was seen before another worker told of it, maybe: seen anew under the lock it is his or ours.
const CLAIMED = `${UNANSWERED} and p.number = any($3::text[]) order by began.at`;

/**
 * Tells people of payments whose fraud challenge nobody has answered. Several workers may run it: each payment is told
 * of once a challenge.
 *
 * @returns of how many
 */
export async function sweepChallenges(app: Pick<App, "db" | "clock" | "ids">): Promise<number> {
  const now = app.clock.now();
  const hours = CHALLENGE_PATIENCE_MS / HOUR_MS;
  return inTransaction(app.db, async (tx) => {
    const about = [later(now, -CHALLENGE_PATIENCE_MS), CHALLENGE_UNANSWERED];
    const claimed = await tx.sql<{ number: string }>(CLAIM, about);
    if (claimed.length === 0) return 0;
    const numbers = claimed.map(({ number }) => number);
    const open = await tx.sql<{ number: string; amount: number }>(CLAIMED, [...about, numbers]);
    for (const { number, amount } of open) {
      await raiseAlert(
        tx,
        { ids: app.ids, now },
        {
          kind: CHALLENGE_UNANSWERED,
          subject: number,
          severity: "CRITICAL",
          message:
            `Payment ${number} (${formatRupiah(amount)}) has been under Midtrans's fraud review for ${hours} hours. ` +
            "Accept or deny it: left alone, Midtrans cancels it the next afternoon",
        },
      );
    }
    return open.length;
  });
}
