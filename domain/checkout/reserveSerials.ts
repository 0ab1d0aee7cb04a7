import type { Db } from "../../platform/db.ts";

/** Serial numbers of one payment and of its orders: codes are made of them (kernel/codes.ts). */
export interface Serials {
  readonly payment: number;
  readonly orders: readonly number[];
}

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
  if (reserve.payments.length < 1 || reserve.orders.length < orders) {
    const rows = await db.sql<{ payment: number; order: number }>(
      `select nextval('payment_numbers') as payment, nextval('order_numbers') as order from generate_series(1, $1)`,
      [Math.max(BATCH, orders)],
    );
    reserve.payments.push(...rows.map(({ payment }) => payment));
    reserve.orders.push(...rows.map(({ order }) => order));
  }
  return { payment: reserve.payments.pop() as number, orders: reserve.orders.splice(-orders, orders) };
}
