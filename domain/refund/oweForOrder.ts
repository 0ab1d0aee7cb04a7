import type { Tx } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { Ids, OrderId, PaymentId, RefundId, UserId } from "../kernel/ids.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import { showRefundOwed } from "../order/advanceOrders.ts";
import { sendDue } from "./oweBack.ts";
import type { RefundableMoney } from "./refund.rules.ts";

// What of this order went back before is owed no more, nor what of its transaction did, for whichever order. Money that
// is gone from the payment leaves no paid status.
const OWED = `
    from orders o
    join payments p on p.session_id = o.session_id
    join payment_transactions t on t.id = p.covering_transaction_id
   cross join lateral (select coalesce(sum(r.amount), 0)::bigint as whole,
                              coalesce(sum(r.amount) filter (where r.order_id = o.id), 0)::bigint as own
                         from refunds r where r.transaction_id = t.id and r.status <> 'WITHDRAWN') back
   cross join lateral (select least(o.total - back.own,
                                    t.captured_amount - t.charged_back_amount - back.whole) as amount) owed
   where o.id = $1 and p.status in ('PAID', 'APPROVED', 'PARTIALLY_REFUNDED') and owed.amount > 0`;

// Whoever of staff had the order cancelled has asked for its money: now, or before its courier was asked.
const CANCELLER = `
  select case l.source when 'STAFF' then l.actor_id end from order_status_logs l
   where l.order_id = o.id and (l.event in ('cancelAsked', 'cancelAskedBooked')
                                or (l.source = 'STAFF' and l.to_status = 'CANCELLED'))
   order by l.id desc limit 1`;

const OWE = `
  insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, requested_by,
                       next_attempt_at, created_at, updated_at)
  select $2, p.id, t.id, o.id, owed.amount, $3, 'PENDING', $5,
         coalesce($6::uuid, case $5 when 'CANCEL' then (${CANCELLER}) end), $4, $4, $4 ${OWED}
  on conflict (order_id) where cause = 'CANCEL' and status <> 'WITHDRAWN' do nothing
  returning id, payment_id`;

/** What an order's money would be owed back as, in whole rupiah, and the transaction that it is of. */
export interface OwedForOrder extends RefundableMoney {
  readonly amount: number;
}

/** What oweForOrder would owe now; null where that is nothing. */
export async function readOwedForOrder(source: { sql: Sql }, orderId: OrderId): Promise<OwedForOrder | null> {
  const [row] = await source.sql<OwedForOrder>(
    `select owed.amount, t.method, t.gateway_payment_type as payment_type, p.paid_at, t.settled_at, t.captured_amount,
            t.refunded_amount ${OWED}`,
    [orderId],
  );
  return row ?? null;
}

/**
 * Records that what an order cost must go back because it was cancelled, or because staff says so, as far as its money
 * is still here; nothing is owed for money that was reversed or charged back. A cancel owes once, by its unique index;
 * a worker sends it (sendRefund). The order is locked by the caller.
 *
 * @returns true where something is owed now that was not before
 */
export async function oweForOrder(
  tx: Tx,
  app: { ids: Ids; now: Date },
  owed: {
    readonly orderId: OrderId;
    readonly reason: string;
    readonly cause?: "CANCEL" | "STAFF";
    /** Who of staff decided it; left out: nobody, or whoever had the order cancelled. */
    readonly requestedBy?: UserId | null;
  },
): Promise<boolean> {
  const rows = await tx.sql<{ id: RefundId; paymentId: PaymentId }>(OWE, [
    owed.orderId,
    app.ids.next<"refund">(),
    owed.reason,
    app.now,
    owed.cause ?? "CANCEL",
    owed.requestedBy ?? null,
  ]);
  const [made] = rows;
  if (!made) return false;
  await bookPayments(tx, app.now, [made.paymentId]);
  await showRefundOwed(tx, owed.orderId, app.now);
  await sendDue(tx, app.now, made.id);
  return true;
}
