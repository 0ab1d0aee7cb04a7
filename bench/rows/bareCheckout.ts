import { createHash, randomBytes } from "node:crypto";
import type pg from "pg";
import { orderNumber, paymentNumber } from "../../domain/kernel/codes.ts";
import type { UserId } from "../../domain/kernel/ids.ts";
import { TAX_RULE, taxInside } from "../../domain/kernel/tax.rules.ts";
import { CHOSEN, DESTINATION, type Goods, ids, SHIPPING_COST } from "./catalogue.ts";

/** The rows of one table. */
interface Insert {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface BareLine {
  readonly goods: Goods;
  readonly quantity: number;
}

/** All that a checkout of these lines leaves in the database; the audit holds it to every invariant. */
export interface BareCheckout {
  readonly inserts: readonly Insert[];
  /** By product id: two buyers lock shelves in one order. */
  readonly lines: readonly BareLine[];
  readonly now: Date;
}

const DAY_MS = 86_400_000;
const TOKEN_MS = 300_000;

// The shop's own numbers come from a sequence that begins at 0: these never meet them.
let serial = 500_000_000;

const taxOf = (gross: number) => ({ taxCode: "taxable", ...taxInside(gross), ruleVersion: TAX_RULE.version });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Insert {
  const columns = Object.keys(rows[0] ?? {});
  return { table, columns, rows: rows.map((row) => columns.map((column) => row[column])) };
}

interface Ids {
  readonly userId: UserId;
  readonly sessionId: string;
  readonly paymentId: string;
  readonly now: Date;
}

const ADDRESS = {
  recipient: "Pembeli Uji",
  phone: "+6281200000001",
  line: "Jl. Melati 5",
  note: null,
  destination: DESTINATION,
};

function orderRow(lines: readonly BareLine[], { userId, sessionId, now }: Ids) {
  const subtotal = sum(lines.map(({ goods, quantity }) => goods.price * quantity));
  const [itemTax, shippingTax] = [
    lines.map(({ goods, quantity }) => taxOf(goods.price * quantity)),
    taxOf(SHIPPING_COST),
  ];
  const id = ids.next<"order">();
  const row = {
    id,
    number: orderNumber(now, serial++),
    session_id: sessionId,
    user_id: userId,
    store_id: lines[0]?.goods.storeId,
    status: "PENDING_PAYMENT",
    payment_status: "UNPAID",
    subtotal,
    shipping_cost: SHIPPING_COST,
    discount: 0,
    tax: sum([...itemTax.map(({ tax }) => tax), shippingTax.tax]),
    total: subtotal + SHIPPING_COST,
    shipping_tax: JSON.stringify(shippingTax),
    shipping_address: JSON.stringify(ADDRESS),
    shipping_quote: JSON.stringify({ ...CHOSEN, cost: SHIPPING_COST, quotedAt: now, destinationId: DESTINATION.id }),
    created_at: now,
    updated_at: now,
  };
  const items = lines.map(({ goods, quantity }, i) => ({
    id: ids.next<"orderItem">(),
    order_id: id,
    product_id: goods.id,
    product_name: goods.name,
    unit_price: goods.price,
    quantity,
    weight_grams: goods.weightGrams,
    total: goods.price * quantity,
    tax: JSON.stringify(itemTax[i]),
  }));
  return { row, items };
}

/** What stands around the orders: the key, the session before them, the payment with its token, log and job after. */
function around({ userId, sessionId, paymentId, now }: Ids, total: number) {
  const expires = new Date(now.getTime() + DAY_MS);
  const times = { created_at: now, updated_at: now };
  const hash = () => createHash("sha256").update(randomBytes(32)).digest("hex");
  const result = JSON.stringify({ sessionId, paymentId });
  const key = { user_id: userId, operation: "checkout", key: sessionId, input_hash: hash(), result, created_at: now };
  const session = { id: sessionId, user_id: userId, status: "OPEN", total, expires_at: expires, ...times };
  const payment = {
    id: paymentId,
    number: paymentNumber(now, serial++),
    purpose: "ORDER",
    channel: "MIDTRANS",
    status: "PENDING",
    user_id: userId,
    session_id: sessionId,
    amount: total,
    tries: 0,
    expires_at: expires,
    ...times,
  };
  const tokenEnds = new Date(now.getTime() + TOKEN_MS);
  const token = { token_hash: hash(), payment_id: paymentId, expires_at: tokenEnds, created_at: now };
  const log = { payment_id: paymentId, step: "created", to_status: "PENDING", detail: "{}", source: "CUSTOMER" };
  const job = {
    name: "payment.windowOver",
    handler: "endPaymentWindow",
    payload: JSON.stringify({ paymentId }),
    key: paymentId,
    request_id: sessionId,
    due_at: expires,
    created_at: now,
  };
  return {
    before: [insert("idempotency_keys", [key]), insert("checkout_sessions", [session])],
    after: [
      insert("payments", [payment]),
      insert("payment_tokens", [token]),
      insert("payment_logs", [{ ...log, actor_id: userId, request_id: sessionId, at: now }]),
      insert("outbox_messages", [job]),
    ],
  };
}

/** Makes the rows of a checkout; `orders` are the lines of each store. */
export function bareCheckout(userId: UserId, orders: readonly (readonly BareLine[])[]): BareCheckout {
  const now = new Date();
  const of = { userId, sessionId: ids.next<"checkoutSession">(), paymentId: ids.next<"payment">(), now };
  const made = orders.map((lines) => orderRow(lines, of));
  const items = made.flatMap((order) => order.items);
  const rows = made.map(({ row }) => row);
  const moved = items.map(({ id, product_id, quantity }) => ({
    product_id,
    order_item_id: id,
    kind: "RESERVE",
    quantity: -quantity,
    at: now,
  }));
  const placed = { to_status: "PENDING_PAYMENT", event: "placed", source: "CUSTOMER", actor_id: userId, at: now };
  const { before, after } = around(of, sum(rows.map(({ total }) => total)));
  const lines = orders.flat().sort((a, b) => (a.goods.id < b.goods.id ? -1 : 1));
  const inserts = [
    ...before,
    insert("orders", rows),
    insert("order_items", items),
    insert("stock_movements", moved),
    insert(
      "order_status_logs",
      rows.map(({ id }) => ({ order_id: id, ...placed })),
    ),
    ...after,
  ];
  return { inserts, lines, now };
}

/** The text of an insert whose first parameter is `$first`. */
function textOf({ table, columns, rows }: Insert, first: number): string {
  const tuple = (row: number) => `(${columns.map((_, i) => `$${first + row * columns.length + i}`).join(", ")})`;
  return `insert into ${table} (${columns.join(", ")}) values ${rows.map((_, row) => tuple(row)).join(", ")}`;
}

const takeText = (first: number) =>
  `update products set stock = stock - $${first}, updated_at = $${first + 1}
    where id = $${first + 2} and stock >= $${first}`;

/** Statements of writePrepared, transaction brackets included. */
export const preparedStatements = ({ inserts, lines }: BareCheckout): number => inserts.length + lines.length + 2;

/** Writes it in one transaction, a prepared statement a table and one a shelf. */
export async function writePrepared(pool: pg.Pool, { inserts, lines, now }: BareCheckout): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    for (const each of inserts) {
      const name = `bare ${each.table} ${each.rows.length}`;
      await client.query({ name, text: textOf(each, 1), values: each.rows.flat() });
    }
    for (const { goods, quantity } of lines) {
      await client.query({ name: "bare stock", text: takeText(1), values: [quantity, now, goods.id] });
    }
    await client.query("commit");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Writes it as one prepared statement. */
export async function writeAtOnce(pool: pg.Pool, { inserts, lines, now }: BareCheckout): Promise<void> {
  const parts: string[] = [];
  const values: unknown[] = [];
  for (const each of inserts) {
    parts.push(textOf(each, values.length + 1));
    values.push(...each.rows.flat());
  }
  for (const { goods, quantity } of lines) {
    parts.push(takeText(values.length + 1));
    values.push(quantity, now, goods.id);
  }
  const last = parts.pop() as string;
  const text = `with ${parts.map((part, i) => `w${i} as (${part})`).join(", ")} ${last}`;
  const name = `bare ${inserts.map(({ rows }) => rows.length).join(" ")} ${lines.length}`;
  await pool.query({ name, text, values });
}
