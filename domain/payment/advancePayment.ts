import type { Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import { type OutboxJob, writeOutbox } from "../../platform/outbox.ts";
import type { App } from "../app.ts";
import type { PaymentId, TransactionId, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertsOf } from "../kernel/raiseAlert.ts";
import type { Verdict } from "../kernel/stateTable.ts";
import { jobsOf } from "../messages.ts";
import { CHALLENGE_UNANSWERED } from "./challenge.rules.ts";
import type { PaymentRow } from "./lockPayment.ts";
import { isEnded, isPaidStatus, type PaymentEvent, type PaymentStatus, paymentStates } from "./payment.states.ts";
import type { EffectContext } from "./purposeEffects.ts";

/** Who or what moves a payment: goes into its log and the logs of what it pays for. */
export interface PaymentCause {
  readonly source: "CUSTOMER" | "STAFF" | "MIDTRANS" | "SYSTEM";
  readonly actorId: UserId | null;
  readonly reason: string | null;
}

export interface PaymentStep {
  readonly paymentId: PaymentId;
  readonly transactionId?: TransactionId | null;
  readonly step: string;
  readonly from?: PaymentStatus | null;
  readonly to?: PaymentStatus | null;
  readonly detail?: object;
  /** The request that it follows from; left out: the one that runs. */
  readonly requestId?: string | undefined;
}

const INSERT_LOGS = `
  insert into payment_logs (payment_id, transaction_id, step, from_status, to_status, detail, source, actor_id,
                            request_id, at)
  select payment_id, transaction_id, step, from_status, to_status, detail, $2, $3::uuid, request_id, $4
    from jsonb_to_recordset($1::jsonb)
      as l(payment_id uuid, transaction_id uuid, step text, from_status text, to_status text, detail jsonb,
           request_id text)`;

/** Appends to the payments' logs: every step of their lives stands there. */
export async function logPaymentSteps(
  tx: Tx,
  now: Date,
  cause: PaymentCause,
  entries: readonly PaymentStep[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    payment_id: entry.paymentId,
    transaction_id: entry.transactionId ?? null,
    step: entry.step,
    from_status: entry.from ?? null,
    to_status: entry.to ?? null,
    detail: entry.detail ?? {},
    request_id: entry.requestId ?? currentRequestId(),
  }));
  await tx.sql(INSERT_LOGS, [JSON.stringify(rows), cause.source, cause.actorId, now]);
}

/** As logPaymentSteps, of one step. */
export const logPaymentStep = (tx: Tx, now: Date, cause: PaymentCause, entry: PaymentStep): Promise<void> =>
  logPaymentSteps(tx, now, cause, [entry]);

/** The context that effects get. */
export const effectContext = (payment: PaymentRow, cause: PaymentCause, now: Date): EffectContext => ({
  paymentId: payment.id,
  paymentNumber: payment.number,
  sessionId: payment.sessionId,
  userId: payment.userId,
  amount: payment.amount,
  now,
  ...cause,
});

/** One event of a locked payment. */
export interface PaymentMove {
  readonly payment: PaymentRow;
  readonly event: PaymentEvent;
  /** The transaction that pays it, for events that bring money. */
  readonly covering?: TransactionId | null;
  readonly transactionId?: TransactionId | null;
  /** The request that it follows from; left out: the one that runs. */
  readonly requestId?: string | undefined;
}

interface Moved extends PaymentMove {
  readonly next: PaymentStatus;
  readonly becomesPaid: boolean;
}

type Effect = "settled" | "orphaned" | "none";

/** What the payments' new statuses do to what they pay for, in the same transaction. */
async function applyEffects(
  tx: Tx,
  app: Pick<App, "effects">,
  moved: readonly Moved[],
  cause: PaymentCause & { now: Date },
): Promise<Map<PaymentId, Effect>> {
  const { now, ...who } = cause;
  const results = new Map<PaymentId, Effect>();
  const contextOf = ({ payment }: Moved) => effectContext(payment, who, now);
  const paid = moved.filter(({ becomesPaid }) => becomesPaid);
  for (const [purpose, ofPurpose] of Map.groupBy(paid, ({ payment }) => payment.purpose)) {
    const settled = await app.effects[purpose].settle(tx, ofPurpose.map(contextOf));
    for (const [i, { payment }] of ofPurpose.entries()) results.set(payment.id, settled[i] ?? "none");
  }
  for (const one of moved.filter(({ becomesPaid }) => !becomesPaid)) {
    const { payment, next } = one;
    const effects = app.effects[payment.purpose];
    const wasPaid = isPaidStatus(payment.status);
    const isOver = isEnded(next) || (wasPaid && (next === "REFUNDED" || next === "CHARGEBACK"));
    if (isOver) await effects.unsettle(tx, { ...contextOf(one), as: next, wasPaid });
    else await effects.mirror(tx, { ...contextOf(one), as: next });
  }
  return results;
}

// The one place that writes a payment's status.
const MOVE_PAYMENTS = `
  update payments p set status = m.next, version = p.version + 1, updated_at = $2,
         paid_at = case when m.becomes_paid then coalesce(p.paid_at, $2) else p.paid_at end,
         covering_transaction_id = case when m.becomes_paid then m.covering when m.uncovers then null
                                        else p.covering_transaction_id end
    from jsonb_to_recordset($1::jsonb)
      as m(id uuid, previous text, next text, becomes_paid boolean, covering uuid, uncovers boolean)
   where p.id = m.id and p.status = m.previous
  returning p.id`;

async function writeMoves(tx: Tx, moved: readonly Moved[], now: Date): Promise<void> {
  const rows = moved.map(({ payment, event, next, becomesPaid, covering = null }) => ({
    id: payment.id,
    previous: payment.status,
    next,
    becomes_paid: becomesPaid,
    covering,
    uncovers: event === "reversed",
  }));
  const written = await tx.sql(MOVE_PAYMENTS, [JSON.stringify(rows), now]);
  if (written.length !== moved.length) {
    throw new Error(`payments moved without their lock: ${moved.map(({ payment }) => payment.id).join(", ")}`);
  }
}

/** What the rest of the shop is told of a payment that moved. */
function newsOf({ payment, next, requestId }: Moved, effect: Effect | undefined): OutboxJob[] {
  if (effect === "settled") return jobsOf("payment.paid", { paymentId: payment.id }, { requestId });
  return isEnded(next) ? jobsOf("payment.ended", { paymentId: payment.id, as: next }, { requestId }) : [];
}

/**
 * Applies one event to each of some locked payments by the total table: their status, their log, the effects on what
 * they pay for, and the messages that tell the rest of the shop, all in this transaction.
 *
 * @returns of each what the table said, and `orphaned` when the money came for something that cannot be had any more
 */
export async function advancePayments(
  tx: Tx,
  app: Pick<App, "effects">,
  moves: readonly PaymentMove[],
  cause: PaymentCause & { now: Date },
): Promise<{ verdict: Verdict<PaymentStatus>; effect: Effect }[]> {
  const { now, ...who } = cause;
  const judged = moves.map((one) => ({ ...one, verdict: paymentStates.verdict(one.payment.status, one.event) }));
  const moved: Moved[] = judged.flatMap(({ verdict, ...one }) => {
    if (verdict.kind !== "moved" || verdict.next === one.payment.status) return [];
    const becomesPaid = isPaidStatus(verdict.next) && !isPaidStatus(one.payment.status);
    return [{ ...one, next: verdict.next, becomesPaid }];
  });
  if (moved.length === 0) return judged.map(({ verdict }) => ({ verdict, effect: "none" }));
  await writeMoves(tx, moved, now);
  killPoint("payment.moved");
  const steps = moved.map(({ payment, event, next, transactionId = null, requestId }) => ({
    paymentId: payment.id,
    transactionId,
    step: event,
    from: payment.status,
    to: next,
    requestId,
  }));
  await logPaymentSteps(tx, now, who, steps);
  const effects = await applyEffects(tx, app, moved, cause);
  killPoint("payment.effects-applied");
  const answered = moved.filter(({ payment }) => payment.status === "CHALLENGED");
  if (answered.length > 0) {
    const numbers = answered.map(({ payment }) => payment.number);
    await clearAlertsOf(tx, now, CHALLENGE_UNANSWERED, numbers);
  }
  await writeOutbox(
    tx,
    now,
    moved.flatMap((one) => newsOf(one, effects.get(one.payment.id))),
  );
  return judged.map(({ verdict, payment }) => ({ verdict, effect: effects.get(payment.id) ?? "none" }));
}

/** As advancePayments, of one payment. */
export async function advancePayment(
  tx: Tx,
  app: Pick<App, "effects">,
  move: PaymentMove,
  cause: PaymentCause & { now: Date },
): Promise<{ verdict: Verdict<PaymentStatus>; effect: Effect }> {
  const [result] = await advancePayments(tx, app, [move], cause);
  return result as NonNullable<typeof result>;
}
