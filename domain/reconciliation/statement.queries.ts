import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId } from "../kernel/ids.ts";
import { type StoreStatement, sharesByRemainder, sumsOfStatement } from "./statement.rules.ts";

/** Stores of one answer; a shop of more is read store by store. */
const STORES_MAX = 1_000;

interface Moved {
  readonly storeId: string | null;
  readonly account: string;
  readonly sum: number;
}

// All accounts whose postings name a store, or would if what was sold had one.
const MOVED = `
  select l.store_id, l.account, sum(l.amount) as sum
    from ledger_entries e join ledger_postings l on l.entry_id = e.id
   where e.day = $1 and l.account in ('SALES', 'SHIPPING', 'DISCOUNTS', 'PPN_PAYABLE', 'RETURNS')
   group by 1, 2`;

interface PaidFee {
  readonly fee: number;
  readonly storeIds: readonly string[];
  readonly totals: readonly number[];
}

// What was kept of each payout's payment, with the orders that it paid; rounding is part of what was kept.
const FEES = `
  select f.fee, coalesce(o.store_ids, '{}') as store_ids, coalesce(o.totals, '{}') as totals
    from (select e.transaction_id, sum(l.amount) as fee
            from ledger_entries e join ledger_postings l on l.entry_id = e.id
           where e.day = $1 and e.kind = 'SETTLEMENT' and l.account in ('FEES', 'FEE_TAX', 'ROUNDING')
           group by 1 having sum(l.amount) <> 0) f
    left join payment_transactions t on t.id = f.transaction_id
    left join payments p on p.id = t.payment_id
    left join lateral (
      select array_agg(store_id::text order by store_id) as store_ids,
             array_agg(total::float8 order by store_id) as totals
        from orders where session_id = p.session_id) o on true`;

/** Fees by store; what is no store's stands under null. */
function sharedFees(rows: readonly PaidFee[]): Map<string | null, number> {
  const fees = new Map<string | null, number>();
  const add = (storeId: string | null, fee: number) => fees.set(storeId, (fees.get(storeId) ?? 0) + fee);
  for (const { fee, storeIds, totals } of rows) {
    if (storeIds.length === 0) add(null, fee);
    else for (const [i, share] of sharesByRemainder(fee, totals).entries()) add(storeIds[i] ?? null, share);
  }
  return fees;
}

async function statementsOf(source: { sql: Sql }, day: string): Promise<StoreStatement[]> {
  const moved = await source.sql<Moved>(MOVED, [day]);
  const fees = sharedFees(await source.sql<PaidFee>(FEES, [day]));
  const stores = await source.sql<{ id: string; name: string }>(
    `select id, name from stores where id = any($1::uuid[]) order by name, id limit ${STORES_MAX}`,
    [[...new Set([...moved.map(({ storeId }) => storeId), ...fees.keys()])].filter((id) => id !== null)],
  );
  const balancesOf = (id: string | null) =>
    Object.fromEntries(moved.filter(({ storeId }) => storeId === id).map(({ account, sum }) => [account, sum]));
  const statementOf = (storeId: string | null, storeName: string | null): StoreStatement => {
    return { day, storeId, storeName, ...sumsOfStatement(balancesOf(storeId), fees.get(storeId) ?? 0) };
  };
  const others = statementOf(null, null);
  const isMoved = moved.some(({ storeId }) => storeId === null) || fees.has(null);
  return [...stores.map(({ id, name }) => statementOf(id, name)), ...(isMoved ? [others] : [])];
}

/**
 * The statements of a day: of each store that something was booked for, and of what is no store's. Together they are
 * what the ledger has of the day, to the rupiah; the day is over when its entries are, so that it never changes then.
 *
 * @param day YYYY-MM-DD in Asia/Jakarta
 * @throws Refusal FORBIDDEN without statement.read
 */
export async function listStatements(app: Pick<App, "db">, actor: Actor, day: string): Promise<StoreStatement[]> {
  requireRight(actor, "statement.read");
  return statementsOf(app.db, day);
}

/** One store's statement of a day, of zeros where nothing was booked; null for no store. @throws Refusal FORBIDDEN */
export async function findStatement(
  app: Pick<App, "db">,
  actor: Actor,
  storeId: string,
  day: string,
): Promise<StoreStatement | null> {
  requireRight(actor, "statement.read");
  const [store] = isId(storeId)
    ? await app.db.sql<{ id: string; name: string }>("select id, name from stores where id = $1", [storeId])
    : [];
  if (!store) return null;
  const statements = await statementsOf(app.db, day);
  const found = statements.find((statement) => statement.storeId === store.id);
  return found ?? { day, storeId: store.id, storeName: store.name, ...sumsOfStatement({}, 0) };
}
