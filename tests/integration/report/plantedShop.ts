import { issueInvoices } from "../../../domain/checkout/issueInvoices.ts";
import { inTransaction } from "../../../platform/db.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  endOrder,
  ids,
  NOW,
  type OrderRow,
  openTestShop,
  payOrder,
  type ShelfRow,
  type TestShop,
} from "../../support/shopRows.ts";

/** A healthy shop into which breaches are planted: an unpaid, a paid and an expired order. */
export interface PlantedShop {
  readonly shop: TestShop;
  readonly shelf: ShelfRow;
  readonly open: OrderRow;
  readonly paid: OrderRow;
  readonly over: OrderRow;
}

export async function openPlantedShop(): Promise<PlantedShop> {
  const shop = await openTestShop();
  const userId = await addCustomer(shop.db);
  const shelf = await addStore(shop.db);
  const open = await addOrder(shop.db, userId, shelf);
  const paid = await addOrder(shop.db, userId, shelf);
  const over = await addOrder(shop.db, userId, shelf);
  await payOrder(shop.db, paid);
  await inTransaction(shop.db, (tx) => issueInvoices(tx, NOW, ids, [paid.orderId as never]));
  await endOrder(shop.db, over, "EXPIRED");
  return { shop, shelf, open, paid, over };
}

export const JOB = `insert into outbox_messages (name, handler, payload, key, due_at, parked_at, created_at)
             values (case $1 when 'noticePaid' then 'payment.paid' else 'payment.notified' end,
                     $1, $2, $3, $4, $5, $4)`;
export const LONG_AGO = new Date(NOW.getTime() - 60 * 60_000);

export const addNotification = (gatewayOrderId: string, state: string): [string, unknown[]] => [
  `insert into payment_notifications (id, digest, gateway_order_id, body_sealed, state, received_at)
   values ($1, $2, $3, 'x', $4, $5)`,
  [ids.next(), `${gatewayOrderId}-${state}`, gatewayOrderId, state, NOW],
];

export const addNotice = (id: string, state: string): [string, unknown[]] => [
  `insert into notices (id, event, template, recipient, subject, body_text, body_html, state, created_at)
   values ($1, 'event', 'paymentReceived', 'a@lunas.test', 's', 't', 'h', $2, $3)`,
  [id, state, LONG_AGO],
];

export const addCase = (order: OrderRow, actions: string, resolvedAt: Date | null = null): [string, unknown[]] => [
  `insert into money_cases (id, kind, subject, payment_id, transaction_id, amount, summary, evidence, actions,
                            opened_at, resolved_at)
   values ($1, 'LATE_PAYMENT', $2, $3, $4, $5, 's', '{}', $6::text[], $7, $8)`,
  [
    ids.next(),
    order.gatewayOrderId,
    order.paymentId,
    order.transactionId,
    order.total,
    `{${actions}}`,
    NOW,
    resolvedAt,
  ],
];

export const addTold = (order: OrderRow, status: string, fraud: string | null): [string, unknown[]] => [
  `insert into payment_logs (payment_id, transaction_id, step, detail, source, at)
   values ($1, $2, 'gatewayStatus', $3, 'MIDTRANS', $4)`,
  [order.paymentId, order.transactionId, JSON.stringify({ status, fraud, amount: order.total + 1 }), NOW],
];

export const addAlert = (kind: string, subject: string): [string, unknown[]] => [
  "insert into alerts (id, kind, subject, severity, message, raised_at) values ($1, $2, $3, 'WARNING', 'm', $4)",
  [ids.next(), kind, subject, NOW],
];
