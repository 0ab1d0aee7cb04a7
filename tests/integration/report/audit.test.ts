import { issueInvoices } from "../../../domain/checkout/issueInvoices.ts";
import { INVARIANTS } from "../../../domain/report/invariants.queries.ts";
import { runAudit } from "../../../domain/report/runAudit.ts";
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

let shop: TestShop;
let shelf: ShelfRow;
let open: OrderRow;
let paid: OrderRow;
let over: OrderRow;

beforeAll(async () => {
  shop = await openTestShop();
  const userId = await addCustomer(shop.db);
  shelf = await addStore(shop.db);
  open = await addOrder(shop.db, userId, shelf);
  paid = await addOrder(shop.db, userId, shelf);
  over = await addOrder(shop.db, userId, shelf);
  await payOrder(shop.db, paid);
  await inTransaction(shop.db, (tx) => issueInvoices(tx, NOW, ids, [paid.orderId as never]));
  await endOrder(shop.db, over, "EXPIRED");
});

afterAll(() => shop?.drop());

class Planted extends Error {}

/** What the audit says of a shop with a breach in it: past every trigger and foreign key, and rolled back. */
async function breachesAfter(plant: (sql: (text: string, values?: unknown[]) => Promise<unknown>) => Promise<void>) {
  let found: { invariant: string; subject: string; detail: string }[] = [];
  await inTransaction(shop.db, async (tx) => {
    await tx.sql("set local session_replication_role = replica");
    await plant((text, values) => tx.sql(text, values));
    found = await runAudit({ sql: tx.sql }, { now: NOW });
    throw new Planted();
  }).catch((error: unknown) => {
    if (!(error instanceof Planted)) throw error;
  });
  return found.map(({ invariant, subject }) => `${invariant} ${subject}`);
}

const JOB = `insert into outbox_messages (name, handler, payload, key, due_at, parked_at, created_at)
             values ('payment.notified', $1, $2, $3, $4, $5, $4)`;
const LONG_AGO = new Date(NOW.getTime() - 60 * 60_000);

const addNotification = (gatewayOrderId: string, state: string): [string, unknown[]] => [
  `insert into payment_notifications (id, digest, gateway_order_id, body_sealed, state, received_at)
   values ($1, $2, $3, 'x', $4, $5)`,
  [ids.next(), `${gatewayOrderId}-${state}`, gatewayOrderId, state, NOW],
];

const addNotice = (id: string, state: string): [string, unknown[]] => [
  `insert into notices (id, event, template, recipient, subject, body_text, body_html, state, created_at)
   values ($1, 'event', 'paymentReceived', 'a@lunas.test', 's', 't', 'h', $2, $3)`,
  [id, state, LONG_AGO],
];

const addAlert = (kind: string, subject: string): [string, unknown[]] => [
  "insert into alerts (id, kind, subject, severity, message, raised_at) values ($1, $2, $3, 'WARNING', 'm', $4)",
  [ids.next(), kind, subject, NOW],
];

describe("the audit", () => {
  test("finds nothing in a shop with an unpaid, a paid and an expired order", async () => {
    expect(await runAudit(shop.db, { now: NOW })).toEqual([]);
  });

  test("finds nothing where every unfinished piece of work has its job or its alert", async () => {
    const inDoubt = ids.next();
    const found = await breachesAfter(async (sql) => {
      await sql(...addNotification("LNS-A", "STORED"));
      await sql(JOB, ["applyNotification", { gatewayOrderId: "LNS-A" }, "LNS-A", NOW, null]);
      await sql(...addNotification("LNS-B", "PARKED"));
      await sql(JOB, ["applyNotification", { gatewayOrderId: "LNS-B" }, "LNS-B", LONG_AGO, NOW]);
      await sql(...addAlert("NOTIFICATION_PARKED", "LNS-B"));
      await sql(...addNotice(inDoubt, "IN_DOUBT"));
      await sql(...addAlert("NOTICE_IN_DOUBT", inDoubt));
    });
    expect(found).toEqual([]);
  });

  const planted: {
    breach: string;
    sql: (q: (text: string, values?: unknown[]) => Promise<unknown>) => Promise<unknown>;
    says: () => string[];
  }[] = [
    {
      breach: "a piece that is on no shelf and in no order",
      sql: (q) => q("update products set stock = stock - 1 where id = $1", [shelf.productId]),
      says: () => ["STOCK kemeja-batik-sekar"],
    },
    {
      breach: "an order whose pieces were given to somebody else",
      sql: async (q) => {
        await q("delete from stock_movements where order_item_id = $1", [paid.itemId]);
        await q("update products set stock = stock + 2 where id = $1", [shelf.productId]);
      },
      says: () => [`HOLD ${paid.orderNumber}`],
    },
    {
      breach: "a cancelled order that still holds its pieces",
      sql: async (q) => {
        await q("delete from stock_movements where order_item_id = $1 and kind = 'RELEASE'", [over.itemId]);
        await q("update products set stock = stock - 2 where id = $1", [shelf.productId]);
      },
      says: () => [`HOLD ${over.orderNumber}`],
    },
    {
      breach: "a checkout that is not the sum of its orders",
      sql: (q) => q("update checkout_sessions set total = total + 1 where id = $1", [open.sessionId]),
      says: () => [`TOTAL ${open.paymentNumber}`],
    },
    {
      breach: "a gateway transaction of another amount",
      sql: (q) =>
        q("update payment_transactions set amount = amount - 1, item_total = amount - 1 where id = $1", [
          open.transactionId,
        ]),
      says: () => [`TOTAL ${open.gatewayOrderId}`],
    },
    {
      breach: "PPN that is not the sum of the lines",
      sql: (q) => q("update orders set tax = tax + 1 where id = $1", [open.orderId]),
      says: () => [`TOTAL ${open.orderNumber}`],
    },
    {
      breach: "a payment that is paid by nothing",
      sql: (q) => q("update payments set covering_transaction_id = null where id = $1", [paid.paymentId]),
      says: () => [`PAID ${paid.paymentNumber}`, `LATE ${paid.gatewayOrderId}`],
    },
    {
      breach: "a payment that is paid by too little",
      sql: (q) => q("update payment_transactions set captured_amount = amount - 1 where id = $1", [paid.transactionId]),
      says: () => [`PAID ${paid.paymentNumber}`],
    },
    {
      breach: "refunds beyond what was captured",
      sql: async (q) => {
        const refund = `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause,
          created_at, updated_at)
                        values ($1, $2, $3, $4, $5, 'r', 'MANUAL', 'STAFF', $6, $6)`;
        await q("update orders set payment_status = 'REFUND_PENDING' where id = $1", [paid.orderId]);
        for (const amount of [paid.total, 1])
          await q(refund, [ids.next(), paid.paymentId, paid.transactionId, paid.orderId, amount, NOW]);
      },
      says: () => [`REFUND ${paid.gatewayOrderId}`, `REFUND ${paid.orderNumber}`],
    },
    {
      breach: "a refunded sum that no refund stands for",
      sql: (q) => q("update payments set refunded_amount = 5 where id = $1", [paid.paymentId]),
      says: () => [`REFUND ${paid.paymentNumber}`],
    },
    {
      breach: "money that came late and is not owed back",
      sql: (q) =>
        q("update payment_transactions set state = 'PAID', captured_amount = amount where id = $1", [
          over.transactionId,
        ]),
      says: () => [`LATE ${over.gatewayOrderId}`],
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
      says: () => [expect.stringMatching(/^OUTBOX noticePaid:\d+$/) as unknown as string],
    },
    {
      breach: "a parked job that nobody is told of",
      sql: (q) => q(`${JOB}`, ["noticePaid", {}, null, NOW, NOW]),
      says: () => [expect.stringMatching(/^OUTBOX noticePaid:\d+$/) as unknown as string],
    },
    {
      breach: "a status that the log does not end at",
      sql: (q) => q("delete from order_status_logs where order_id = $1 and to_status = 'PAID'", [paid.orderId]),
      says: () => [`LOG ${paid.orderNumber}`],
    },
    {
      breach: "a change that the order table does not have",
      sql: (q) =>
        q("update order_status_logs set event = 'receiptConfirmed' where order_id = $1 and to_status = 'PAID'", [
          paid.orderId,
        ]),
      says: () => [`LOG ${paid.orderNumber}`],
    },
    {
      breach: "an order without any log",
      sql: (q) => q("delete from order_status_logs where order_id = $1", [open.orderId]),
      says: () => [`LOG ${open.orderNumber}`],
    },
    {
      breach: "a gap in the invoice numbers",
      sql: (q) => q("update invoice_counters set last = last + 1"),
      says: () => [`NUMBERS ${shelf.storeId} 2026`],
    },
    {
      breach: "a paid order without an invoice",
      sql: async (q) => {
        await q("delete from invoices where order_id = $1", [paid.orderId]);
        await q("delete from invoice_counters");
      },
      says: () => [`NUMBERS ${paid.orderNumber}`],
    },
    {
      breach: "an order of another customer than its checkout",
      sql: (q) => q("update orders set user_id = $2 where id = $1", [open.orderId, ids.next()]),
      says: () => [`OWNER ${open.orderNumber}`],
    },
    {
      breach: "two transactions of a payment that can both be paid",
      sql: async (q) => {
        await q("drop index payment_transactions_one_live");
        await q(
          `insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
            created_at, updated_at)
           values ($1, $2, 'LNS-SECOND', 'SNAP', 'LIVE', $3, $3, $4, $4)`,
          [ids.next(), open.paymentId, open.total, NOW],
        );
      },
      says: () => [`ONE_LIVE ${open.paymentNumber}`],
    },
    {
      breach: "an order that shows another payment status than its payment",
      sql: (q) => q("update orders set payment_status = 'PENDING' where id = $1", [paid.orderId]),
      says: () => [`MIRROR ${paid.orderNumber}`],
    },
    {
      breach: "a checkout that is still open when all is paid",
      sql: (q) => q("update checkout_sessions set status = 'OPEN' where id = $1", [paid.sessionId]),
      says: () => [`MIRROR ${paid.orderNumber}`],
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

  test.each(planted)("catches $breach", async ({ sql, says }) => {
    expect(await breachesAfter(async (q) => void (await sql(q)))).toEqual(says());
  });

  test("has a planted breach for each of its invariants", () => {
    const caught = new Set(
      planted
        .flatMap(({ says }) => JSON.stringify(says()))
        .join(" ")
        .match(/\b[A-Z_]{3,}\b/g),
    );
    // Patterns print as nothing in JSON; the outbox has two of them above.
    expect(INVARIANTS.map(({ id }) => id).filter((id) => id !== "OUTBOX" && !caught.has(id))).toEqual([]);
  });
});
