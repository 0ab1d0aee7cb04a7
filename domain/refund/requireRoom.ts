import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import type { RefundId } from "../kernel/ids.ts";
import type { RefundRow } from "./advanceRefunds.ts";

/**
 * That a locked refund fits into what was captured, beside every other refund of its transaction, and into what its own
 * order cost: money of another order of the checkout is not its to take. The payment is locked by the caller.
 *
 * @throws Refusal REFUND_EXCEEDS_CAPTURED (details.left, whole rupiah)
 */
export async function requireRoom(
  tx: Tx,
  refund: Pick<RefundRow, "id" | "transactionId" | "orderId" | "amount">,
): Promise<void> {
  const [row] = await tx.sql<{ room: number }>(
    `select least(t.captured_amount - t.charged_back_amount - others.whole,
                  t.captured_amount - t.charged_back_amount - t.refunded_amount, o.total - others.own)::bigint as room
       from payment_transactions t
       left join orders o on o.id = $3
      cross join lateral (select coalesce(sum(r.amount), 0) as whole,
                                 coalesce(sum(r.amount) filter (where r.order_id = o.id), 0) as own
                            from refunds r
                           where r.transaction_id = t.id and r.id <> $2
                             and r.status in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')) others
      where t.id = $1`,
    [refund.transactionId, refund.id, refund.orderId],
  );
  const left = Math.max(row?.room ?? 0, 0);
  if (refund.amount > left)
    throw new Refusal("REFUND_EXCEEDS_CAPTURED", "Less than that is left of what was paid", { left });
}

/** Where a refund goes, masked. @throws Refusal REFUND_ACCOUNT_MISSING */
export async function requireAccount(tx: Tx, refundId: RefundId): Promise<string> {
  const [account] = await tx.sql<{ masked: string }>("select masked from refund_accounts where refund_id = $1", [
    refundId,
  ]);
  if (!account) throw new Refusal("REFUND_ACCOUNT_MISSING", "The customer has not said where it goes");
  return account.masked;
}
