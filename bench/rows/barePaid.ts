import { createHash, randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { invoiceNumber, invoiceYear } from "../../domain/checkout/invoice.rules.ts";
import type { Shop } from "../harness/shop.ts";
import { addWaiting } from "./payables.ts";

/** All that a notification of a settlement changes, by id. */
interface BarePaid {
  readonly paymentId: string;
  readonly transactionId: string;
  readonly gatewayOrderId: string;
  readonly sessionId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly slug: string;
  /** Whole rupiah. */
  readonly amount: number;
  readonly notificationId: string;
  readonly jobId: number;
  /** What is booked as sales, shipping and PPN of it; whole rupiah. */
  readonly goods: number;
  readonly shipping: number;
  readonly tax: number;
}

const BODY_BYTES = 700; // of a notification and of a status answer
const sealed = () => `k1.${randomBytes(BODY_BYTES).toString("base64url")}`;

/** Fills a shop with payments that wait, and stores a notification of each with its job, as the shim does. */
export async function addBarePaid(shop: Shop, count: number): Promise<BarePaid[]> {
  const waiting = await addWaiting(shop, count);
  const now = new Date();
  const rows = waiting.map(({ gatewayOrderId }) => ({
    id: randomUUID(),
    digest: createHash("sha256").update(gatewayOrderId).digest("hex"),
    order: gatewayOrderId,
    body: sealed(),
  }));
  await shop.sql(
    `insert into payment_notifications (id, digest, gateway_order_id, gateway_transaction_id, gateway_status,
                                        body_sealed, state, received_at)
     select id, digest, "order", id, 'settlement', body, 'STORED', $2
       from jsonb_to_recordset($1::jsonb) as n(id uuid, digest text, "order" text, body text)`,
    [JSON.stringify(rows), now],
  );
  await shop.sql(
    `insert into outbox_messages (name, handler, payload, key, due_at, offered_at, created_at)
     select 'payment.notified', 'applyNotification', jsonb_build_object('gatewayOrderId', gateway_order_id),
            gateway_order_id, $1, $1, $1 from payment_notifications`,
    [now],
  );
  await shop.sql("analyze payment_notifications, outbox_messages");
  return shop.sql<BarePaid>(
    `select p.id as payment_id, t.id as transaction_id, t.gateway_order_id, p.session_id, o.id as order_id, o.store_id,
            s.slug, p.amount, n.id as notification_id, j.id as job_id, o.tax,
            o.subtotal - o.tax + (o.shipping_tax->>'tax')::bigint as goods,
            o.shipping_cost - (o.shipping_tax->>'tax')::bigint as shipping
       from payments p join payment_transactions t on t.payment_id = p.id join orders o on o.session_id = p.session_id
       join stores s on s.id = o.store_id join payment_notifications n on n.gateway_order_id = t.gateway_order_id
       join outbox_messages j on j.key = n.gateway_order_id`,
  );
}

const CALL = `
  insert into gateway_calls (id, gateway, operation, method, path, correlation, status, outcome, duration_ms,
                             request_sealed, response_sealed, at)
  values ($1, 'midtrans', 'status', 'GET', $2, $3, 200, 'ok', 3, $4, $5, $6)`;
const TRANSACTION = `
  update payment_transactions
     set state = 'PAID', gateway_transaction_id = $2, gateway_payment_type = 'qris', gateway_status = 'settlement',
         fraud_status = 'accept', captured_amount = $3, settled_at = $4, next_poll_at = $5, last_checked_at = $4,
         updated_at = $4
   where id = $1`;
const PAYMENT = `
  update payments
     set status = 'PAID', version = version + 1, paid_at = $2, covering_transaction_id = $3, updated_at = $2
   where id = $1`;
const PAYMENT_LOGS = `
  insert into payment_logs (payment_id, transaction_id, step, from_status, to_status, detail, source, at)
  values ($1, $2, 'gatewayStatus', null, null, $3, 'MIDTRANS', $4),
         ($1, $2, 'captured', 'PENDING', 'PAID', '{}', 'MIDTRANS', $4)`;
const ORDER = `
  update orders set status = 'PAID', payment_status = 'PAID', version = version + 1, paid_at = $2, updated_at = $2
   where id = $1`;
const ORDER_LOG = `
  insert into order_status_logs (order_id, from_status, to_status, event, source, at)
  values ($1, 'PENDING_PAYMENT', 'PAID', 'paid', 'MIDTRANS', $2)`;
const SESSION = "update checkout_sessions set status = 'PAID', updated_at = $2 where id = $1";
const COUNTER = `
  insert into invoice_counters (store_id, year, last) values ($1, $2, 1)
  on conflict (store_id, year) do update set last = invoice_counters.last + 1 returning last`;
const INVOICE = `
  insert into invoices (id, number, store_id, year, sequence, order_id, snapshot, issued_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;
const ENTRIES = `
  insert into ledger_entries (kind, at, payment_id, transaction_id, order_id)
  values ('CAPTURED', $1, $2, $3, null), ('SOLD', $1, $2, null, $4) returning id`;
const POSTINGS = `
  insert into ledger_postings (entry_id, line, account, store_id, method, amount)
  values ($1, 1, 'RECEIVABLE', null, 'SNAP', $3::bigint), ($1, 2, 'SUSPENSE', null, null, -$3::bigint),
         ($2, 1, 'SUSPENSE', null, null, $3::bigint), ($2, 2, 'SALES', $4, null, -$5::bigint),
         ($2, 3, 'SHIPPING', $4, null, -$6::bigint), ($2, 4, 'PPN_PAYABLE', $4, null, -$7::bigint)`;
const NEXT_JOB = `
  insert into outbox_messages (name, handler, payload, due_at, created_at)
  values ('payment.paid', 'noticePaid', $1, $2, $2)`;
const NOTIFICATION = `
  update payment_notifications set state = 'APPLIED', attempts = attempts + 1, applied_at = $2 where id = $1`;
const JOB = "update outbox_messages set done_at = $2, offered_at = null where id = $1";

/** As long as the shop's own of an order of two lines. */
const SNAPSHOT = {
  seller: { name: "Toko 1", legalName: "PT Toko 1", address: "Jl. Malioboro 1", npwp: "0012345678901001", isPkp: true },
  buyer: { name: "Pembeli 1", recipient: "Pembeli Uji", phone: "+6281200000001", address: "Jl. Melati 5, Gambir" },
  lines: Array.from({ length: 2 }, () => ({
    name: "Kopi Gayo 1-1, biji sangrai 250 g",
    sku: `kopi-${randomUUID()}`,
    quantity: 2,
    unitPrice: 25_000,
    total: 50_000,
    tax: { taxCode: "taxable", price: 45_045, otherBase: 41_291, tax: 4_955, ruleVersion: "2025-01" },
  })),
  shipping: { description: "JNE REG", cost: 18_000, tax: { taxCode: "taxable", price: 16_216, tax: 1_784 } },
  totals: { subtotal: 100_000, shipping: 18_000, discount: 0, price: 106_306, otherBase: 97_447, tax: 11_694 },
  payment: { method: "QRIS", paidAt: "2026-11-20T07:06:10.000Z" },
};
const DETAIL = JSON.stringify({ status: "settlement", fraud: "accept", type: "qris", amount: 168_000 });
const POLL_AFTER_MS = 3_600_000;

/** Statements of markPaid, transaction brackets included. */
export const PAID_STATEMENTS = 16;

/** Marks one payment paid: all rows that applying its notification leaves, a prepared statement a table. */
export async function markPaid(pool: pg.Pool, paid: BarePaid): Promise<void> {
  const [now, year] = [new Date(), invoiceYear(new Date())];
  const poll = new Date(now.getTime() + POLL_AFTER_MS);
  const client = await pool.connect();
  const run = async (name: string, text: string, values: unknown[]) =>
    (await client.query({ name: `bare ${name}`, text, values })).rows;
  try {
    await client.query("begin");
    const asked = `/v2/${paid.gatewayOrderId}/status`;
    await run("call", CALL, [randomUUID(), asked, paid.gatewayOrderId, "k1.bnVsbA", sealed(), now]);
    await run("transaction", TRANSACTION, [paid.transactionId, randomUUID(), paid.amount, now, poll]);
    await run("payment", PAYMENT, [paid.paymentId, now, paid.transactionId]);
    await run("logs", PAYMENT_LOGS, [paid.paymentId, paid.transactionId, DETAIL, now]);
    await run("order", ORDER, [paid.orderId, now]);
    await run("order log", ORDER_LOG, [paid.orderId, now]);
    await run("session", SESSION, [paid.sessionId, now]);
    await run("next", NEXT_JOB, [JSON.stringify({ paymentId: paid.paymentId }), now]);
    await run("notification", NOTIFICATION, [paid.notificationId, now]);
    await run("job", JOB, [paid.jobId, now]);
    const [captured, sold] = await run("entries", ENTRIES, [now, paid.paymentId, paid.transactionId, paid.orderId]);
    const sums = [paid.amount, paid.storeId, paid.goods, paid.shipping, paid.tax];
    await run("postings", POSTINGS, [captured.id, sold.id, ...sums]);
    const [{ last }] = await run("counter", COUNTER, [paid.storeId, year]);
    const number = invoiceNumber(paid.slug, year, last);
    const snapshot = JSON.stringify({
      ...SNAPSHOT,
      number,
      issuedAt: now,
      status: "PAID",
      totals: { ...SNAPSHOT.totals, total: paid.amount },
    });
    await run("invoice", INVOICE, [randomUUID(), number, paid.storeId, year, last, paid.orderId, snapshot, now]);
    await client.query("commit");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
