import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput } from "../kernel/errors.ts";
import { isId, type OrderId, type PaymentId, type StoreId } from "../kernel/ids.ts";
import { type Page, type PageInput, pageOf, readPage } from "../kernel/page.ts";
import { type Condition, countRows, type Days, NO_ROW, whereOf } from "../kernel/timedList.ts";
import type { Account } from "./ledger.rules.ts";

/** The kinds of entries, as the database has them. */
export const ENTRY_KINDS = [
  "CAPTURED",
  "CHARGED_BACK",
  "SOLD",
  "REFUND",
  "CREDIT_NOTE",
  "SETTLEMENT",
  "BANK",
  "ADJUSTMENT",
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export const ACCOUNT_KINDS = ["ASSET", "LIABILITY", "INCOME", "EXPENSE"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** One line of an entry; debit above 0, credit below, whole rupiah. */
export interface PostingView {
  readonly account: Account;
  readonly storeId: StoreId | null;
  readonly method: string | null;
  readonly amount: number;
}

export interface EntryView {
  readonly id: number;
  readonly kind: EntryKind;
  /** The day that it counts in, in Jakarta. */
  readonly day: string;
  readonly at: Date;
  readonly paymentId: PaymentId | null;
  readonly orderId: OrderId | null;
  readonly refundId: string | null;
  readonly reason: string | null;
  readonly postings: readonly PostingView[];
}

export interface EntryFilter {
  /** Jakarta days, both inclusive. */
  readonly days?: Days | null | undefined;
  readonly kind?: EntryKind | null | undefined;
  readonly paymentId?: string | null | undefined;
}

function isWanted({ days, kind, paymentId }: EntryFilter): Condition[] {
  return [
    ...(days?.from ? [{ text: "e.day >= ?::date", value: days.from }] : []),
    ...(days?.to ? [{ text: "e.day <= ?::date", value: days.to }] : []),
    ...(kind ? [{ text: "e.kind = ?", value: kind }] : []),
    ...(paymentId ? [isId(paymentId) ? { text: "e.payment_id = ?::uuid", value: paymentId } : NO_ROW] : []),
  ];
}

const ENTRY_NUMBER = /^[1-9]\d{0,14}$/;

const COLUMNS = `
  e.id, e.kind, e.day, e.at, e.payment_id, e.order_id, e.refund_id, e.reason,
  (select jsonb_agg(jsonb_build_object('account', l.account, 'storeId', l.store_id, 'method', l.method,
                                       'amount', l.amount) order by l.line)
     from ledger_postings l where l.entry_id = e.id) as postings`;

/**
 * Entries of the ledger with their lines, the latest first.
 *
 * @throws Refusal FORBIDDEN without ledger.read, INVALID_INPUT for a page or a cursor that is not of its form
 */
export async function listEntries(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & EntryFilter,
): Promise<Page<EntryView>> {
  requireRight(actor, "ledger.read");
  const { limit, after } = readPage(input);
  if (after && !ENTRY_NUMBER.test(after.id)) throw invalidInput({ after: "a cursor of this list" });
  const conditions = [...isWanted(input), ...(after ? [{ text: "e.id < ?::bigint", value: after.id }] : [])];
  const rows = await app.db.sql<EntryView>(
    `select ${COLUMNS} from ledger_entries e where ${whereOf(conditions)} order by e.id desc limit ${limit + 1}`,
    conditions.map(({ value }) => value),
  );
  return pageOf(rows, limit, after !== null, ({ id, kind }) => ({ key: kind, id: String(id) }));
}

/** How many entries there are, 10,000 at most. @throws Refusal FORBIDDEN without ledger.read */
export async function countEntries(app: Pick<App, "db">, actor: Actor, filter: EntryFilter): Promise<number> {
  requireRight(actor, "ledger.read");
  return countRows(app.db, "ledger_entries e", isWanted(filter));
}

/** What an account comes to; debit above 0, credit below, whole rupiah. */
export interface BalanceView {
  readonly account: Account;
  readonly name: string;
  readonly kind: AccountKind;
  readonly amount: number;
  /** Of which store and payment method it is; those that come to 0 are left out. */
  readonly parts: readonly Omit<PostingView, "account">[];
}

const BALANCES = `
  with sums as (
    select l.account, l.store_id, l.method, sum(l.amount)::bigint as amount
      from ledger_postings l join ledger_entries e on e.id = l.entry_id
     where ($1::date is null or e.day >= $1) and ($2::date is null or e.day <= $2)
     group by 1, 2, 3)
  select a.code as account, a.name, a.kind, coalesce(sum(s.amount), 0)::bigint as amount,
         coalesce(jsonb_agg(jsonb_build_object('storeId', s.store_id, 'method', s.method, 'amount', s.amount)
                              order by abs(s.amount) desc, s.store_id, s.method)
                    filter (where s.amount <> 0 and (s.store_id is not null or s.method is not null)), '[]') as parts
    from ledger_accounts a left join sums s on s.account = a.code
   group by a.code
   order by array_position(array['ASSET', 'LIABILITY', 'INCOME', 'EXPENSE'], a.kind), a.code`;

/**
 * All accounts with what they come to at the end of a Jakarta day, or what of it came in the days from `from` on. Their
 * amounts together are 0.
 *
 * @throws Refusal FORBIDDEN without ledger.read
 */
export async function readBalances(app: Pick<App, "db">, actor: Actor, days: Days): Promise<BalanceView[]> {
  requireRight(actor, "ledger.read");
  return app.db.sql<BalanceView>(BALANCES, [days.from ?? null, days.to ?? null]);
}
