import type { OrderId, OrderItemId, PaymentId } from "../kernel/ids.ts";
import type { OrderItemView, OrderView } from "../order/order.queries.ts";
import type { OrderPaymentStatus } from "../order/order.rules.ts";
import type { PaymentView } from "../payment/payment.queries.ts";
import type { SessionView } from "./checkout.queries.ts";
import type { PricedOrder } from "./checkout.rules.ts";
import type { Placement } from "./placeOrders.ts";

/** A checkout as reading it right after its commit would show it. */
export interface PlacedCheckout {
  readonly session: SessionView;
  readonly payment: PaymentView;
  readonly orders: readonly { readonly order: OrderView; readonly items: readonly OrderItemView[] }[];
}

/** An order of a placement beside the parts of its row that are made when it is written. */
interface PlacedOrder {
  readonly row: { readonly id: OrderId; readonly number: string; readonly payment_status: OrderPaymentStatus };
  readonly items: readonly { readonly id: OrderItemId }[];
}

function orderView(of: Placement, priced: PricedOrder, { row }: PlacedOrder, now: Date): OrderView {
  const { storeId, subtotal, shippingCost, discount, tax, total, rate } = priced;
  return {
    id: row.id,
    number: row.number,
    sessionId: of.sessionId,
    userId: of.userId,
    storeId,
    paymentId: of.paymentId,
    status: "PENDING_PAYMENT",
    paymentStatus: row.payment_status,
    subtotal,
    shippingCost,
    discount,
    tax,
    total,
    shippingAddress: of.address,
    shippingQuote: rate,
    isArchived: false,
    createdAt: now,
    updatedAt: now,
  };
}

/** Ids of one millisecond are in no order of their making: whoever reads the rows gets them by id. */
const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

function itemViews({ items: priced }: PricedOrder, { row, items }: PlacedOrder): OrderItemView[] {
  const views = priced.map(({ product, quantity, total }, i) => ({
    id: (items[i] as PlacedOrder["items"][number]).id,
    orderId: row.id,
    productId: product.id,
    productName: product.name,
    unitPrice: product.price,
    quantity,
    total,
  }));
  return views.sort(byId);
}

/** The views of rows that are written as they stand here, so that nobody need read them back. */
export function placedCheckout(
  of: Placement,
  payment: { readonly id: PaymentId; readonly number: string; readonly amount: number; readonly expiresAt: Date },
  rows: readonly PlacedOrder[],
  now: Date,
): PlacedCheckout {
  const { userId, sessionId, paymentId, method } = of;
  const orders = of.orders.map((priced, i) => {
    const row = rows[i] as PlacedOrder;
    return { order: orderView(of, priced, row, now), items: itemViews(priced, row) };
  });
  return {
    session: { id: sessionId, userId, paymentId, status: "OPEN", total: payment.amount, expiresAt: payment.expiresAt },
    payment: {
      ...payment,
      purpose: "ORDER",
      channel: "MIDTRANS",
      status: "PENDING",
      method,
      refundedAmount: 0,
      userId,
      sessionId,
      paidAt: null,
      createdAt: now,
    },
    orders: orders.sort((a, b) => byId(a.order, b.order)),
  };
}
