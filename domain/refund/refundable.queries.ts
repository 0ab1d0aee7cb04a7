import type { Sql } from "../../platform/sqlClient.ts";
import type { OrderId, OrderItemId, PaymentId, SessionId, TransactionId, UserId } from "../kernel/ids.ts";
import type { OrderStatus } from "../order/order.states.ts";
import type { PaymentStatus } from "../payment/payment.states.ts";
import type { RefundableMoney } from "./refund.rules.ts";
import type { PaidOrder, SharedItem, SharedOrder } from "./refundShares.rules.ts";

export interface RefundableItem extends SharedItem {
  readonly id: OrderItemId;
  readonly orderId: OrderId;
  readonly productName: string;
  /** Pieces whose money went back, is to go back, or failed to and may be sent again. */
  readonly refunded: number;
  /** Pieces that are on the shelf again. */
  readonly restocked: number;
}

export interface RefundableOrder extends SharedOrder {
  readonly id: OrderId;
  readonly status: OrderStatus;
  readonly total: number;
  /** Of its money, in open refunds and in those that are done. */
  readonly taken: number;
  /** What refunds of items gave, shipping with it. */
  readonly givenForItems: number;
  readonly items: readonly RefundableItem[];
}

/** The transaction that pays, and what of it can still be promised to anybody. */
export interface RefundableTransaction extends RefundableMoney {
  readonly id: TransactionId;
  readonly left: number;
}

/** All that decides how much of a payment can be refunded. Whole rupiah. */
export interface Refundable {
  readonly paymentId: PaymentId;
  readonly sessionId: SessionId | null;
  /** Who paid. */
  readonly userId: UserId;
  readonly status: PaymentStatus;
  /** null: no gateway has its money. */
  readonly transaction: RefundableTransaction | null;
  readonly orders: readonly RefundableOrder[];
}

/** Refunds that hold money: those of the database's ceiling. */
const HOLDING = "r.status in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')";

const MONEY = `
  select p.status, p.session_id, p.user_id, p.paid_at, t.id, t.method, t.gateway_payment_type as payment_type,
         t.settled_at, t.captured_amount, t.refunded_amount,
         greatest(0, least(t.captured_amount - t.charged_back_amount - t.refunded_amount,
                           t.captured_amount - t.charged_back_amount
                           - (select coalesce(sum(r.amount), 0) from refunds r
                               where r.transaction_id = t.id and ${HOLDING})))::bigint as "left"
    from payments p left join payment_transactions t on t.id = p.covering_transaction_id
   where p.id = $1`;

const ORDERS = `
  select o.id, o.status, o.total, o.shipping_cost, (o.shipping_tax->>'tax')::bigint as shipping_tax, o.discount,
         (select coalesce(sum(r.amount), 0) from refunds r where r.order_id = o.id and ${HOLDING})::bigint as taken,
         (select coalesce(sum(r.amount), 0) from refunds r
           where r.order_id = o.id and r.status <> 'WITHDRAWN'
             and exists (select from refund_items n where n.refund_id = r.id))::bigint as given_for_items
    from orders o where o.session_id = $1 order by o.id`;

const ITEMS = `
  select i.id, i.order_id, i.product_name, i.quantity, i.total, (i.tax->>'tax')::bigint as tax,
         (select coalesce(sum(n.quantity), 0) from refund_items n join refunds r on r.id = n.refund_id
           where n.order_item_id = i.id and r.status <> 'WITHDRAWN')::integer as refunded,
         (select coalesce(sum(m.quantity), 0) from stock_movements m
           where m.order_item_id = i.id and m.kind = 'RESTOCK')::integer as restocked
    from order_items i join orders o on o.id = i.order_id where o.session_id = $1 order by i.id`;

type MoneyRow = Pick<Refundable, "status" | "sessionId" | "userId"> &
  Omit<RefundableTransaction, "id"> & { readonly id: TransactionId | null };

/** What can be refunded of a payment as it stands; null for an unknown one. Locks nothing. */
export async function readRefundable(source: { sql: Sql }, paymentId: PaymentId): Promise<Refundable | null> {
  const [money] = await source.sql<MoneyRow>(MONEY, [paymentId]);
  if (!money) return null;
  const { status, sessionId, userId, id, ...transaction } = money;
  const orders = sessionId ? await source.sql<Omit<RefundableOrder, "items">>(ORDERS, [sessionId]) : [];
  const items = sessionId ? await source.sql<RefundableItem>(ITEMS, [sessionId]) : [];
  return {
    paymentId,
    sessionId,
    userId,
    status,
    transaction: id && { ...transaction, id },
    orders: orders.map((order) => ({ ...order, items: items.filter(({ orderId }) => orderId === order.id) })),
  };
}

/**
 * The orders whose money a transaction is, by id; none where it pays for none, or another transaction does. The payment
 * is locked by the caller.
 */
export const readPaidOrders = (
  source: { sql: Sql },
  { paymentId, transactionId }: { readonly paymentId: PaymentId; readonly transactionId: TransactionId },
): Promise<PaidOrder[]> =>
  source.sql<PaidOrder>(
    `select o.id, o.total - coalesce(sum(r.amount) filter (where r.status = 'SUCCEEDED'), 0)::bigint as not_gone,
            greatest(0, o.total - coalesce(sum(r.amount) filter (where ${HOLDING}), 0))::bigint as not_owed
       from payments p join orders o on o.session_id = p.session_id left join refunds r on r.order_id = o.id
      where p.id = $1 and p.covering_transaction_id = $2 and o.paid_at is not null
      group by o.id order by o.id`,
    [paymentId, transactionId],
  );
