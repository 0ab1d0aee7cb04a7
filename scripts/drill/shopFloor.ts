import { randomBytes } from "node:crypto";
import type pg from "pg";
import { type AccessTokens, createAccessTokens } from "../../api/http/accessTokens.ts";
import { type UserId, uuidv7 } from "../../domain/kernel/ids.ts";
import { systemClock } from "../../platform/clock.ts";
import { sqlOver } from "../../platform/sqlClient.ts";
import { saveCard } from "./savedCard.ts";
import { type RunningShop, sendGraphql } from "./stack.ts";

/** Where the demo shop's parcels go in a drill: a place of the sandbox's own list. */
export const DESTINATION = { id: 900101, search: "GAMBIR" } as const;
/** What every store of the demo shop can send by. */
export const SERVICE = { courier: "jne", service: "REG" } as const;

const STORES = 2;
const GOODS_OF_A_STORE = 8;
const PLENTY = 100_000; // pieces: more than any drill sells
const SCARCE = 100; // pieces of the last goods of each store: they run out, and shoppers are told
const CUSTOMERS = 200;
const ADMINS = 3;
const CARDHOLDERS = 40;
const PACKAGES = 8; // a customer has one open subscription of each
const MONTHLY_PRICE = 99_000; // whole rupiah

export interface Goods {
  readonly productId: string;
  readonly storeId: string;
}

export interface Cardholder {
  readonly userId: UserId;
  readonly cardId: string;
}

/** What shoppers find: goods that nobody else buys, and accounts that are signed in. */
export interface ShopFloor {
  /** By store. */
  readonly goods: readonly (readonly Goods[])[];
  readonly customers: readonly UserId[];
  /** Some of the customers, with a card that the gateway keeps: the shop's id of it. */
  readonly cards: readonly Cardholder[];
  /** Packages that are sold by the month. */
  readonly packages: readonly string[];
  tokenOf(userId: UserId): Promise<string>;
  /** Of somebody of the staff. */
  staffToken(): Promise<string>;
  /** Of one of three admins: one asks for a refund, another approves it, and the third pays it by hand. */
  adminToken(which: 0 | 1 | 2): Promise<string>;
}

const newId = () => uuidv7(Date.now(), randomBytes(10));

async function addGoods(pool: pg.Pool, storeId: string): Promise<Goods[]> {
  const ids = Array.from({ length: GOODS_OF_A_STORE }, newId);
  const { rows } = await pool.query<Goods>(
    `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm, height_cm,
                           opening_stock, stock, created_at, updated_at)
     select id, $2, id, 'Kopi latihan ' || n, 'Biji kopi', 20000 + 5500 * n, 250, 10, 8, 8, stock, stock, now(), now()
       from (select id, n, case when n = $3 then $4::integer else $5::integer end as stock
               from unnest($1::uuid[]) with ordinality as u(id, n)) g
     returning id as "productId", store_id as "storeId"`,
    [ids, storeId, GOODS_OF_A_STORE, SCARCE, PLENTY],
  );
  return rows;
}

async function addPeople(pool: pg.Pool, count: number, role: "CUSTOMER" | "STAFF" | "ADMIN"): Promise<UserId[]> {
  const ids = Array.from({ length: count }, () => newId() as UserId);
  await pool.query(
    `insert into users (id, email, email_key, password_hash, name, phone, role, created_at, updated_at)
     select id, id || '@lunas.test', id || '@lunas.test', 'x', 'Pembeli', '+6281200000001', $2, now(), now()
       from unnest($1::uuid[]) as id`,
    [ids, role],
  );
  return ids;
}

async function addPackages(pool: pg.Pool): Promise<string[]> {
  const ids = Array.from({ length: PACKAGES }, newId);
  await pool.query(
    `insert into packages (id, slug, name, is_bundle, monthly_price, created_at)
     select id, id, 'Kelas latihan', true, $2, now() from unnest($1::uuid[]) as id`,
    [ids, MONTHLY_PRICE],
  );
  return ids;
}

/** Lays out goods and customers of the drill's own, and has the shop look the destination up once. */
export async function openShopFloor(pool: pg.Pool, shop: RunningShop, jwtSecret: string): Promise<ShopFloor> {
  const { rows: stores } = await pool.query<{ id: string }>("select id from stores order by id limit $1", [STORES]);
  const goods = await Promise.all(stores.map(({ id }) => addGoods(pool, id)));
  const customers = await addPeople(pool, CUSTOMERS, "CUSTOMER");
  const [clerk] = await addPeople(pool, 1, "STAFF");
  const admins = await addPeople(pool, ADMINS, "ADMIN");
  const cards: Cardholder[] = [];
  for (const userId of customers.slice(0, CARDHOLDERS)) {
    cards.push({ userId, cardId: (await saveCard(shop, sqlOver(pool), userId)).id });
  }
  const packages = await addPackages(pool);
  const query = "query Place($search: String!) { destinations(search: $search) { id } }";
  const found = await sendGraphql(shop.apiUrls[0] as string, { query, variables: { search: DESTINATION.search } }, {});
  if (found.errors.length > 0) throw new Error(`the destination is not found: ${found.errors[0]?.message}`);
  const tokens: AccessTokens = createAccessTokens(jwtSecret, systemClock);
  return {
    goods,
    customers,
    cards,
    packages,
    tokenOf: (id) => tokens.forUser({ id, role: "CUSTOMER" }),
    staffToken: () => tokens.forUser({ id: clerk as UserId, role: "STAFF" }),
    adminToken: (which) => tokens.forUser({ id: admins[which] as UserId, role: "ADMIN" }),
  };
}
