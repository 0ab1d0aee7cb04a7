import { inTransaction, isDatabaseAway, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, GatewayUnreadable } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { type Ask, createAsker } from "./askAboutTry.ts";
import { type ClaimedRun, ClaimLost, type Counted, countItems } from "./claimRun.ts";
import { HEALED } from "./discrepancy.rules.ts";
import type { DatedPayment } from "./gatewayTruth.queries.ts";
import { type Look, lookAtPayment, readPayments } from "./lookAtPayment.ts";
import { clearDiscrepancyAlerts } from "./openDiscrepancy.ts";
import { type Outcomes, settleLook } from "./settleLook.ts";

/** A slice is so long at the gateway's rate: a crash repeats as much, and progress is seen as often. */
const SLICE_SECONDS = 4;
const SLICE_MAX = 400; // payments: their rows are read in one statement each, and all of them locked in none
const SLICE_MIN = 5;
/** Calls at once: the rate says how many there are, this how slow each may be without slowing the whole. */
const PARALLEL = 10;
/** Calls without an answer, one after another, after which the gateway is away. */
const UNANSWERED_MAX = 10;
/** Looks at one payment, about which there is no readable answer while there is about others. */
export const LOOKS_MAX = 5;
/** Looks at one payment that moves each time that it is looked at. */
const MOVES_MAX = 3;

const LEFT = `
  select payment_id as id from reconciliation_items where day = $1 and outcome is null
   group by tries, payment_id order by tries, payment_id limit $2`;

/** What became of the payments of a slice. */
interface Slice {
  readonly matched: PaymentId[];
  readonly unanswered: PaymentId[];
  /** How many were looked at to an end. */
  answered: number;
}

// A try that agrees now ends what an earlier look had found.
const CLOSE_GONE = `
  update discrepancies d
     set resolved_at = $2, action = '${HEALED}', resolution = 'The gateway was asked again, and both sides agree'
    from payment_transactions t
   where t.id = d.transaction_id and t.payment_id = any($1::uuid[]) and d.resolved_at is null
     and (d.subject = t.gateway_order_id or d.subject like t.gateway_order_id || ' %')
  returning d.kind, d.subject`;

const NONE: Counted = { matched: 0, healed: 0, differing: 0, unanswered: 0 };

async function endMatched(app: App, run: ClaimedRun, ids: readonly PaymentId[]): Promise<void> {
  if (ids.length === 0) return;
  await inTransaction(app.db, async (tx) => {
    const gone = await tx.sql<{ kind: string; subject: string }>(CLOSE_GONE, [ids, app.clock.now()]);
    if (gone.length > 0) await clearDiscrepancyAlerts(tx, app.clock.now(), gone);
    const ended = await tx.sql(
      `update reconciliation_items set outcome = 'MATCHED'
        where day = $1 and payment_id = any($2::uuid[]) and outcome is null returning day`,
      [run.day, ids],
    );
    await countItems(tx, run, { ...NONE, matched: ended.length });
    killPoint("day.slice-counted");
  });
  killPoint("day.slice-committed");
}

/** What had no answer is looked at again; what never has one while others have is counted, and never as matched. */
async function endUnanswered(app: App, run: ClaimedRun, ids: readonly PaymentId[]): Promise<void> {
  if (ids.length === 0) return;
  await inTransaction(app.db, async (tx) => {
    const rows = await tx.sql<{ outcome: string | null }>(
      `update reconciliation_items
          set tries = tries + 1, outcome = case when tries + 1 >= ${LOOKS_MAX} then 'UNANSWERED' end
        where day = $1 and payment_id = any($2::uuid[]) and outcome is null returning outcome`,
      [run.day, ids],
    );
    await countItems(tx, run, { ...NONE, unanswered: rows.filter(({ outcome }) => outcome !== null).length });
  });
}

async function endItems(tx: Tx, run: ClaimedRun, look: Look, outcomes: Outcomes): Promise<void> {
  const ids = look.payment.tries.map(({ id }) => id);
  const rows = await tx.sql<{ outcome: string }>(
    `update reconciliation_items i set outcome = w.outcome
       from unnest($2::uuid[], $3::text[]) as w(id, outcome)
      where i.day = $1 and i.transaction_id = w.id and i.outcome is null returning i.outcome`,
    [run.day, ids, ids.map((id) => outcomes.get(id) ?? "MATCHED")],
  );
  const many = (outcome: string) => rows.filter((row) => row.outcome === outcome).length;
  await countItems(tx, run, {
    matched: many("MATCHED"),
    healed: many("HEALED"),
    differing: many("DIFFERS"),
    unanswered: 0,
  });
}

/** Settles what a look found and ends its items in one transaction. @returns false where the payment has moved */
async function settle(app: App, run: ClaimedRun, look: Look, mayApply: boolean): Promise<boolean> {
  const isSettled = await inTransaction(app.db, async (tx) => {
    const outcomes = await settleLook(tx, app, look, run.day, mayApply);
    if (outcomes) await endItems(tx, run, look, outcomes);
    return outcomes !== null;
  });
  if (isSettled) killPoint("day.look-settled");
  return isSettled;
}

/** An answer that cannot be applied is our bug: what differs stands on record all the same. */
async function settleOrRecord(app: App, run: ClaimedRun, look: Look): Promise<boolean> {
  try {
    return await settle(app, run, look, true);
  } catch (error) {
    if (error instanceof ClaimLost || isDatabaseAway(error)) throw error;
    app.log.warn({ err: error, payment: look.payment.number }, "an answer cannot be applied, and is put on record");
    return settle(app, run, look, false);
  }
}

async function walkOne(app: App, run: ClaimedRun, ask: Ask, known: DatedPayment, slice: Slice): Promise<void> {
  let payment = known;
  for (let moves = 1; ; moves++) {
    const look = await lookAtPayment(app, ask, payment);
    killPoint("day.answered");
    if (look.differences.length === 0) {
      slice.matched.push(payment.id);
      break;
    }
    if (await settleOrRecord(app, run, look)) break;
    // It moves as it is looked at: the shop is about to end it, and a later slice looks again.
    if (moves === MOVES_MAX) return;
    payment = (await readPayments(app.db, app.clock.now(), [payment.id]))[0] ?? payment;
  }
  slice.answered++;
}

function noteFailure(app: App, payment: DatedPayment, error: unknown, slice: Slice): void {
  if (error instanceof ClaimLost || isDatabaseAway(error)) throw error;
  // A gateway that is away says nothing of this payment; an answer that we cannot read or take does.
  if (!(error instanceof GatewayUnavailable) || error instanceof GatewayUnreadable) slice.answered++;
  slice.unanswered.push(payment.id);
  app.log.warn({ err: error, payment: payment.number }, "no answer about a payment in the close");
}

/** @returns whether anything is left to look at, and whether the gateway is away */
export async function walkSlice(app: App, run: ClaimedRun): Promise<"done" | "more" | "away"> {
  const rate = app.settings.statusRatePerSecond;
  const size = Math.min(SLICE_MAX, Math.max(SLICE_MIN, Math.floor(rate * SLICE_SECONDS)));
  const left = await app.db.sql<{ id: PaymentId }>(LEFT, [run.day, size]);
  if (left.length === 0) return "done";
  const ids = left.map(({ id }) => id);
  const queue = await readPayments(app.db, app.clock.now(), ids);
  const ask = createAsker(app, rate, UNANSWERED_MAX);
  const slice: Slice = { matched: [], unanswered: [], answered: 0 };
  const lane = async () => {
    for (let one = queue.shift(); one && app.clock.now() < run.until; one = queue.shift()) {
      const payment = one;
      await walkOne(app, run, ask, payment, slice).catch((error: unknown) => noteFailure(app, payment, error, slice));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  await endMatched(app, run, slice.matched);
  const isAway = slice.answered === 0;
  if (!isAway) await endUnanswered(app, run, slice.unanswered);
  return isAway ? "away" : "more";
}
