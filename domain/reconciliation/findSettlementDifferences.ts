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

/** Days back in which money may become due: the longest agreement, over the longest holidays. */
const DUE_WITHIN_DAYS = 45;
/** Working days after which the slowest way to pay is due, with the grace: from then on a day has no more to come. */
const SETTLE_DAYS_MAX = 7;
/** What is late by a working day is late (compliance: `settle_days` + 1 working day). */
const GRACE_DAYS = 1;
/** Transactions of one look that are told of as late, some seconds of a run's end; more are told of by the next. */
const LATE_MAX = 20_000;
/** Refunds of one look: each is told of by itself. */
const REFUNDS_MAX = 5_000;

/** A day's payments by one type, which no look has held against the files since they were due. */
interface Cohort {
  readonly day: string;
  readonly paymentType: string;
}

/** Stands for all types of a day: none of them is to be held against the files any more. */
const ALL_TYPES = "*";

const OPEN_DAYS = `
  select d::date::text as day
    from generate_series($1::date - ${DUE_WITHIN_DAYS}, $1::date, interval '1 day') d
   where not exists (select from settlement_due_days j where j.day = d::date and j.payment_type = '${ALL_TYPES}')
   order by 1`;

const TYPES = `
  select distinct coalesce(t.gateway_payment_type, t.method) as payment_type
    from payment_transactions t join payments p on p.id = t.payment_id
   where p.channel = 'MIDTRANS' and t.captured_at >= $1::date::timestamp at time zone 'Asia/Jakarta'
     and t.captured_at < ($1::date + 1)::timestamp at time zone 'Asia/Jakarta'`;

const JUDGED = "select payment_type from settlement_due_days where day = $1";

// Files tell of a day's payouts: only where they reach beyond the day is a payment that they lack a late one.
const COVERED = "select max(settled_on) as until from settlement_lines";

const LATE = `
  select t.id as transaction_id, t.payment_id, t.gateway_order_id,
         t.captured_amount - t.refunded_amount - t.charged_back_amount as left
    from payment_transactions t join payments p on p.id = t.payment_id
   where p.channel = 'MIDTRANS' and t.captured_at >= $1::date::timestamp at time zone 'Asia/Jakarta'
     and t.captured_at < ($1::date + 1)::timestamp at time zone 'Asia/Jakarta'
     and coalesce(t.gateway_payment_type, t.method) = $2
     and t.captured_amount > t.refunded_amount + t.charged_back_amount
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

const dueOf = ({ rates, holidays }: Terms, paymentType: string, day: string): string =>
  workdaysLater(day, settleDaysOf(rates, paymentType, day) + GRACE_DAYS, holidays);

/**
 * Holds a day's payments against the files, type by type, each once: when its money is due and files reach so far.
 *
 * @param max so many at most
 * @returns how many were found
 */
async function findLateOf(
  tx: Tx,
  app: Finder,
  { day, until, max }: { readonly day: string; readonly until: string; readonly max: number },
  terms: Terms,
): Promise<number> {
  const types = await tx.sql<{ paymentType: string }>(TYPES, [day]);
  const judged = new Set((await tx.sql<{ paymentType: string }>(JUDGED, [day])).map((row) => row.paymentType));
  let [left, found] = [0, 0];
  for (const { paymentType } of types.filter((type) => !judged.has(type.paymentType))) {
    const due = dueOf(terms, paymentType, day);
    // A day on which something may still be paid out is not over.
    const isDue = due <= until && due < dayInJakarta(app.now);
    if (isDue && found < max) found += await findLate(tx, app, { day, paymentType, due }, max - found);
    // What the limit leaves is the next look's.
    if (!isDue || found >= max) left += 1;
  }
  const isOver = workdaysLater(day, SETTLE_DAYS_MAX, terms.holidays) <= until;
  if (left === 0 && isOver) await markJudged(tx, app, { day, paymentType: ALL_TYPES });
  return found;
}

interface DueRefund {
  readonly refundId: RefundId;
  readonly transactionId: TransactionId;
  readonly paymentId: PaymentId;
  readonly day: string;
  readonly succeededOn: string;
  readonly paymentType: string;
  readonly refunded: number;
  readonly told: number;
}

// What went back through the gateway is taken from a payout: a transaction whose files have less than we know of.
const REFUNDS = `
  select (array_agg(r.id order by r.succeeded_at desc))[1] as refund_id, t.id as transaction_id, t.payment_id,
         to_char(t.captured_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as day,
         to_char(max(r.succeeded_at) at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as succeeded_on,
         coalesce(t.gateway_payment_type, t.method) as payment_type,
         t.refunded_amount - t.refunded_by_hand as refunded, l.told
    from refunds r join payment_transactions t on t.id = r.transaction_id join payments p on p.id = t.payment_id
   cross join lateral (
     select coalesce(-sum(gross) filter (where type = 'REFUND'), 0) as told,
            coalesce(bool_or(type = 'PAYMENT'), false) as is_paid_out
       from settlement_lines where transaction_id = t.id and state in ('MATCHED', 'DUPLICATE')) l
   where r.status = 'SUCCEEDED' and r.settled_by is null and p.channel = 'MIDTRANS'
     and r.succeeded_at >= ($1::date - ${DUE_WITHIN_DAYS})::timestamp at time zone 'Asia/Jakarta'
     and l.is_paid_out and l.told < t.refunded_amount - t.refunded_by_hand
   group by t.id, l.told
   order by t.id limit ${REFUNDS_MAX}`;

async function findLateRefunds(tx: Tx, app: Finder, day: string, until: string, terms: Terms): Promise<void> {
  for (const refund of await tx.sql<DueRefund>(REFUNDS, [day])) {
    const due = dueOf(terms, refund.paymentType, refund.succeededOn);
    if (due > until || due > day) continue;
    const { transactionId, paymentId, refundId, refunded, told } = refund;
    await openDiscrepancy(tx, app, {
      day: refund.day,
      kind: "REFUND",
      subject: transactionSubject(transactionId),
      ours: `IDR ${refunded}`,
      theirs: `IDR ${told}, due ${due}`,
      amount: told - refunded,
      evidence: { refunded, told, succeededOn: refund.succeededOn, due },
      actions: actionsOf("REFUND"),
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
 * due until then and stands in no file is found (a payment LATE_SETTLEMENT, money that went back REFUND, a payout
 * PAYOUT), and what is open is held against the books anew. Nothing is late where no file reaches so far.
 *
 * A second run is harmless: what is open stays one, and what has come ends.
 *
 * @param day the day that is closed, YYYY-MM-DD in Asia/Jakarta
 */
export async function findSettlementDifferences(tx: Tx, app: Finder, day: string): Promise<void> {
  await lockSettlements(tx);
  await matchAgain(tx, { ids: app.ids, sealer: app.sealer, clock: { now: () => app.now } });
  const found = await tx.sql<{ id: TransactionId }>(OPEN);
  await judgeSettlements(
    tx,
    app,
    found.map(({ id }) => id),
  );
  const [covered] = await tx.sql<{ until: string | null }>(COVERED);
  if (!covered?.until) return;
  const until = covered.until;
  const terms: Terms = { rates: await readRates(tx), holidays: await readHolidays(tx) };
  let max = LATE_MAX;
  for (const open of await tx.sql<{ day: string }>(OPEN_DAYS, [day]))
    if (max > 0) max -= await findLateOf(tx, app, { day: open.day, until, max }, terms);
  await findLateRefunds(tx, app, dayInJakarta(app.now), until, terms);
}
