import { createIds } from "../../api/app.ts";
import type { ProductId, StoreId, UserId } from "../../domain/kernel/ids.ts";
import { COURIER_SERVICES } from "../../domain/shipping/couriers.rules.ts";
import { systemClock } from "../../platform/clock.ts";
import type { Sql } from "../../platform/sqlClient.ts";

export interface Goods {
  readonly id: ProductId;
  readonly storeId: StoreId;
  readonly name: string;
  /** Whole rupiah. */
  readonly price: number;
  readonly weightGrams: number;
}

export interface Catalogue {
  readonly users: readonly UserId[];
  /** The goods of each store, by their ids. */
  readonly stores: readonly { readonly id: StoreId; readonly goods: readonly Goods[] }[];
}

const STORES = 8;
const GOODS_OF_A_STORE = 20;
const STOCK = 100_000_000; // nothing is ever sold out
const WEIGHT_GRAMS = 300;
const WEIGHTS_QUOTED = [300, 600, 900]; // of one to three pieces
const FIRST_ORIGIN = 900_101;

export const DESTINATION = {
  id: 900_001,
  label: "GAMBIR, GAMBIR, JAKARTA PUSAT, DKI JAKARTA, 10110",
  province: "DKI JAKARTA",
  city: "JAKARTA PUSAT",
  district: "GAMBIR",
  subdistrict: "GAMBIR",
  postalCode: "10110",
} as const;

/** What every courier asks, and so what the chosen one does. */
export const SHIPPING_COST = 18_000;
export const CHOSEN = { courier: "jne", service: "REG" } as const;

export const ids = createIds(systemClock);

async function addStores(sql: Sql, now: Date): Promise<StoreId[]> {
  const stores = Array.from({ length: STORES }, () => ids.next<"store">()).sort();
  await sql(
    `insert into stores (id, slug, name, legal_name, npwp, origin_id, phone, email, address, is_pkp, pkp_since,
                         created_at)
     select id, 'toko-' || n, 'Toko ' || n, 'PT Toko ' || n, '001234567890100' || n, ${FIRST_ORIGIN} + n, '0274555012',
            'toko@lunas.test', 'Jl. Malioboro ' || n, true, '2024-01-01', $2
       from unnest($1::uuid[]) with ordinality as s(id, n)`,
    [stores, now],
  );
  return stores;
}

async function addGoods(sql: Sql, stores: readonly StoreId[], now: Date): Promise<Goods[]> {
  const goods = stores.flatMap((storeId, s) =>
    Array.from({ length: GOODS_OF_A_STORE }, (_, g) => ({
      id: ids.next<"product">(),
      storeId,
      name: `Kopi Gayo ${s + 1}-${g + 1}, biji sangrai 250 g`,
      price: 25_000 + 500 * g,
      weightGrams: WEIGHT_GRAMS,
    })),
  );
  await sql(
    `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm, height_cm,
                           opening_stock, stock, created_at, updated_at)
     select g.id, g."storeId", 'kopi-' || g.id, g.name, 'Biji kopi arabika dari dataran tinggi Gayo.', g.price,
            g."weightGrams", 10, 8, 8, ${STOCK}, ${STOCK}, $2, $2
       from jsonb_to_recordset($1::jsonb)
         as g(id uuid, "storeId" uuid, name text, price bigint, "weightGrams" integer)`,
    [JSON.stringify(goods), now],
  );
  return goods;
}

/** Quotes as the couriers' answers leave them, so that no checkout asks a gateway. */
async function primeQuotes(sql: Sql, now: Date): Promise<void> {
  const { id, label, province, city, district, subdistrict, postalCode } = DESTINATION;
  await sql(
    `insert into destinations (id, label, province, city, district, subdistrict, postal_code, fetched_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, label, province, city, district, subdistrict, postalCode, now],
  );
  const rates = COURIER_SERVICES.map(({ courier, service, label: description }) => ({
    courier,
    service,
    description,
    cost: SHIPPING_COST,
    etd: { minDays: 1, maxDays: 2 },
  }));
  await sql(
    `insert into shipping_quotes (origin_id, destination_id, weight_grams, rates, quoted_at)
     select origin_id, $1, weight, $2::jsonb, $3 from stores, unnest($4::integer[]) as weight`,
    [DESTINATION.id, JSON.stringify(rates), now, WEIGHTS_QUOTED],
  );
}

/** Makes stores with goods that never run out, customers, and quotes for their parcels. */
export async function addCatalogue(sql: Sql, customers: number): Promise<Catalogue> {
  const now = new Date();
  const stores = await addStores(sql, now);
  const goods = await addGoods(sql, stores, now);
  const users = Array.from({ length: customers }, () => ids.next<"user">());
  await sql(
    `insert into users (id, email, email_key, password_hash, name, phone, role, created_at, updated_at)
     select id, id || '@lunas.test', id || '@lunas.test', 'x', 'Pembeli ' || n, '+6281200000001', 'CUSTOMER', $2, $2
       from unnest($1::uuid[]) with ordinality as u(id, n)`,
    [users, now],
  );
  await primeQuotes(sql, now);
  // Not the tables that are empty yet: as "known to be empty" they would be read from end to end for a good while.
  await sql("analyze users, stores, products, destinations, shipping_quotes");
  const byId = (a: Goods, b: Goods) => (a.id < b.id ? -1 : 1);
  return {
    users,
    stores: stores.map((id) => ({ id, goods: goods.filter(({ storeId }) => storeId === id).sort(byId) })),
  };
}
