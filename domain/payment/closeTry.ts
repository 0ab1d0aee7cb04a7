import type { Tx } from "../../platform/db.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import type { ReportOutcome } from "./applyMoneyOfAnother.ts";
import type { LockedPayment, TransactionRow } from "./lockPayment.ts";
import { isDead } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { recordReport } from "./recordReport.ts";
import type { ReportApp } from "./storeReport.ts";

/** Closed for good, or not: the gateway's word moved the payment, or a person must look at money first. */
export type TryEnd = "closed" | "moved" | "held";

/**
 * Records that a live try was closed at the gateway, after its last word: applies that word first, and closes the row
 * only when it brought no money and left the payment pending.
 */
export async function closeTry(
  tx: Tx,
  app: ReportApp,
  locked: LockedPayment,
  live: TransactionRow,
  end: { report: PaymentReport | null; cause: PaymentCause; now: Date },
): Promise<TryEnd> {
  const { report, cause, now } = end;
  if (report) {
    const outcome: ReportOutcome = await recordReport(tx, app, locked, live, { report, cause, now });
    if (outcome === "applied") return "moved";
    // Only a word that ends it without money leaves nothing to lose: of what is under review money may still come.
    if (!isDead(report)) return "held";
  }
  await tx.sql(
    `update payment_transactions set state = 'CLOSED', next_poll_at = null, last_checked_at = $2, updated_at = $2
      where id = $1`,
    [live.id, now],
  );
  await logPaymentStep(tx, now, cause, {
    paymentId: locked.payment.id,
    transactionId: live.id,
    step: "instrumentClosed",
  });
  return "closed";
}
