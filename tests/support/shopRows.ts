import { randomBytes } from "node:crypto";
import type { Id, Ids, PaymentId } from "../../domain/kernel/ids.ts";
import { uuidv7 } from "../../domain/kernel/ids.ts";
import { taxInside } from "../../domain/kernel/tax.rules.ts";
import { bookPayments } from "../../domain/ledger/bookPayments.ts";
import { tables } from "../../domain/tables.ts";
import { type Db, inTransaction, openDb, type Tx } from "../../platform/db.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";

/** The instant at which these tests live: 14.05 WIB. */
export const NOW = new Date("2026-11-20T07:05:00.000Z");

export const ids: Ids = { next: <Kind extends string>() => uuidv7(NOW.getTime(), randomBytes(10)) as Id<Kind> };
export const clock = { now: () => NOW };

export interface TestShop extends TestDatabase {
  readonly db: Db;
}

/** An empty shop of its own: drop() closes it, too. */
export async function openTestShop(poolSize = 10): Promise<TestShop> {
  const database = await createTestDatabase();
  const db = openDb(database.url, tables, poolSize);
  return {
    url: database.url,
    db,
    async drop() {
      await db.close();
      await database.drop();
    },
  };
}

const write = (db: Db, text: string, values: unknown[]) => inTransaction(db, (tx) => tx.sql(text, values));

export async function addCustomer(db: Db, name = "Pembeli Satu"): Promise<string> {
  const id = ids.next<"user">();
  await write(
    db,
    `insert into users (id, email, email_key, password_hash, name, role, created_at, updated_at)
     values ($1, $2, $2, 'x', $3, 'CUSTOMER', $4, $4)`,
    [id, `${id}@lunas.test`, name, NOW],
  );
  return id;
}

export interface ShelfRow {
  readonly storeId: string;
  readonly productId: string;
  readonly isPkp: boolean;
}

/** A store with one product of Rp150.000, of which 1.000 pieces came in. */
export async function addStore(db: Db, { slug = "batik-sekar", isPkp = true } = {}): Promise<ShelfRow> {
  const [storeId, productId] = [ids.next<"store">(), ids.next<"product">()];
  await write(
    db,
    `insert into stores (id, slug, name, legal_name, npwp, origin_id, phone, email, address, is_pkp, pkp_since,
                         created_at)
     values ($1, $2, 'Batik Sekar', 'PT Batik Sekar', $3, 1, '0274555012', 'halo@batik.test', 'Jl. Malioboro 12',
             $4, $5, $6)`,
    [storeId, slug, isPkp ? "0012345678901000" : null, isPkp, isPkp ? "2024-01-01" : null, NOW],
  );
  await write(
    db,
    `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm, height_cm,
                           opening_stock, stock, created_at, updated_at)
     values ($1, $2, $3, 'Kemeja batik', 'x', 150000, 300, 20, 20, 5, 1000, 1000, $4, $4)`,
    [productId, storeId, `kemeja-${slug}`, NOW],
  );
  return { storeId, productId, isPkp };
}

const PRICE = 150_000;
const SHIPPING = 18_000;

const taxRecord = (gross: number, isPkp: boolean) =>
  isPkp
    ? { taxCode: "taxable", ...taxInside(gross), ruleVersion: "PMK-131-2024" }
    : { taxCode: "not_pkp", price: gross, otherBase: 0, tax: 0, taxComputed: 0, ruleVersion: "PMK-131-2024" };

export interface OrderRow {
  readonly sessionId: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly itemId: string;
  readonly paymentId: string;
  readonly paymentNumber: string;
  readonly transactionId: string;
  readonly gatewayOrderId: string;
  readonly total: number;
}

let orders = 0;

function newOrder(): OrderRow {
  const number = `20261120-${String(++orders).padStart(6, "0")}`;
  return {
    sessionId: ids.next<"checkoutSession">(),
    orderId: ids.next<"order">(),
    orderNumber: `ORD-${number}`,
    itemId: ids.next<"orderItem">(),
    paymentId: ids.next<"payment">(),
    paymentNumber: `LNS-${number}`,
    transactionId: ids.next<"paymentTransaction">(),
    gatewayOrderId: `LNS-${number}-01A`,
    total: 2 * PRICE + SHIPPING,
  };
}

const EXPIRES = new Date(NOW.getTime() + 86_400_000);
const ADDRESS = {
  recipient: "Ibu Penerima",
  phone: "0812000",
  line: "Jl. Kemang 8",
  destination: { label: "BANGKA, JAKARTA SELATAN, 12730" },
};

async function insertOrder(tx: Tx, userId: string, shelf: ShelfRow, row: OrderRow): Promise<void> {
  const [itemTax, shippingTax] = [taxRecord(2 * PRICE, shelf.isPkp), taxRecord(SHIPPING, shelf.isPkp)];
  const sums = [2 * PRICE, SHIPPING, itemTax.tax + shippingTax.tax, row.total];
  const kept = [shippingTax, ADDRESS, { courier: "jne", service: "REG", cost: SHIPPING }].map((part) =>
    JSON.stringify(part),
  );
  await tx.sql(
    `insert into orders (id, number, session_id, user_id, store_id, status, payment_status, subtotal, shipping_cost,
                         tax, total, shipping_tax, shipping_address, shipping_quote, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'PENDING_PAYMENT', 'PENDING', $6, $7, $8, $9, $10, $11, $12, $13, $13)`,
    [row.orderId, row.orderNumber, row.sessionId, userId, shelf.storeId, ...sums, ...kept, NOW],
  );
  await tx.sql(
    `insert into order_items (id, order_id, product_id, product_name, unit_price, quantity, weight_grams, total, tax)
     values ($1, $2, $3, 'Kemeja batik', $4, 2, 300, $5, $6)`,
    [row.itemId, row.orderId, shelf.productId, PRICE, 2 * PRICE, JSON.stringify(itemTax)],
  );
  await tx.sql(
    "insert into stock_movements (product_id, order_item_id, kind, quantity, at) values ($1, $2, 'RESERVE', -2, $3)",
    [shelf.productId, row.itemId, NOW],
  );
  await tx.sql("update products set stock = stock - 2 where id = $1", [shelf.productId]);
  await tx.sql(
    `insert into order_status_logs (order_id, to_status, event, source, at)
     values ($1, 'PENDING_PAYMENT', 'placed', 'CUSTOMER', $2)`,
    [row.orderId, NOW],
  );
}

const logPayment = (tx: Tx, row: OrderRow, step: string, from: string | null, to: string) =>
  tx.sql(
    `insert into payment_logs (payment_id, step, from_status, to_status, source, at)
     values ($1, $2, $3, $4, 'SYSTEM', $5)`,
    [row.paymentId, step, from, to, NOW],
  );

async function insertPayment(tx: Tx, userId: string, row: OrderRow): Promise<void> {
  await tx.sql(
    `insert into payments (id, number, purpose, channel, status, user_id, session_id, method, amount, tries, expires_at,
                           created_at, updated_at)
     values ($1, $2, 'ORDER', 'MIDTRANS', 'PENDING', $3, $4, 'SNAP', $5, 1, $6, $7, $7)`,
    [row.paymentId, row.paymentNumber, userId, row.sessionId, row.total, EXPIRES, NOW],
  );
  await tx.sql(
    `insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
                                       next_poll_at, created_at, updated_at)
     values ($1, $2, $3, 'SNAP', 'LIVE', $4, $4, $5, $5, $5)`,
    [row.transactionId, row.paymentId, row.gatewayOrderId, row.total, NOW],
  );
  await logPayment(tx, row, "created", null, "PENDING");
}

/** An unpaid order of two pieces at one store, as a checkout leaves it, with one live try at the gateway. */
export async function addOrder(db: Db, userId: string, shelf: ShelfRow): Promise<OrderRow> {
  const row = newOrder();
  await inTransaction(db, async (tx) => {
    await tx.sql(
      `insert into checkout_sessions (id, user_id, status, total, expires_at, created_at, updated_at)
       values ($1, $2, 'OPEN', $3, $4, $5, $5)`,
      [row.sessionId, userId, row.total, EXPIRES, NOW],
    );
    await insertOrder(tx, userId, shelf, row);
    await insertPayment(tx, userId, row);
  });
  return row;
}

/** The rows of a payment that the gateway confirmed, and its books, without the invoice. */
export async function payOrder(db: Db, order: OrderRow): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.sql("update orders set status = 'PAID', payment_status = 'PAID', paid_at = $2 where id = $1", [
      order.orderId,
      NOW,
    ]);
    await tx.sql(
      `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
       values ($1, 'PENDING_PAYMENT', 'PAID', 'paid', 'MIDTRANS', $2)`,
      [order.orderId, NOW],
    );
    await tx.sql(
      `update payment_transactions set state = 'PAID', captured_amount = amount, gateway_status = 'settlement',
              gateway_payment_type = 'qris', gateway_transaction_id = gateway_order_id, settled_at = $2,
              next_poll_at = null
        where id = $1`,
      [order.transactionId, NOW],
    );
    await tx.sql("update payments set status = 'PAID', paid_at = $2, covering_transaction_id = $3 where id = $1", [
      order.paymentId,
      NOW,
      order.transactionId,
    ]);
    await logPayment(tx, order, "captured", "PENDING", "PAID");
    await tx.sql("update checkout_sessions set status = 'PAID' where id = $1", [order.sessionId]);
    await bookPayments(tx, NOW, [order.paymentId as PaymentId]);
  });
}

/** The rows of an unpaid order that is over. */
export async function endOrder(db: Db, order: OrderRow, as: "FAILED" | "EXPIRED" | "CANCELLED"): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.sql("update orders set status = 'CANCELLED', payment_status = $2 where id = $1", [
      order.orderId,
      as === "EXPIRED" ? "EXPIRED" : "FAILED",
    ]);
    await tx.sql(
      `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
       values ($1, 'PENDING_PAYMENT', 'CANCELLED', 'paymentEnded', 'SYSTEM', $2)`,
      [order.orderId, NOW],
    );
    await tx.sql(
      `insert into stock_movements (product_id, order_item_id, kind, quantity, at)
       select product_id, id, 'RELEASE', quantity, $2 from order_items where id = $1`,
      [order.itemId, NOW],
    );
    await tx.sql(
      "update products p set stock = p.stock + i.quantity from order_items i where i.id = $1 and p.id = i.product_id",
      [order.itemId],
    );
    await tx.sql("update payment_transactions set state = 'CLOSED', next_poll_at = null where id = $1", [
      order.transactionId,
    ]);
    await tx.sql("update payments set status = $2 where id = $1", [order.paymentId, as]);
    const step = { FAILED: "deniedWhenOver", EXPIRED: "windowOver", CANCELLED: "closedAsAsked" }[as];
    await logPayment(tx, order, step, "PENDING", as);
    await tx.sql("update checkout_sessions set status = $2 where id = $1", [
      order.sessionId,
      as === "EXPIRED" ? "EXPIRED" : "CANCELLED",
    ]);
  });
}
