import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import type { RefundId } from "../kernel/ids.ts";
import type { RefundRow } from "./advanceRefunds.ts";

/**
 * That a locked refund fits into what was captured, beside every other refund of its transaction. The payment is locked
 * by the caller.
 *
 * @throws Refusal REFUND_EXCEEDS_CAPTURED (details.left, whole rupiah)
 */
export async function requireRoom(tx: Tx, refund: Pick<RefundRow, "id" | "transactionId" | "amount">): Promise<void> {
  const [row] = await tx.sql<{ room: number }>(
    `select least(t.captured_amount - t.charged_back_amount - coalesce(sum(r.amount), 0),
                  t.captured_amount - t.charged_back_amount - t.refunded_amount)::bigint as room
       from payment_transactions t
       left join refunds r on r.transaction_id = t.id and r.id <> $2
                          and r.status in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')
      where t.id = $1 group by t.id`,
    [refund.transactionId, refund.id],
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
