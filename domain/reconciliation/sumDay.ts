import type { Tx } from "../../platform/db.ts";
import type { Ids } from "../kernel/ids.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, later, startOfJakartaDay } from "../kernel/time.ts";
import { actionsOf } from "./discrepancy.rules.ts";
import { closeDiscrepancy, openDiscrepancy } from "./openDiscrepancy.ts";
import { settledOf } from "./settledOf.ts";

// What a method's cohort brought: its sales, what went back of them, what of it nobody can tell yet, and what people
// decided about. Two looks at one difference of a transaction, at the gateway and in a file, count once; a fee and a
// late payout that were let be stand where they are. What is found anew of what was decided is in doubt beyond it.
const SUMS = `
  with cohort as (
    select t.id, t.method, t.captured_amount,
           -- What a bank transfer gave back the gateway still pays out.
           t.refunded_amount - t.refunded_by_hand + t.charged_back_amount as back
      from payment_transactions t join payments p on p.id = t.payment_id
     where p.channel = 'MIDTRANS' and t.captured_at >= $1 and t.captured_at < $2),
  told as (
    select distinct on (d.transaction_id, d.kind = 'FEE', d.resolved_at is null)
           d.transaction_id, d.kind = 'FEE' as is_fee, d.amount, d.resolved_at is null as is_open
      from discrepancies d join cohort c on c.id = d.transaction_id
     where d.amount <> 0
       and (d.resolved_at is null
            or (d.resolved_by is not null and d.action in ('DECIDED', 'ADJUST', 'ACCEPT', 'DISMISS')
                and d.kind not in ('FEE', 'LATE_SETTLEMENT')))
     order by d.transaction_id, d.kind = 'FEE', d.resolved_at is null, abs(d.amount) desc, d.id),
  matters as (
    select transaction_id, is_fee, coalesce(sum(amount) filter (where is_open), 0) as found,
           coalesce(sum(amount) filter (where not is_open), 0) as decided
      from told group by transaction_id, is_fee),
  summed as (
    select transaction_id, sum(decided) as adjusted,
           sum(found - case when sign(found) = sign(decided) and abs(found) >= abs(decided)
                            then decided else 0 end) as doubt
      from matters group by transaction_id)
  select c.method, sum(c.captured_amount) as captured, sum(c.back) as refunded,
         coalesce(sum(s.doubt), 0) as in_doubt, coalesce(sum(s.adjusted), 0) as adjusted
    from cohort c left join summed s on s.transaction_id = c.id
   group by c.method`;

/** What was paid out of a day's sales by one method, and its fees. Whole rupiah. */
export interface Settled {
  readonly method: string;
  readonly settled: number;
  readonly fees: number;
}

interface Sums {
  readonly method: string;
  readonly captured: number;
  readonly refunded: number;
  readonly inDoubt: number;
  readonly adjusted: number;
}

const STORE = `
  with told as (
    select * from jsonb_to_recordset($2::jsonb) as r(method text, sales bigint, settled bigint, pending bigint,
                                                     refunded bigint, fees bigint, in_doubt bigint,
                                                     adjusted bigint)),
  gone as (
    delete from reconciliation_methods m
     where m.day = $1 and not exists (select from told where told.method = m.method))
  insert into reconciliation_methods (day, method, sales, settled, pending, refunded, fees, in_doubt, adjusted)
  select $1, method, sales, settled, pending, refunded, fees, in_doubt, adjusted from told
  on conflict (day, method) do update
     set sales = excluded.sales, settled = excluded.settled, pending = excluded.pending, refunded = excluded.refunded,
         fees = excluded.fees, in_doubt = excluded.in_doubt, adjusted = excluded.adjusted`;

const STORE_RUN = `
  update reconciliation_runs r
     set sales = s.sales, settled = s.settled, pending = s.pending, refunded = s.refunded, fees = s.fees,
         in_doubt = s.in_doubt, adjusted = s.adjusted,
         open = (select count(*) from discrepancies d where d.day = $1 and d.resolved_at is null)
    from (select coalesce(sum(sales), 0) as sales, coalesce(sum(settled), 0) as settled,
                 coalesce(sum(pending), 0) as pending, coalesce(sum(refunded), 0) as refunded,
                 coalesce(sum(fees), 0) as fees, coalesce(sum(in_doubt), 0) as in_doubt,
                 coalesce(sum(adjusted), 0) as adjusted
            from reconciliation_methods where day = $1) s
   where r.day = $1 returning r.open`;

/** Of a closed day something is open. */
const OPEN_ALERT = "RECONCILIATION_OPEN";

interface EquationRow {
  readonly method: string;
  readonly sales: number;
  readonly settled: number;
  readonly pending: number;
  readonly refunded: number;
  readonly fees: number;
  readonly in_doubt: number;
  readonly adjusted: number;
}

/** Pending is the rest: what the gateway has still to pay out. */
function equationOf({ method, captured, refunded, inDoubt, adjusted }: Sums, paid: Settled | undefined): EquationRow {
  const [settled, fees] = [paid?.settled ?? 0, paid?.fees ?? 0];
  const sales = captured - adjusted;
  const pending = sales - settled - refunded - fees - inDoubt;
  return { method, sales, settled, pending, refunded, fees, in_doubt: inDoubt, adjusted };
}

/**
 * More paid out than was sold and than what is on record explains: that is a discrepancy itself, which takes the place
 * of what cannot be pending. Money that went back after its payout is withheld later, and no such thing.
 */
async function holdExcess(tx: Tx, at: At, day: string, row: EquationRow): Promise<EquationRow> {
  const subject = `equation:${day}:${row.method}`;
  const excess = row.pending + row.refunded;
  if (excess >= 0) {
    await closeDiscrepancy(tx, at.now, { kind: "PAYOUT", subject, resolution: "The day's sums agree" });
    return row;
  }
  const verdict = await openDiscrepancy(tx, at, {
    day,
    kind: "PAYOUT",
    subject,
    ours: `${row.sales - row.fees} of ${row.method} to be paid out`,
    theirs: `${row.settled} paid out`,
    amount: excess,
    evidence: row,
    actions: actionsOf("PAYOUT"),
  });
  const held = { ...row, pending: -row.refunded };
  return verdict === "decided"
    ? { ...held, sales: row.sales - excess, adjusted: row.adjusted + excess }
    : { ...held, in_doubt: row.in_doubt + excess };
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

/** A signed day whose trifles have ended since has nothing open any more. */
async function tellEnded(tx: Tx, now: Date, day: string): Promise<void> {
  const left = await tx.sql("select from discrepancies where day = $1 and resolved_at is null limit 1", [day]);
  if (left.length === 0) await clearAlertOf(tx, now, OPEN_ALERT, day);
}

/**
 * Brings the equation of a day up to date, method by method: sales = settled + pending + refunded + fees + in doubt.
 * The database refuses one that does not add up. A signed day stays as it was signed. A second run changes nothing.
 */
export async function sumDay(tx: Tx, app: At, day: string): Promise<void> {
  const [run] = await tx.sql<{ state: string }>(
    "select state from reconciliation_runs where day = $1 for no key update",
    [day],
  );
  if (!run) return;
  if (run.state === "SIGNED_OFF") return tellEnded(tx, app.now, day);
  const from = startOfJakartaDay(day);
  const sums = await tx.sql<Sums>(SUMS, [from, later(from, DAY_MS)]);
  const paid = new Map((await settledOf(tx, day)).map((each) => [each.method, each]));
  const rows: EquationRow[] = [];
  for (const each of sums) rows.push(await holdExcess(tx, app, day, equationOf(each, paid.get(each.method))));
  await tx.sql(STORE, [day, JSON.stringify(rows)]);
  const [row] = await tx.sql<{ open: number }>(STORE_RUN, [day]);
  await tellOpen(tx, app, day, run.state, row?.open ?? 0);
}

/** As sumDay, of several days, oldest first. */
export async function sumDays(tx: Tx, app: At, days: readonly string[]): Promise<void> {
  for (const day of [...new Set(days)].sort()) await sumDay(tx, app, day);
}

/** Days whose sums one look or one file may change: a year's, each some milliseconds. */
const DAYS_MAX = 400;

/** As sumDays, of some days and of those of which something was found or ended since an instant. */
export async function sumTouched(tx: Tx, app: At, since: Date, besides: readonly string[]): Promise<void> {
  const rows = await tx.sql<{ day: string }>(
    `select distinct day from discrepancies where seen_at >= $1 or resolved_at >= $1
      order by day desc limit ${DAYS_MAX}`,
    [since],
  );
  await sumDays(tx, app, [...besides, ...rows.map(({ day }) => day)]);
}
