import type { UserId } from "../domain/kernel/ids.ts";
import { type Bench, type Benchmark, besideBare, type Row, rowOf } from "./harness/benchmark.ts";
import { askGraphql } from "./harness/httpClient.ts";
import { measure, planOf } from "./harness/measure.ts";
import { type Api, openShop, POOL_SIZE, type Shop } from "./harness/shop.ts";
import {
  type BareCheckout,
  type BareLine,
  bareCheckout,
  preparedStatements,
  writeAtOnce,
  writePrepared,
} from "./rows/bareCheckout.ts";
import { addCatalogue, type Catalogue, CHOSEN, DESTINATION, ids, SHIPPING_COST } from "./rows/catalogue.ts";
import { addManyOrders } from "./rows/manyOrders.ts";

const CUSTOMERS = 64; // more than ask at once, so that nobody waits for himself
/** PostgreSQL plans by what it knows of its tables: a shop without a past would measure plans that no shop keeps. */
const OLD_ORDERS = 20_000;
const AT_ONCE = [1, 8, 32];
/** Large enough that no limit is reached, so that only counting is measured. */
const LIMITS_ON = { RATE_LIMIT_SCALE: "100000" };

const MUTATION = `
  mutation Checkout($input: CheckoutInput!) {
    checkout(input: $input) {
      id status total expiresAt
      payment { id number status amount paymentToken expiresAt }
      orders {
        id number status paymentStatus subtotal shippingCost tax total
        items { id productName unitPrice quantity total }
      }
    }
  }`;

interface Answer {
  readonly checkout: {
    readonly status: string;
    readonly total: number;
    readonly payment: { readonly paymentToken: string | null };
    readonly orders: readonly { readonly items: readonly unknown[] }[];
  };
}

interface Purchase {
  readonly userId: UserId;
  /** The lines of each store. */
  readonly orders: readonly (readonly BareLine[])[];
}

/** The n-th purchase: customers, stores and goods take turns, so that buyers at once seldom want the same shelf. */
function purchaseOf({ users, stores }: Catalogue, n: number, storeCount: 1 | 2): Purchase {
  const line = (store: number, place: number, quantity: number): BareLine => {
    const { goods } = stores[store % stores.length] as Catalogue["stores"][number];
    return { goods: goods[place % goods.length] as BareLine["goods"], quantity };
  };
  const place = Math.floor(n / stores.length) * 2;
  const [first, second] = [line(n, place, 1), line(n + storeCount - 1, place + 1, 2)];
  const orders = storeCount === 1 ? [[first, second]] : [[first], [second]];
  return { userId: users[n % users.length] as UserId, orders };
}

function inputOf({ orders }: Purchase) {
  const lines = orders.flat();
  const goodsTotal = lines.reduce((sum, { goods, quantity }) => sum + goods.price * quantity, 0);
  return {
    lines: lines.map(({ goods, quantity }) => ({ productId: goods.id, quantity })),
    address: { recipient: "Pembeli Uji", phone: "081200000001", line: "Jl. Melati 5", destinationId: DESTINATION.id },
    shipping: orders.map((order) => ({ storeId: order[0]?.goods.storeId, ...CHOSEN })),
    expectedTotal: goodsTotal + SHIPPING_COST * orders.length,
    idempotencyKey: ids.next<"checkoutSession">(),
  };
}

interface Setting {
  readonly bench: Bench;
  readonly shop: Shop;
  readonly catalogue: Catalogue;
  readonly bearers: ReadonlyMap<UserId, string>;
  /** Purchases so far: every operation of the whole benchmark is another one. */
  next(): number;
}

async function measureShop(setting: Setting, api: Api, name: string, atOnce: number, storeCount: 1 | 2): Promise<Row> {
  const { bench, catalogue, bearers, next } = setting;
  bench.progress(`${name}, ${atOnce} at once`);
  const operate = async () => {
    const purchase = purchaseOf(catalogue, next(), storeCount);
    const request = { query: MUTATION, variables: { input: inputOf(purchase) } };
    const { checkout } = await askGraphql<Answer>(api.client, bearers.get(purchase.userId) as string, request);
    const isRight = checkout.orders.length === storeCount && checkout.payment.paymentToken !== null;
    if (!isRight) throw new Error(`a checkout that is not whole: ${JSON.stringify(checkout)}`);
  };
  return rowOf(name, atOnce, await measure(bench, { ...api, operate }, planOf(bench, atOnce)));
}

async function measureBare(
  { bench, shop, catalogue, next }: Setting,
  name: string,
  atOnce: number,
  { storeCount, write, statementsOf }: BareKind & { readonly storeCount: 1 | 2 },
): Promise<Row> {
  bench.progress(`${name}, ${atOnce} at once`);
  let sent = 0;
  const operate = async () => {
    const { userId, orders } = purchaseOf(catalogue, next(), storeCount);
    const rows = bareCheckout(userId, orders);
    await write(shop.pool, rows);
    sent += statementsOf(rows);
  };
  const subject = { operate, pid: process.pid, statementsSent: async () => sent };
  return rowOf(name, atOnce, await measure(bench, subject, planOf(bench, atOnce)));
}

interface BareKind {
  readonly write: (pool: Shop["pool"], rows: BareCheckout) => Promise<void>;
  readonly statementsOf: (rows: BareCheckout) => number;
}
const PREPARED: BareKind = { write: writePrepared, statementsOf: preparedStatements };
const SINGLE: BareKind = { write: writeAtOnce, statementsOf: () => 1 };

/** A case beside the bare ones of the same rows and the same number at once, measured right after it. */
async function beside(setting: Setting, api: Api, lines: string, atOnce: number, storeCount: 1 | 2): Promise<Row[]> {
  const row = await measureShop(setting, api, lines, atOnce, storeCount);
  const prepared = await measureBare(setting, "  bare, prepared", atOnce, { ...PREPARED, storeCount });
  const single = await measureBare(setting, "  bare, one statement", atOnce, { ...SINGLE, storeCount });
  return [besideBare(row, { prepared, "1 stmt": single }), prepared, single];
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const shop = await openShop(bench, "checkout");
  const catalogue = await addCatalogue(shop.sql, CUSTOMERS);
  await addManyOrders(shop.databaseUrl, Math.min(OLD_ORDERS, Math.max(...bench.options.sizes)), "OLD");
  const bearers = new Map<UserId, string>();
  for (const id of catalogue.users) bearers.set(id, await shop.bearerOf(id));
  let purchases = 0;
  const setting = { bench, shop, catalogue, bearers, next: () => purchases++ };
  const api = await shop.startApi();
  // A process that has just begun compiles as it goes: none of that belongs to a case.
  await measureShop(setting, api, "warming up", 8, 1);
  const rows: Row[] = [];
  for (const atOnce of AT_ONCE) rows.push(...(await beside(setting, api, "2 lines of 1 store", atOnce, 1)));
  rows.push(...(await beside(setting, api, "2 lines of 2 stores", 8, 2)));
  await api.stop();
  const limited = await shop.startApi(LIMITS_ON);
  await measureShop(setting, limited, "warming up", 8, 1);
  rows.push(await measureShop(setting, limited, "2 lines of 1 store, limits on", 8, 1));
  await shop.audit();
  await shop.close();
  const notes = [
    "One signed-in mutation over HTTP; the answer has the session, orders with items, and the payment with its token.",
    `The shop has ${OLD_ORDERS.toLocaleString("en")} orders before it begins, as PostgreSQL's statistics know.`,
    "No gateway is called: the couriers' quotes are in the cache, and no payment method is named yet.",
    `Limits are off (RATE_LIMIT_SCALE=0) but where it says otherwise: there they are counted and never reached.`,
    `Bare: the same rows and the stock by node-postgres in this process, from a pool of ${POOL_SIZE}, over no HTTP.`,
  ];
  return { notes, rows };
}

export const checkout: Benchmark = { name: "checkout", title: "Checkout", run };
