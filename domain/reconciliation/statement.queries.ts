import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId } from "../kernel/ids.ts";
import { type DayBalances, type StoreStatement, sharesByRemainder, sumsOfStatement } from "./statement.rules.ts";

/** Stores of one list: some 2 MB; a shop of more is read store by store. */
const STORES_MAX = 10_000;

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

/** What a payment cost: of one store where an adjustment names it, else to be shared by the orders that it paid. */
interface Shared extends Moved {
  readonly storeIds: readonly string[];
  readonly totals: readonly number[];
}

// What was kept of each payment and what banks took back of it, whoever booked it; rounding is part of what was kept.
const SHARED = `
  select f.account, f.store_id, f.sum, coalesce(o.store_ids, '{}') as store_ids, coalesce(o.totals, '{}') as totals
    from (select e.transaction_id, l.store_id, sum(l.amount) as sum,
                 case l.account when 'CHARGEBACKS' then l.account else 'FEES' end as account
            from ledger_entries e join ledger_postings l on l.entry_id = e.id
           where e.day = $1 and l.account in ('FEES', 'FEE_TAX', 'ROUNDING', 'CHARGEBACKS')
           group by 1, 2, 4 having sum(l.amount) <> 0) f
    left join payment_transactions t on t.id = f.transaction_id
    left join payments p on p.id = t.payment_id
    left join lateral (
      select array_agg(store_id::text order by store_id) as store_ids,
             array_agg(total::float8 order by store_id) as totals
        from orders where session_id = p.session_id) o on true`;

/** By store; what is no store's stands under null. */
const shareOut = ({ account, storeId, sum, storeIds, totals }: Shared): Moved[] =>
  storeId !== null || storeIds.length === 0
    ? [{ account, storeId, sum }]
    : sharesByRemainder(sum, totals).map((share, i) => ({ account, storeId: storeIds[i] ?? null, sum: share }));

type Books = ReadonlyMap<string | null, DayBalances>;

/** What the day moved, by store. */
async function booksOf(source: { sql: Sql }, day: string): Promise<Books> {
  const moved = await source.sql<Moved>(MOVED, [day]);
  const shared = await source.sql<Shared>(SHARED, [day]);
  const books = new Map<string | null, Record<string, number>>();
  for (const { storeId, account, sum } of [...moved, ...shared.flatMap(shareOut)]) {
    const balances = books.get(storeId) ?? {};
    balances[account] = (balances[account] ?? 0) + sum;
    books.set(storeId, balances);
  }
  return books;
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
  const books = await booksOf(app.db, day);
  const stores = await app.db.sql<{ id: string | null; name: string | null }>(
    `select id, name from stores where id = any($1::uuid[]) order by name, id limit ${STORES_MAX}`,
    [[...books.keys()].filter((id) => id !== null)],
  );
  const all = books.has(null) ? [...stores, { id: null, name: null }] : stores;
  return all.map(({ id, name }) => ({ day, storeId: id, storeName: name, ...sumsOfStatement(books.get(id) ?? {}) }));
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
  const books = await booksOf(app.db, day);
  return { day, storeId: store.id, storeName: store.name, ...sumsOfStatement(books.get(store.id) ?? {}) };
}
