import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, RefundId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { closeMoneyCase, openMoneyCase } from "../kernel/openMoneyCase.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import type { ToldRefunds } from "./followRefunds.ts";

/** An answer may be from before a refund that was done meanwhile: none is on its way for so long. */
const ANSWER_AGE_MS = 10 * MINUTE_MS;
const REFUND_DENIED = "REFUND_DENIED";

interface Done {
  readonly id: RefundId;
  readonly orderId: OrderId | null;
  readonly amount: number;
  readonly isThere: boolean;
  readonly isOpen: boolean;
}

const DONE = `
  select r.id, r.order_id, r.amount, r.gateway_refund_id = any($2::text[]) as is_there,
         exists (select from money_cases c where c.kind = $4 and c.subject = r.id::text and c.resolved_at is null)
           as is_open
    from refunds r
   where r.transaction_id = $1 and r.status = 'SUCCEEDED' and r.settled_by is null and r.gateway_refund_id is not null
     and r.succeeded_at < $3
   order by r.id`;

/**
 * A refund that was done is not in the gateway's books any more: the customer's bank did not take it. It stays as it
 * is, because nobody knows where the money is; a person finds out. A case ends by itself when the books have it again.
 */
export async function noteDenied(tx: Tx, app: { ids: Ids; now: Date }, told: ToldRefunds): Promise<void> {
  const ids = told.refunds.map(({ id }) => id);
  const rows = await tx.sql<Done>(DONE, [told.transactionId, ids, later(app.now, -ANSWER_AGE_MS), REFUND_DENIED]);
  for (const { id } of rows.filter(({ isThere, isOpen }) => isThere && isOpen)) {
    const note = "The gateway's books have it again";
    await closeMoneyCase(tx, app.now, { kind: REFUND_DENIED, subject: id, action: "DISMISS", by: null, note });
  }
  const known = rows.reduce((sum, { amount }) => sum + amount, 0);
  if (told.said >= known) return;
  for (const { id, orderId, amount } of rows.filter(({ isThere }) => !isThere)) {
    await openMoneyCase(tx, app, {
      kind: REFUND_DENIED,
      subject: id,
      paymentId: told.paymentId,
      orderId,
      transactionId: told.transactionId,
      amount,
      summary: `A refund of ${formatRupiah(amount)} that was done is gone from the gateway's books`,
      evidence: { refunds: told.refunds, said: told.said },
      actions: ["DISMISS"],
      told: ids.join(" "),
    });
  }
}
