import type { Tx } from "../../platform/db.ts";
import type { Sealer } from "../../platform/secrets.ts";
import type { Ids, PaymentId, RefundId, TransactionId } from "../kernel/ids.ts";
import { dayInJakarta } from "../kernel/time.ts";
import { actionsOf } from "./discrepancy.rules.ts";
import { readHolidays, readRates } from "./fee.queries.ts";
import { type FeeRate, settleDaysOf } from "./fee.rules.ts";
import { judgeSettlements, transactionSubject } from "./judgeSettlements.ts";
import { lockSettlements } from "./lockSettlements.ts";
import { matchAgain } from "./matchSettlements.ts";
import { openDiscrepancy } from "./openDiscrepancy.ts";
import { type DueCohort, type Late, openLate } from "./openLate.ts";
import { workdaysLater } from "./settlement.rules.ts";

interface Finder {
  readonly ids: Ids;
  readonly now: Date;
  readonly sealer: Sealer;
}

/** Days back in which money may become due: a quarter, where files come by the quarter, and a month to import them. */
const DUE_WITHIN_DAYS = 120;
/** Days before a payout that what it is of may have been paid: the slowest way to pay, over the longest holidays. */
const DUE_BEFORE_DAYS = 30;
/** Working days after which the slowest way to pay is due, with the grace: from then on a day has no more to come. */
const SETTLE_DAYS_MAX = 7;
/** What is late by a working day is late (compliance: `settle_days` + 1 working day). */
const GRACE_DAYS = 1;
/** Transactions of one look that are told of as late, some seconds of a run's end; more are told of by the next. */
const LATE_MAX = 20_000;
/** Refunds of one look, and chargebacks: each is told of by itself. */
const BACK_MAX = 5_000;

/** A day's payments by one type, which no look has held against the files since they were due. */
interface Cohort {
  readonly day: string;
  readonly paymentType: string;
}

/** Stands for all types of a day: none of them is to be held against the files any more. */
const ALL_TYPES = "*";

// What was paid long before the first payout that files tell of was paid out before them, and what was paid after the
// last one cannot be due by them.
const OPEN_DAYS = `
  select d::date::text as day
    from generate_series(greatest($1::date - ${DUE_WITHIN_DAYS}, $2::date - ${DUE_BEFORE_DAYS}),
                         least($1::date, $3::date), interval '1 day') d
   where not exists (select from settlement_due_days j where j.day = d::date and j.payment_type = '${ALL_TYPES}')
   order by 1`;

const TYPES = `
  select distinct coalesce(t.gateway_payment_type, t.method) as payment_type
    from payment_transactions t join payments p on p.id = t.payment_id
   where p.channel = 'MIDTRANS' and t.captured_at >= $1::date::timestamp at time zone 'Asia/Jakarta'
     and t.captured_at < ($1::date + 1)::timestamp at time zone 'Asia/Jakarta'`;

const JUDGED = "select payment_type from settlement_due_days where day = $1";

// Files tell of a day's payouts: only where they reach beyond the day is a payment that they lack a late one.
const COVERED = "select min(settled_on) as since, max(settled_on) as until from settlement_lines";

// What a bank transfer gave back the gateway still pays out.
const TO_COME = "t.captured_amount - (t.refunded_amount - t.refunded_by_hand) - t.charged_back_amount";

const LATE = `
  select t.id as transaction_id, t.payment_id, t.gateway_order_id, ${TO_COME} as left
    from payment_transactions t join payments p on p.id = t.payment_id
   where p.channel = 'MIDTRANS' and t.captured_at >= $1::date::timestamp at time zone 'Asia/Jakarta'
     and t.captured_at < ($1::date + 1)::timestamp at time zone 'Asia/Jakarta'
     and coalesce(t.gateway_payment_type, t.method) = $2
     and ${TO_COME} > 0
     -- A refund, a correction or a chargeback is not its payout.
     and not exists (select from settlement_lines l
                      where l.transaction_id = t.id and l.type = 'PAYMENT' and l.state <> 'NEW')
     -- What was told of once is open, or was decided about: the next look goes on behind it.
     and not exists (select from discrepancies d where d.transaction_id = t.id and d.kind = 'LATE_SETTLEMENT')
   order by t.id limit $3`;

/** @returns how many were found */
async function findLate(tx: Tx, app: Finder, cohort: DueCohort, max: number): Promise<number> {
  const late = await tx.sql<Late>(LATE, [cohort.day, cohort.paymentType, max]);
  await openLate(tx, app, cohort, late);
  if (late.length < max) await markJudged(tx, app, cohort);
  return late.length;
}

const markJudged = (tx: Tx, app: Finder, { day, paymentType }: Cohort) =>
  tx.sql(
    `insert into settlement_due_days (day, payment_type, judged_at) values ($1, $2, $3)
     on conflict (day, payment_type) do nothing`,
    [day, paymentType, app.now],
  );

interface Terms {
  readonly rates: readonly FeeRate[];
  readonly holidays: ReadonlySet<string>;
}

const dueOf = ({ rates, holidays }: Terms, paymentType: string, day: string, graceDays = GRACE_DAYS): string =>
  workdaysLater(day, settleDaysOf(rates, paymentType, day) + graceDays, holidays);

/** The days of the payouts that files tell of, the first and the last. */
interface Told {
  readonly since: string;
  readonly until: string;
}

/**
 * Holds a day's payments against the files, type by type, each once: when its money is due and files reach so far. What
 * was due before the first of them is in none that could be asked.
 *
 * @param max so many at most
 * @returns how many were found
 */
async function findLateOf(
  tx: Tx,
  app: Finder,
  { day, since, until, max }: Told & { readonly day: string; readonly max: number },
  terms: Terms,
): Promise<number> {
  const types = await tx.sql<{ paymentType: string }>(TYPES, [day]);
  const judged = new Set((await tx.sql<{ paymentType: string }>(JUDGED, [day])).map((row) => row.paymentType));
  let [left, found] = [0, 0];
  for (const { paymentType } of types.filter((type) => !judged.has(type.paymentType))) {
    const due = dueOf(terms, paymentType, day);
    // A day on which something may still be paid out is not over.
    const isDue = due <= until && due < dayInJakarta(app.now) && dueOf(terms, paymentType, day, 0) >= since;
    if (isDue && found < max) found += await findLate(tx, app, { day, paymentType, due }, max - found);
    // What the limit leaves is the next look's.
    if (!isDue || found >= max) left += 1;
  }
  const isOver = workdaysLater(day, SETTLE_DAYS_MAX, terms.holidays) <= until;
  if (left === 0 && isOver) await markJudged(tx, app, { day, paymentType: ALL_TYPES });
  return found;
}

/** What went back of a payment, and has to lessen a payout. Whole rupiah. */
interface DueBack {
  /** null: a bank took it back. */
  readonly refundId: RefundId | null;
  readonly transactionId: TransactionId;
  readonly paymentId: PaymentId;
  readonly day: string;
  /** The day on which it went back, at the latest. */
  readonly wentOn: string;
  readonly paymentType: string;
  readonly back: number;
  readonly told: number;
}

const toldOf = (type: "REFUND" | "CHARGEBACK"): string => `
   cross join lateral (
     select coalesce(-sum(gross) filter (where type = '${type}'), 0) as told,
            coalesce(bool_or(type = 'PAYMENT'), false) as is_paid_out
       from settlement_lines where transaction_id = t.id and state in ('MATCHED', 'DUPLICATE')) l`;

const PAYMENT = `
  t.id as transaction_id, t.payment_id,
         to_char(t.captured_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as day,
         coalesce(t.gateway_payment_type, t.method) as payment_type, l.told`;

// What went back through the gateway is taken from a payout: a transaction whose files have less than we know of.
const REFUNDS = `
  select (array_agg(r.id order by r.succeeded_at desc))[1] as refund_id, ${PAYMENT},
         to_char(max(r.succeeded_at) at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as went_on,
         t.refunded_amount - t.refunded_by_hand as back
    from refunds r join payment_transactions t on t.id = r.transaction_id join payments p on p.id = t.payment_id
   ${toldOf("REFUND")}
   where r.status = 'SUCCEEDED' and r.settled_by is null and p.channel = 'MIDTRANS'
     and r.succeeded_at >= ($1::date - ${DUE_WITHIN_DAYS})::timestamp at time zone 'Asia/Jakarta'
     and l.is_paid_out and l.told < t.refunded_amount - t.refunded_by_hand
   group by t.id, l.told
   order by t.id limit ${BACK_MAX}`;

// The same of what a bank took back, which the ledger tells the day of.
const CHARGEBACKS = `
  select null::uuid as refund_id, ${PAYMENT}, to_char(c.went_on, 'YYYY-MM-DD') as went_on,
         t.charged_back_amount as back
    from payment_transactions t join payments p on p.id = t.payment_id
   cross join lateral (
     select max(e.day) as went_on from ledger_entries e
      where e.payment_id = t.payment_id and e.transaction_id = t.id and e.kind = 'CHARGED_BACK') c
   ${toldOf("CHARGEBACK")}
   where t.charged_back_amount > 0 and p.channel = 'MIDTRANS' and c.went_on >= $1::date - ${DUE_WITHIN_DAYS}
     and l.is_paid_out and l.told < t.charged_back_amount
   order by t.id limit ${BACK_MAX}`;

async function findLateBack(
  tx: Tx,
  app: Finder,
  kind: "REFUND" | "CHARGEBACK",
  until: string,
  terms: Terms,
): Promise<void> {
  const today = dayInJakarta(app.now);
  for (const row of await tx.sql<DueBack>(kind === "REFUND" ? REFUNDS : CHARGEBACKS, [today])) {
    const due = dueOf(terms, row.paymentType, row.wentOn);
    if (due > until || due > today) continue;
    const { transactionId, paymentId, refundId, back, told, wentOn, day } = row;
    await openDiscrepancy(tx, app, {
      day,
      kind,
      subject: transactionSubject(transactionId),
      ours: `IDR ${back}`,
      theirs: `IDR ${told}, due ${due}`,
      amount: told - back,
      evidence: { back, told, wentOn, due },
      actions: actionsOf(kind),
      paymentId,
      transactionId,
      refundId,
    });
  }
}

/** Transactions that are looked at again because something of them is open. */
const OPEN_MAX = 5_000;

const OPEN = `
  select distinct transaction_id as id from discrepancies
   where resolved_at is null and transaction_id is not null and subject like 'transaction:%' limit ${OPEN_MAX}`;

/**
 * The step of a day's close that is about settlements: lines that nothing was known for are looked at again, what was
 * due until then and stands in no file is found (a payment LATE_SETTLEMENT, money that went back REFUND or CHARGEBACK,
 * a payout PAYOUT), and what is open is held against the books anew. Nothing is late where no file reaches so far.
 *
 * A second run is harmless: what is open stays one, and what has come ends.
 *
 * @param day the day that is closed, YYYY-MM-DD in Asia/Jakarta
 * @returns the days of payments whose lines were not known before
 */
export async function findSettlementDifferences(tx: Tx, app: Finder, day: string): Promise<string[]> {
  await lockSettlements(tx);
  const days = await matchAgain(tx, { ids: app.ids, sealer: app.sealer, clock: { now: () => app.now } });
  const found = await tx.sql<{ id: TransactionId }>(OPEN);
  await judgeSettlements(
    tx,
    app,
    found.map(({ id }) => id),
  );
  const [covered] = await tx.sql<{ since: string | null; until: string | null }>(COVERED);
  if (!covered?.since || !covered.until) return days;
  const { since, until } = covered;
  const terms: Terms = { rates: await readRates(tx), holidays: await readHolidays(tx) };
  let max = LATE_MAX;
  for (const open of await tx.sql<{ day: string }>(OPEN_DAYS, [day, since, until]))
    if (max > 0) max -= await findLateOf(tx, app, { day: open.day, since, until, max }, terms);
  await findLateBack(tx, app, "REFUND", until, terms);
  await findLateBack(tx, app, "CHARGEBACK", until, terms);
  return days;
}
