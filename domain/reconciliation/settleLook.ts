import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { dayInJakarta } from "../kernel/time.ts";
import type { PaymentCause } from "../payment/advancePayment.ts";
import { lockPayment } from "../payment/lockPayment.ts";
import { recordAnswer } from "../payment/pollPayments.ts";
import { type Finding, findingOf } from "./difference.rules.ts";
import type { DiscrepancyKind } from "./discrepancy.rules.ts";
import type { Difference, KnownTry } from "./gatewayTruth.rules.ts";
import { judge, type Look, readPayments } from "./lookAtPayment.ts";
import { closeDiscrepancy, openDiscrepancy, recordHealed } from "./openDiscrepancy.ts";

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "reconciliation" };

/** What became of each of a payment's tries. */
export type Outcome = "MATCHED" | "HEALED" | "DIFFERS";
export type Outcomes = ReadonlyMap<KnownTry["id"], Outcome>;

/** The day whose sum a try belongs to: that of its money, else the one that is closed. */
const dayOf = ({ capturedAt }: KnownTry, day: string): string => (capturedAt ? dayInJakarta(capturedAt) : day);

const nameOf = ({ kind, subject }: { kind: string; subject: string }): string => `${kind} ${subject}`;

/** Applies what the gateway said, by the path of every status answer. */
async function applyAnswers(tx: Tx, app: App, { payment, answered }: Look): Promise<void> {
  for (const { one, reports } of answered) {
    for (const report of reports) {
      // Read under lock each time: an answer may have moved what the next one is about.
      const locked = await lockPayment(tx, app, payment.id);
      if (!locked) throw new Error(`payment ${payment.id} is gone`);
      await recordAnswer(tx, app, locked, { gatewayOrderId: one.gatewayOrderId, report }, CAUSE);
    }
  }
  killPoint("day.answers-applied");
}

/** Discrepancies of earlier looks at these tries; others have subjects of another form. */
const OPEN_OF_TRIES = `
  select d.kind, d.subject from discrepancies d join payment_transactions t on t.id = d.transaction_id
   where t.payment_id = $1 and d.resolved_at is null
     and (d.subject = t.gateway_order_id or d.subject like t.gateway_order_id || ' %')`;

async function closeGone(tx: Tx, now: Date, look: Look, left: readonly Finding[]): Promise<void> {
  const still = new Set(left.map(nameOf));
  const open = await tx.sql<{ kind: DiscrepancyKind; subject: string }>(OPEN_OF_TRIES, [look.payment.id]);
  for (const each of open) {
    if (still.has(nameOf(each))) continue;
    await closeDiscrepancy(tx, now, { ...each, resolution: "The gateway was asked again, and both sides agree" });
  }
}

async function writeFindings(tx: Tx, app: App, look: Look, left: readonly Finding[], day: string): Promise<void> {
  const at = { ids: app.ids, now: app.clock.now() };
  const paymentId = look.payment.id;
  const isLeft = new Set(left.map(nameOf));
  for (const found of look.differences.map((each) => findingOf(look.payment, each))) {
    if (isLeft.has(nameOf(found))) continue;
    const what = { ...found, paymentId, transactionId: found.one.id, day: dayOf(found.one, day) };
    await recordHealed(tx, at, { ...what, resolution: "The gateway's answer was applied, and both sides agree" });
  }
  for (const found of left) {
    const what = { ...found, paymentId, transactionId: found.one.id, day: dayOf(found.one, day) };
    await openDiscrepancy(tx, at, what);
  }
  await closeGone(tx, at.now, look, left);
  killPoint("day.findings-written");
}

function outcomesOf(look: Look, left: readonly Finding[]): Outcomes {
  const differs = new Set(left.map(({ one }) => one.id));
  const differed = new Set(look.differences.map(({ one }) => one.id));
  return new Map(
    look.payment.tries.map(({ id }) => [id, differs.has(id) ? "DIFFERS" : differed.has(id) ? "HEALED" : "MATCHED"]),
  );
}

/**
 * Ends a look that found something, in one transaction: what the gateway said is applied through the same tables as any
 * answer, and what still does not agree then goes on record for a person. A second run is harmless: the tables say
 * `same`, and one matter opens one discrepancy.
 *
 * @param mayApply false: nothing is applied, because it failed
 * @returns null where the payment has moved since it was looked at: the look says nothing any more
 */
export async function settleLook(
  tx: Tx,
  app: App,
  look: Look,
  day: string,
  mayApply: boolean,
): Promise<Outcomes | null> {
  const locked = await lockPayment(tx, app, look.payment.id);
  if (!locked || locked.payment.version !== look.payment.version) return null;
  if (mayApply) await applyAnswers(tx, app, look);
  const [fresh] = await readPayments(tx, app.clock.now(), [look.payment.id]);
  const payment = fresh ?? look.payment;
  const answered = look.answered.map(({ one, reports }) => ({
    one: payment.tries.find(({ id }) => id === one.id) ?? one,
    reports,
  }));
  // The end of a page's window is a job of its own, which the answer has made due.
  const isUnderWay = ({ invariant }: Difference) => invariant === "GATEWAY_MISSED" && mayApply && payment.isAwaited;
  const left = judge(app, payment, answered)
    .filter((each) => !isUnderWay(each))
    .map((each) => findingOf(payment, each));
  await writeFindings(tx, app, look, left, day);
  return outcomesOf(look, left);
}
