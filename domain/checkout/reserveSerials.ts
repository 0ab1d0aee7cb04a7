import type { Db } from "../../platform/db.ts";

/** Serial numbers of one payment and of its orders: codes are made of them (kernel/codes.ts). */
export interface Serials {
  readonly payment: number;
  readonly orders: readonly number[];
}

// Each sequence by itself: checkouts of several stores use up one of them sooner than the other.
const TAKE = `
  select case when n <= $1::integer then nextval('payment_numbers') end as payment,
         case when n <= $2::integer then nextval('order_numbers') end as order
    from generate_series(1, greatest($1::integer, $2::integer)) as n`;

interface Reserve {
  readonly payments: number[];
  readonly orders: number[];
}

/**
 * How many of each are taken at a time. More than the 32 that PostgreSQL logs ahead, so that every taking writes to its
 * log and waits for the disk: no crash of the server hands a number out twice.
 */
const BATCH = 64;

/** Serials that this process has taken and not yet used. */
const reserves = new WeakMap<Db["pool"], Reserve>();

/**
 * Takes serials, a batch with one statement and the next ones from memory. Outside a transaction, because they are this
 * process's own from the moment that PostgreSQL says them. They must not repeat; a gap means nothing, after a rollback
 * or where a process ends with some left. A second run takes others.
 *
 * @param orders how many of the orders'
 */
export async function reserveSerials(db: Pick<Db, "sql" | "pool">, orders: number): Promise<Serials> {
  const reserve = reserves.get(db.pool) ?? { payments: [], orders: [] };
  reserves.set(db.pool, reserve);
  // Taken before the statement: another checkout may come by while it runs.
  const payment = reserve.payments.pop();
  const held = reserve.orders.splice(-orders, orders);
  const missing = orders - held.length;
  if (payment !== undefined && missing === 0) return { payment, orders: held };
  const rows = await db.sql<{ payment: number | null; order: number | null }>(TAKE, [
    payment === undefined ? BATCH : 0,
    missing > 0 ? Math.max(BATCH, missing) : 0,
  ]);
  const fresh = {
    payments: rows.flatMap((row) => row.payment ?? []),
    orders: rows.flatMap(({ order }) => order ?? []),
  };
  const serials = {
    payment: payment ?? (fresh.payments.pop() as number),
    orders: [...held, ...fresh.orders.splice(0, missing)],
  };
  reserve.payments.push(...fresh.payments);
  reserve.orders.push(...fresh.orders);
  return serials;
}
