import { ids, NOW } from "../../support/shopRows.ts";
import { PLANTED_ENROLMENTS } from "./plantedEnrolments.ts";
import { PLANTED_LEDGER } from "./plantedLedger.ts";
import { PLANTED_REFUNDS } from "./plantedRefunds.ts";
import { PLANTED_REVIEWS } from "./plantedReviews.ts";
import { PLANTED_SETTLEMENTS } from "./plantedSettlements.ts";
import { PLANTED_SHIPMENTS } from "./plantedShipments.ts";
import {
  addAlert,
  addCase,
  addNotice,
  addNotification,
  addTold,
  JOB,
  LONG_AGO,
  type PlantedShop,
} from "./plantedShop.ts";
import { PLANTED_SUBSCRIPTIONS } from "./plantedSubscriptions.ts";
import { PLANTED_TRACKING } from "./plantedTracking.ts";

export type Write = (text: string, values?: unknown[]) => Promise<unknown>;

export interface PlantedBreach {
  readonly breach: string;
  readonly sql: (q: Write, shop: PlantedShop) => Promise<unknown>;
  /** Invariant and subject of each breach that the audit must tell. */
  readonly says: (shop: PlantedShop) => string[];
}

/** One breach of an invariant each, written past every rule of the database. */
export const PLANTED: readonly PlantedBreach[] = [
  ...PLANTED_REFUNDS,
  ...PLANTED_REVIEWS,
  ...PLANTED_SHIPMENTS,
  ...PLANTED_TRACKING,
  ...PLANTED_SUBSCRIPTIONS,
  ...PLANTED_ENROLMENTS,
  ...PLANTED_LEDGER,
  ...PLANTED_SETTLEMENTS,
  {
    breach: "a piece that is on no shelf and in no order",
    sql: (q, { shelf }) => q("update products set stock = stock - 1 where id = $1", [shelf.productId]),
    says: () => ["STOCK kemeja-batik-sekar"],
  },
  {
    breach: "an order whose pieces were given to somebody else",
    sql: async (q, { paid, shelf }) => {
      await q("delete from stock_movements where order_item_id = $1", [paid.itemId]);
      await q("update products set stock = stock + 2 where id = $1", [shelf.productId]);
    },
    says: ({ paid }) => [`HOLD ${paid.orderNumber}`],
  },
  {
    breach: "a cancelled order that still holds its pieces",
    sql: async (q, { over, shelf }) => {
      await q("delete from stock_movements where order_item_id = $1 and kind = 'RELEASE'", [over.itemId]);
      await q("update products set stock = stock - 2 where id = $1", [shelf.productId]);
    },
    says: ({ over }) => [`HOLD ${over.orderNumber}`],
  },
  {
    breach: "a checkout that is not the sum of its orders",
    sql: (q, { open }) => q("update checkout_sessions set total = total + 1 where id = $1", [open.sessionId]),
    says: ({ open }) => [`TOTAL ${open.paymentNumber}`],
  },
  {
    breach: "a gateway transaction of another amount",
    sql: (q, { open }) =>
      q("update payment_transactions set amount = amount - 1, item_total = amount - 1 where id = $1", [
        open.transactionId,
      ]),
    says: ({ open }) => [`TOTAL ${open.gatewayOrderId}`],
  },
  {
    breach: "PPN that is not the sum of the lines",
    sql: (q, { open }) => q("update orders set tax = tax + 1 where id = $1", [open.orderId]),
    says: ({ open }) => [`TOTAL ${open.orderNumber}`],
  },
  {
    breach: "a payment that is paid by nothing",
    sql: (q, { paid }) => q("update payments set covering_transaction_id = null where id = $1", [paid.paymentId]),
    says: ({ paid }) => [`PAID ${paid.paymentNumber}`, `LATE ${paid.gatewayOrderId}`],
  },
  {
    breach: "a payment that is paid by too little",
    sql: (q, { paid }) =>
      q("update payment_transactions set captured_amount = amount - 1 where id = $1", [paid.transactionId]),
    says: ({ paid }) => [`PAID ${paid.paymentNumber}`],
  },
  {
    breach: "refunds beyond what was captured",
    sql: async (q, { paid }) => {
      const refund = `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause,
          created_at, updated_at)
                        values ($1, $2, $3, $4, $5, 'r', 'MANUAL', 'STAFF', $6, $6)`;
      await q("update orders set payment_status = 'REFUND_PENDING' where id = $1", [paid.orderId]);
      for (const amount of [paid.total, 1])
        await q(refund, [ids.next(), paid.paymentId, paid.transactionId, paid.orderId, amount, NOW]);
    },
    says: ({ paid }) => [`REFUND ${paid.gatewayOrderId}`, `REFUND ${paid.orderNumber}`],
  },
  {
    breach: "a refunded sum that no refund stands for",
    sql: (q, { paid }) => q("update payments set refunded_amount = 5 where id = $1", [paid.paymentId]),
    says: ({ paid }) => [`REFUND ${paid.paymentNumber}`],
  },
  {
    breach: "money that came late and is not owed back",
    sql: (q, { over }) =>
      q("update payment_transactions set state = 'PAID', captured_amount = amount where id = $1", [over.transactionId]),
    says: ({ over }) => [`LATE ${over.gatewayOrderId}`],
  },
  {
    breach: "a status that its sums do not bear out",
    sql: (q, { paid }) => q("update payments set status = 'PARTIALLY_REFUNDED' where id = $1", [paid.paymentId]),
    says: ({ paid }) => [
      `REFUND ${paid.paymentNumber}`,
      `PAYMENT_LOG ${paid.paymentNumber}`,
      `MIRROR ${paid.orderNumber}`,
    ],
  },
  {
    breach: "money of another amount that was told and is before nobody",
    sql: (q, { over }) => q(...addTold(over, "settlement", "accept")),
    says: ({ over }) => [`LATE ${over.gatewayOrderId}`],
  },
  {
    breach: "an open case that wants back what nobody captured",
    sql: async (q, { over }) => {
      await q(...addCase(over, "REFUND"));
      await q(...addAlert("MONEY_CASE_LATE_PAYMENT", over.gatewayOrderId));
    },
    says: ({ over }) => [`LATE ${over.gatewayOrderId}`],
  },
  {
    breach: "a payment whose log ends elsewhere",
    sql: (q, { paid }) => q("delete from payment_logs where payment_id = $1 and to_status = 'PAID'", [paid.paymentId]),
    says: ({ paid }) => [`PAYMENT_LOG ${paid.paymentNumber}`],
  },
  {
    breach: "a change that the payment table does not have",
    sql: (q, { paid }) =>
      q("update payment_logs set step = 'approved' where payment_id = $1 and to_status = 'PAID'", [paid.paymentId]),
    says: ({ paid }) => [`PAYMENT_LOG ${paid.paymentNumber}`],
  },
  {
    breach: "an unpaid payment at which nobody will look again",
    sql: (q, { open }) => q("update payment_transactions set next_poll_at = null where id = $1", [open.transactionId]),
    says: ({ open }) => [`WATCH ${open.paymentNumber}`],
  },
  {
    breach: "a money case that nobody is told of",
    sql: (q, { over }) => q(...addCase(over, "DISMISS")),
    says: ({ over }) => [`CASE ${over.gatewayOrderId}`],
  },
  {
    breach: "a money case that ended without a word",
    sql: (q, { over }) => q(...addCase(over, "DISMISS", NOW)),
    says: ({ over }) => [`CASE ${over.gatewayOrderId}`],
  },
  {
    breach: "a money case that is over and whose alert stands",
    sql: async (q, { over }) => {
      await q(...addCase(over, "DISMISS", NOW));
      await q("update money_cases set action = 'DISMISS', resolution = 'done'");
      await q(...addAlert("MONEY_CASE_LATE_PAYMENT", over.gatewayOrderId));
    },
    says: ({ over }) => [`CASE ${over.gatewayOrderId}`],
  },
  {
    breach: "a job that nothing handles",
    sql: async (q) => {
      await q(JOB, ["noticePaid", {}, null, NOW, null]);
      await q("update outbox_messages set name = 'payment.lost'");
    },
    says: () => ["OUTBOX noticePaid"],
  },
  {
    breach: "an invoice of another sum than its order",
    sql: (q) => q("update invoices set snapshot = jsonb_set(snapshot, '{totals,total}', '1')"),
    says: () => ["NUMBERS INV/BATIK-SEKAR/2026/000001"],
  },
  {
    breach: "a transaction under another payment's number",
    sql: (q, { open }) =>
      q("update payment_transactions set gateway_order_id = 'LNS-OTHER-01A' where id = $1", [open.transactionId]),
    says: ({ open }) => [`OWNER ${open.paymentNumber}`],
  },
  {
    breach: "a stored notification without a job",
    sql: (q) => q(...addNotification("LNS-X", "STORED")),
    says: () => ["INBOX LNS-X"],
  },
  {
    breach: "a parked notification that nobody is told of",
    sql: (q) => q(...addNotification("LNS-X", "PARKED")),
    says: () => ["INBOX LNS-X"],
  },
  {
    breach: "a job that is long overdue",
    sql: (q) => q(`${JOB}`, ["noticePaid", {}, null, LONG_AGO, null]),
    says: () => ["OUTBOX noticePaid"],
  },
  {
    breach: "a parked job that nobody is told of",
    sql: (q) => q(`${JOB}`, ["noticePaid", {}, null, NOW, NOW]),
    says: () => ["OUTBOX noticePaid"],
  },
  {
    breach: "a status that the log does not end at",
    sql: (q, { paid }) => q("delete from order_status_logs where order_id = $1 and to_status = 'PAID'", [paid.orderId]),
    says: ({ paid }) => [`LOG ${paid.orderNumber}`],
  },
  {
    breach: "a change that the order table does not have",
    sql: (q, { paid }) =>
      q("update order_status_logs set event = 'receiptConfirmed' where order_id = $1 and to_status = 'PAID'", [
        paid.orderId,
      ]),
    says: ({ paid }) => [`LOG ${paid.orderNumber}`],
  },
  {
    breach: "an order without any log",
    sql: (q, { open }) => q("delete from order_status_logs where order_id = $1", [open.orderId]),
    says: ({ open }) => [`LOG ${open.orderNumber}`],
  },
  {
    breach: "a gap in the invoice numbers",
    sql: (q) => q("update invoice_counters set last = last + 1"),
    says: ({ shelf }) => [`NUMBERS ${shelf.storeId} 2026`],
  },
  {
    breach: "a paid order without an invoice",
    sql: async (q, { paid }) => {
      await q("delete from invoices where order_id = $1", [paid.orderId]);
      await q("delete from invoice_counters");
    },
    says: ({ paid }) => [`NUMBERS ${paid.orderNumber}`],
  },
  {
    breach: "an order of another customer than its checkout",
    sql: (q, { open }) => q("update orders set user_id = $2 where id = $1", [open.orderId, ids.next()]),
    says: ({ open }) => [`OWNER ${open.orderNumber}`],
  },
  {
    breach: "two transactions of a payment that can both be paid",
    sql: async (q, { open }) => {
      await q("drop index payment_transactions_one_live");
      await q(
        `insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
            created_at, updated_at)
           values ($1, $2, $3, 'SNAP', 'LIVE', $4, $4, $5, $5)`,
        [ids.next(), open.paymentId, `${open.paymentNumber}-02A`, open.total, NOW],
      );
    },
    says: ({ open }) => [`ONE_LIVE ${open.paymentNumber}`],
  },
  {
    breach: "an order that shows another payment status than its payment",
    sql: (q, { paid }) => q("update orders set payment_status = 'PENDING' where id = $1", [paid.orderId]),
    says: ({ paid }) => [`MIRROR ${paid.orderNumber}`],
  },
  {
    breach: "a checkout that is still open when all is paid",
    sql: (q, { paid }) => q("update checkout_sessions set status = 'OPEN' where id = $1", [paid.sessionId]),
    says: ({ paid }) => [`MIRROR ${paid.orderNumber}`],
  },
  {
    breach: "a mail in doubt that nobody is told of",
    sql: (q) => q(...addNotice(ids.next(), "IN_DOUBT")),
    says: () => ["NOTICE event"],
  },
  {
    breach: "a mail that was claimed and never ended",
    sql: (q) => q(...addNotice(ids.next(), "SENDING")),
    says: () => ["NOTICE event"],
  },
];
