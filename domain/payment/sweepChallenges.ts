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
     and not exists (select from alerts a where a.kind = $2 and a.subject = p.number and a.raised_at >= began.at)
   order by began.at limit ${SWEEP_BATCH} for update of p skip locked`;

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
    const open = await tx.sql<{ number: string; amount: number }>(UNANSWERED, [
      later(now, -CHALLENGE_PATIENCE_MS),
      CHALLENGE_UNANSWERED,
    ]);
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
