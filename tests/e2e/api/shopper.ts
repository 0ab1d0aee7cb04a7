import { randomUUID } from "node:crypto";
import pg from "pg";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { Role } from "../../../domain/kernel/actor.ts";
import { type UserId, uuidv7 } from "../../../domain/kernel/ids.ts";
import { type Breach, runAudit } from "../../../domain/report/runAudit.ts";
import { tables } from "../../../domain/tables.ts";
import { systemClock } from "../../../platform/clock.ts";
import { openDb } from "../../../platform/db.ts";
import type { GraphqlAnswer, Stack } from "../../support/stack.ts";

/** What the processes of a stack are given so that tests can sign people in without a password's worth of hashing. */
export const JWT_SECRET = "a-secret-of-the-end-to-end-tests-0001";

export interface Customer {
  readonly id: UserId;
  readonly token: string;
}

export interface Goods {
  readonly productId: string;
  readonly storeId: string;
  readonly price: number;
}

/** The shop's database, looked at and prepared from outside. */
export interface Counter {
  readonly sql: <T extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<T[]>;
  /** Accounts that are signed in. */
  people(count: number, role?: Role): Promise<Customer[]>;
  /** A product of its own with this much stock. */
  product(stock?: number): Promise<Goods>;
  /** Rows of every table but counters and caches, and all that stock and statuses add up to. */
  snapshot(): Promise<Record<string, string>>;
  audit(): Promise<Breach[]>;
  close(): Promise<void>;
}

/** What a refused request may leave behind: counters of limits, and what couriers were asked and said. */
const MAY_CHANGE = new Set([
  "rate_limits",
  "shipping_quotes",
  "gateway_calls",
  "courier_quota",
  "destinations",
  "destination_searches",
  "idempotency_keys", // that something was refused; answers are counted below
]);

export function openCounter(stack: Pick<Stack, "databaseUrl">): Counter {
  const pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 });
  pool.on("error", () => undefined);
  const tokens = createAccessTokens(JWT_SECRET, systemClock);
  const newId = () => uuidv7(Date.now(), Buffer.from(randomUUID().replaceAll("-", ""), "hex"));
  const sql: Counter["sql"] = async <T extends object>(text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values])).rows as T[];
  return {
    sql,
    async people(count, role = "CUSTOMER") {
      const ids = Array.from({ length: count }, () => newId() as UserId);
      await sql(
        `insert into users (id, email, email_key, password_hash, name, phone, role, created_at, updated_at)
         select id, id || '@lunas.test', id || '@lunas.test', 'x', 'Pembeli', '+6281200000001', $2, now(), now()
           from unnest($1::uuid[]) as id`,
        [ids, role],
      );
      return Promise.all(ids.map(async (id) => ({ id, token: await tokens.forUser({ id, role }) })));
    },
    async product(stock = 100) {
      const [row] = await sql<Goods>(
        `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm,
                               height_cm, opening_stock, stock, created_at, updated_at)
         select $1::uuid, (select id from stores order by id limit 1), $1::text, 'Kopi Gayo 250 g', 'Biji kopi',
                25000, 300, 10, 8, 8, $2, $2, now(), now()
         returning id as "productId", store_id as "storeId", price::integer as price`,
        [newId(), stock],
      );
      return row as Goods;
    },
    async snapshot() {
      const tables = await sql<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public' order by 1",
      );
      const counted = tables.filter(({ name }) => !MAY_CHANGE.has(name));
      const [counts] = await sql<Record<string, string>>(
        `select ${counted.map(({ name }) => `(select count(*) from ${name}) as "${name}"`).join(", ")},
                (select count(*) from idempotency_keys where not result ? 'refused') as answers,
                (select sum(stock) from products) as stock,
                (select string_agg(status || version, ',' order by id) from payments) as payments_stand,
                (select string_agg(status || version, ',' order by id) from orders) as orders_stand,
                (select string_agg(quantity::text, ',' order by product_id) from cart_items) as carts_stand,
                (select string_agg(state || attempts, ',' order by id) from payment_notifications) as inbox_stands`,
      );
      return counts as Record<string, string>;
    },
    async audit() {
      const db = openDb(stack.databaseUrl, tables);
      try {
        return await runAudit(db, { now: new Date() });
      } finally {
        await db.close();
      }
    },
    close: () => pool.end(),
  };
}

export const GAMBIR = 900101;

/** The stack's place that parcels go to has to be searched for once. */
export const findPlace = (stack: Stack) => stack.graphql('{ destinations(search: "GAMBIR") { id } }');

export const CHECKOUT = `mutation Checkout($input: CheckoutInput!) {
  checkout(input: $input) {
    id status total
    payment { id status paymentToken currentTransaction { gatewayOrderId state instructions { redirectUrl } } }
  }
}`;

export interface CheckoutAnswer {
  readonly checkout: {
    readonly id: string;
    readonly status: string;
    readonly total: number;
    readonly payment: {
      readonly id: string;
      readonly status: string;
      readonly paymentToken: string | null;
      readonly currentTransaction: {
        readonly gatewayOrderId: string;
        readonly state: string;
        readonly instructions: { redirectUrl: string | null };
      } | null;
    };
  };
}

let keys = 0;
export const checkoutInput = (goods: Goods, more: object = {}) => ({
  lines: [{ productId: goods.productId, quantity: 1 }],
  address: { recipient: "Pembeli", phone: "081200000001", line: "Jl. Melati 5", destinationId: GAMBIR },
  shipping: [{ storeId: goods.storeId, courier: "jne", service: "REG" }],
  idempotencyKey: `e2e-${process.pid}-${++keys}-x`,
  ...more,
});

export const buy = (stack: Stack, customer: Customer, input: object, api = 0, headers: Record<string, string> = {}) =>
  stack.graphql<CheckoutAnswer>(CHECKOUT, { input }, { token: customer.token, api, headers });

/** The first error's code; OK where there is none. */
export const codeOf = (answer: GraphqlAnswer<unknown>): string => answer.errors[0]?.extensions.code ?? "OK";

/** How often each came. */
export function tally(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Pays on the hosted page, as a browser's forms would. */
export async function payOnPage(redirectUrl: string, method = "other_qris"): Promise<void> {
  const send = async (path: string, form: Record<string, string>) => {
    const response = await fetch(`${redirectUrl}/${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
      redirect: "manual",
    });
    if (response.status !== 303) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  await send("pay", { method });
  await send("simulate", { action: "pay" });
}
