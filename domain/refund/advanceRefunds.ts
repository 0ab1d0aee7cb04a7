import type { Tx } from "../../platform/db.ts";
import type { Ids, PaymentId, RefundId, TransactionId } from "../kernel/ids.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { type RefundEvent, type RefundStatus, refundStates } from "./refund.states.ts";

interface RefundRow {
  readonly id: RefundId;
  readonly paymentId: PaymentId;
  readonly status: RefundStatus;
  readonly amount: number;
}

/**
 * Applies one event to every refund of a transaction, or to one of them, by the total table: the one place that writes
 * a refund's status. A cell with a case opens one: money may have gone twice. The payment is locked by the caller.
 */
export async function advanceRefunds(
  tx: Tx,
  app: { ids: Ids; now: Date },
  transactionId: TransactionId,
  event: RefundEvent,
  only: RefundId | null = null,
): Promise<void> {
  const refunds = await tx.sql<RefundRow>(
    `select id, payment_id, status, amount from refunds
      where transaction_id = $1 and ($2::uuid is null or id = $2) order by id for update`,
    [transactionId, only],
  );
  for (const { id, paymentId, status, amount } of refunds) {
    const verdict = refundStates.verdict(status, event);
    if (verdict.kind === "moved") {
      await tx.sql("update refunds set status = $2, next_attempt_at = null, updated_at = $3 where id = $1", [
        id,
        verdict.next,
        app.now,
      ]);
    }
    if (!verdict.opensCase) continue;
    await openMoneyCase(tx, app, {
      kind: "REFUND_AND_REVERSAL",
      subject: id,
      paymentId,
      transactionId,
      amount,
      summary: `A refund that is ${status} met ${event}: its money may have gone twice`,
      evidence: { status, event },
      actions: ["DISMISS"],
    });
  }
}
