import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { HOUR_MS, later } from "../kernel/time.ts";
import { CHALLENGE_PATIENCE_MS, CHALLENGE_UNANSWERED } from "./challenge.rules.ts";

/**
 * Tells people of a payment whose fraud challenge nobody has answered. A second run is harmless: one open alert a
 * payment, and none where the challenge is over or has begun anew since.
 */
export async function alertChallenge(
  app: Pick<App, "db" | "clock" | "ids">,
  message: { paymentId: PaymentId },
): Promise<void> {
  const now = app.clock.now();
  await inTransaction(app.db, async (tx) => {
    const [open] = await tx.sql<{ number: string; amount: number }>(
      `select p.number, p.amount from payments p
        where p.id = $1 and p.status = 'CHALLENGED'
          and not exists (select from payment_logs l
                           where l.payment_id = p.id and l.to_status = 'CHALLENGED' and l.at > $2)
          for update`,
      [message.paymentId, later(now, -CHALLENGE_PATIENCE_MS)],
    );
    if (!open) return;
    const hours = CHALLENGE_PATIENCE_MS / HOUR_MS;
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      {
        kind: CHALLENGE_UNANSWERED,
        subject: open.number,
        severity: "CRITICAL",
        message:
          `Payment ${open.number} (${formatRupiah(open.amount)}) has been under Midtrans's fraud review for ${hours} ` +
          "hours. Accept or deny it: left alone, Midtrans cancels it the next afternoon",
      },
    );
  });
}
