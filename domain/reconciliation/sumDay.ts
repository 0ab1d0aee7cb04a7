import type { Tx } from "../../platform/db.ts";
import type { Ids } from "../kernel/ids.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, later, startOfJakartaDay } from "../kernel/time.ts";

// What a method's cohort brought: its sales, what went back of them, and what of it nobody can tell yet.
const SUMS = `
  with cohort as (
    select t.id, t.method, t.captured_amount,
           -- What a bank transfer gave back the gateway still pays out.
           t.refunded_amount - t.refunded_by_hand + t.charged_back_amount as back
      from payment_transactions t join payments p on p.id = t.payment_id
     where p.channel = 'MIDTRANS' and t.captured_at >= $1 and t.captured_at < $2),
  doubt as (
    select d.transaction_id, sum(d.amount) as amount
      from discrepancies d join cohort c on c.id = d.transaction_id
     where d.resolved_at is null group by d.transaction_id)
  select c.method, sum(c.captured_amount) as sales, sum(c.back) as refunded, coalesce(sum(d.amount), 0) as in_doubt
    from cohort c left join doubt d on d.transaction_id = c.id
   group by c.method`;

/** What was paid out of a day's sales by one method, and its fees. Whole rupiah. */
export interface Settled {
  readonly method: string;
  readonly settled: number;
  readonly fees: number;
}

interface Sums {
  readonly method: string;
  readonly sales: number;
  readonly refunded: number;
  readonly inDoubt: number;
}

const STORE = `
  with told as (
    select * from jsonb_to_recordset($2::jsonb) as r(method text, sales bigint, settled bigint, pending bigint,
                                                     refunded bigint, fees bigint, in_doubt bigint)),
  gone as (
    delete from reconciliation_methods m
     where m.day = $1 and not exists (select from told where told.method = m.method))
  insert into reconciliation_methods (day, method, sales, settled, pending, refunded, fees, in_doubt)
  select $1, method, sales, settled, pending, refunded, fees, in_doubt from told
  on conflict (day, method) do update
     set sales = excluded.sales, settled = excluded.settled, pending = excluded.pending, refunded = excluded.refunded,
         fees = excluded.fees, in_doubt = excluded.in_doubt`;

const STORE_RUN = `
  update reconciliation_runs r
     set sales = s.sales, settled = s.settled, pending = s.pending, refunded = s.refunded, fees = s.fees,
         in_doubt = s.in_doubt,
         open = (select count(*) from discrepancies d where d.day = $1 and d.resolved_at is null)
    from (select coalesce(sum(sales), 0) as sales, coalesce(sum(settled), 0) as settled,
                 coalesce(sum(pending), 0) as pending, coalesce(sum(refunded), 0) as refunded,
                 coalesce(sum(fees), 0) as fees, coalesce(sum(in_doubt), 0) as in_doubt
            from reconciliation_methods where day = $1) s
   where r.day = $1 returning r.open`;

/** Of a closed day something is open. */
const OPEN_ALERT = "RECONCILIATION_OPEN";

/** Pending is the rest: what the gateway has still to pay out. */
function equationOf(sums: Sums, paid: Settled | undefined) {
  const { method, sales, refunded, inDoubt } = sums;
  const [settled, fees] = [paid?.settled ?? 0, paid?.fees ?? 0];
  const pending = sales - settled - refunded - fees - inDoubt;
  return { method, sales, settled, pending, refunded, fees, in_doubt: inDoubt };
}

/** People are told once a day of all that is open of it; while it runs nobody can know. */
async function tellOpen(tx: Tx, app: At, day: string, state: string, open: number): Promise<void> {
  if (open === 0) return clearAlertOf(tx, app.now, OPEN_ALERT, day);
  if (state === "RUNNING") return;
  const message = `${open} discrepancies of ${day} are open`;
  await raiseAlert(tx, app, { kind: OPEN_ALERT, subject: day, severity: "WARNING", message });
}

interface At {
  readonly ids: Ids;
  readonly now: Date;
}

/**
 * Brings the equation of a day up to date, method by method: sales = settled + pending + refunded + fees + in doubt. The
 * database refuses one that does not add up. A signed day stays as it was signed. A second run changes nothing.
 */
export async function sumDay(tx: Tx, app: At, day: string): Promise<void> {
  const [run] = await tx.sql<{ state: string }>("select state from reconciliation_runs where day = $1 for update", [
    day,
  ]);
  if (!run || run.state === "SIGNED_OFF") return;
  const from = startOfJakartaDay(day);
  const sums = await tx.sql<Sums>(SUMS, [from, later(from, DAY_MS)]);
  const paid = new Map<string, Settled>();
  const rows = sums.map((each) => equationOf(each, paid.get(each.method)));
  await tx.sql(STORE, [day, JSON.stringify(rows)]);
  const [row] = await tx.sql<{ open: number }>(STORE_RUN, [day]);
  await tellOpen(tx, app, day, run.state, row?.open ?? 0);
}

/** As sumDay, of several days, oldest first. */
export async function sumDays(tx: Tx, app: At, days: readonly string[]): Promise<void> {
  for (const day of [...new Set(days)].sort()) await sumDay(tx, app, day);
}
