import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, PaymentId } from "../kernel/ids.ts";
import { type CaseAction, openMoneyCase } from "../kernel/openMoneyCase.ts";
import type { OrderEvent, OrderStatus } from "../order/order.states.ts";

/**
 * RETURNED: goods are back, and staff says whether they go on the shelf and the money back. LOST_PARCEL: the courier
 * owes for it. ORDER_CONTRADICTED: the parcel's news cannot be true of this order.
 */
export const PARCEL_CASES = ["RETURNED", "LOST_PARCEL", "ORDER_CONTRADICTED"] as const;
type ParcelCase = (typeof PARCEL_CASES)[number];

const KIND_OF: Partial<Readonly<Record<OrderEvent, ParcelCase>>> = {
  returned: "RETURNED",
  lostOrDamaged: "LOST_PARCEL",
};

const ACTIONS: Readonly<Record<ParcelCase, readonly CaseAction[]>> = {
  RETURNED: ["RESTOCK_REFUND", "RESTOCK", "REFUND_ORDER", "DISMISS"],
  LOST_PARCEL: ["REFUND_ORDER", "DISMISS"],
  ORDER_CONTRADICTED: ["DISMISS"],
};

const SUMMARIES: Readonly<Record<ParcelCase, (number: string, status: OrderStatus, event: OrderEvent) => string>> = {
  RETURNED: (number) => `The parcel of order ${number} came back to its store: decide about its goods and its money`,
  LOST_PARCEL: (number) =>
    `The courier says that the parcel of order ${number} is lost or damaged: claim its value, decide about its money`,
  ORDER_CONTRADICTED: (number, status, event) =>
    `The parcel of order ${number} is said to be ${event}, and the order is ${status}`,
};

interface ParcelStory {
  readonly orderId: OrderId;
  readonly status: OrderStatus;
  readonly event: OrderEvent;
  /** The courier's own. */
  readonly words: string;
  readonly shipment: {
    readonly id: string;
    readonly bookingNo: string | null;
    readonly airwayBill: string | null;
  };
}

/** Opens the case that a parcel's news asks for, once for an order: the same news opens no second one. */
export async function openParcelCase(tx: Tx, app: { ids: Ids; now: Date }, story: ParcelStory): Promise<void> {
  const { orderId, status, event, words, shipment } = story;
  const [order] = await tx.sql<{ number: string; total: number; paymentId: PaymentId }>(
    `select o.number, o.total, p.id as payment_id
       from orders o join payments p on p.session_id = o.session_id where o.id = $1`,
    [orderId],
  );
  if (!order) throw new Error(`order ${orderId} is gone`);
  const kind = KIND_OF[event] ?? "ORDER_CONTRADICTED";
  await openMoneyCase(tx, app, {
    kind,
    subject: orderId,
    orderId,
    paymentId: order.paymentId,
    amount: order.total,
    summary: SUMMARIES[kind](order.number, status, event),
    evidence: {
      order: status,
      event,
      words,
      shipment: shipment.id,
      bookingNo: shipment.bookingNo,
      airwayBill: shipment.airwayBill,
    },
    actions: ACTIONS[kind],
    told: `${shipment.id}:${event}`,
  });
}
