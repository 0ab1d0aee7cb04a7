import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, SECOND_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { isPayable } from "./askGateway.ts";
import { startLeaseMs } from "./beginTransaction.ts";
import { lockPayment, type TransactionRow } from "./lockPayment.ts";
import { type ChargeParts, methodInfo } from "./methods.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { recordAnswer } from "./pollPayments.ts";
import { readStart, requestOf, type Start } from "./readStart.ts";
import { refuseStart } from "./refuseStart.ts";
import { CARD_CONTEXT } from "./savedCard.queries.ts";

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: null };

/** The gateway takes no shorter life; a customer could not pay in less either. */
const SHORTEST_MS = 20 * SECOND_MS;

const isWaiting = (row: Pick<TransactionRow, "state"> | undefined): boolean =>
  row?.state === "STARTING" || row?.state === "UNKNOWN";

/** A gateway that takes no charge now is asked again after this, within PROCESS_TIMEOUT. */
const AGAIN_MS = 10 * SECOND_MS;

/**
 * A state of the try that needs nobody's word but ours, written where it still waits as we saw it; else false.
 *
 * @param lookAt when a worker is to look at it again, whatever becomes of this process
 */
async function writeWaiting(app: App, start: Start, step: string, set: string, lookAt?: Date): Promise<boolean> {
  return inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, start.paymentId);
    if (!isWaiting(locked?.transactions.find(({ id }) => id === start.transactionId))) return false;
    const now = app.clock.now();
    // Whoever took it over meanwhile has sent its own charge: what was seen before says nothing of that one.
    const written = await tx.sql(
      `update payment_transactions set ${set}, updated_at = $2
        where id = $1 and charge_sent_at is not distinct from $3 returning id`,
      [start.transactionId, now, start.chargeSentAt],
    );
    if (written.length === 0) return false;
    // Who closes the payment at this moment must look again: there may now be something at the gateway.
    await tx.sql("update payments set version = version + 1, updated_at = $2 where id = $1", [start.paymentId, now]);
    const { paymentId, transactionId } = start;
    await logPaymentStep(tx, now, CAUSE, { paymentId, transactionId, step });
    if (lookAt) {
      const key = `${transactionId}:${lookAt.getTime()}`;
      await send(tx, now, "payment.starting", { transactionId }, { key, dueAt: lookAt });
    }
    return true;
  });
}

/** Keeps a moment before the call. Only one process sends: the others find it set. */
async function claim(app: App, start: Start): Promise<Start | null> {
  const at = app.clock.now();
  const sent = `state = 'STARTING', charge_sent_at = '${at.toISOString()}'`;
  const lookAt = later(at, startLeaseMs(app, start.method));
  return (await writeWaiting(app, start, "chargeSent", sent, lookAt)) ? { ...start, chargeSentAt: at } : null;
}

const UNCLAIM = "state = 'STARTING', charge_sent_at = null";
const CLOSE = "state = 'CLOSED', next_poll_at = null";

/** @throws Refusal NOT_FOUND where its card was deleted meanwhile */
function cardOf(app: App, start: Start): { cardToken?: string } {
  if (start.method !== "SAVED_CARD") return {};
  if (start.cardSealed === null) throw new Refusal("NOT_FOUND", "The card was deleted");
  return { cardToken: app.sealer.open(start.cardSealed, CARD_CONTEXT) };
}

const chargeOf = async (app: App, start: Start, charge: ChargeParts) =>
  app.payments.charge({
    ...requestOf(app, start),
    ...cardOf(app, start),
    expiresAt: start.tryExpiresAt,
    charge,
    idempotencyKey: `charge-${start.transactionId}`,
  });

/**
 * Keeps what the gateway says of a charge. An instrument that came to life although its try is over, or was made for
 * something else than was asked, is closed at the gateway again.
 */
async function recordCharge(app: App, start: Start, report: PaymentReport): Promise<void> {
  const { paymentId, transactionId, gatewayOrderId } = start;
  const outcome = await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, paymentId);
    const before = locked?.transactions.find(({ id }) => id === transactionId);
    if (!locked || !before) throw new Error(`transaction ${transactionId} is gone`);
    if (isWaiting(before)) {
      await logPaymentStep(tx, app.clock.now(), CAUSE, { paymentId, transactionId, step: "chargeAnswered" });
    }
    return recordAnswer(tx, app, locked, { gatewayOrderId, report }, CAUSE);
  });
  killPoint("charge.answer-recorded");
  if (outcome === "held") {
    // Not ours, or not as asked: a person looks at it, and the customer may begin another try. Closed there first: a
    // second run finds the try waiting until that is done.
    if (isPayable(report)) await app.payments.cancel(gatewayOrderId);
    return refuseStart(app, start, "the answer is not about what was asked");
  }
  if (!isPayable(report)) return;
  const [now] = await app.db.sql<{ isWanted: boolean }>(
    `select t.state <> 'CLOSED' and p.status = 'PENDING' as is_wanted
       from payment_transactions t join payments p on p.id = t.payment_id where t.id = $1`,
    [transactionId],
  );
  if (!now?.isWanted) await app.payments.cancel(gatewayOrderId);
}

/** Anything that a customer can pay by. */
const isShowable = ({ instructions }: PaymentReport): boolean =>
  Object.keys(instructions).some((name) => name !== "bank");

/**
 * A charge whose answer was lost lives at the gateway, and the status does not repeat what it is paid by. The same key
 * has the first answer again for some minutes, and can make nothing new: the order id is used. Where it has not, what
 * nobody can pay is closed, and the customer chooses again.
 */
async function recoverInstrument(app: App, start: Start, charge: ChargeParts): Promise<void> {
  const answer = await chargeOf(app, start, charge).catch((error: unknown) => {
    if (error instanceof Refusal) return "exists" as const;
    throw error;
  });
  killPoint("charge.repeat-answered");
  if (answer !== "exists" && isShowable(answer)) return recordCharge(app, start, answer);
  await app.payments.cancel(start.gatewayOrderId);
  killPoint("charge.unpayable-closed");
  const report = await app.payments.fetchStatus(start.gatewayOrderId);
  if (report) await recordCharge(app, start, report);
}

/** What the gateway says of a charge that was sent before. @throws GatewayUnavailable when it does not say */
async function settleUnknown(app: App, start: Start, sentAt: Date, charge: ChargeParts): Promise<void> {
  const askedAt = app.clock.now();
  const isLate = askedAt >= later(sentAt, startLeaseMs(app, start.method));
  if (isLate && start.state === "STARTING") await writeWaiting(app, start, "chargeUnknown", "state = 'UNKNOWN'");
  const report = await app.payments.fetchStatus(start.gatewayOrderId);
  killPoint("charge.status-answered");
  if (report) {
    if (isPayable(report) && !isShowable(report)) return recoverInstrument(app, start, charge);
    return recordCharge(app, start, report);
  }
  // Until the call's own limit is over it may still arrive there; a 404 after it proves that it did not.
  if (!isLate || start.state === "LIVE") return;
  const isOver = askedAt >= later(start.createdAt, app.settings.processTimeoutMs);
  if (!(await writeWaiting(app, start, "chargeNotMade", isOver ? CLOSE : UNCLAIM)) || isOver) return;
  killPoint("charge.not-made-stored");
  const again = await readStart(app, start.transactionId);
  if (again) await chargeTry(app, again);
}

/** The gateway's answer to a charge; `exists` where only its status can tell; null: the try was ended or waits. */
async function askForCharge(app: App, start: Start, charge: ChargeParts): Promise<PaymentReport | "exists" | null> {
  try {
    return await chargeOf(app, start, charge);
  } catch (error) {
    if (error instanceof Refusal) {
      killPoint("charge.refused");
      await refuseStart(app, start, error.message);
      return null;
    }
    if (!(error instanceof GatewayUnavailable)) throw error;
    if (error.outcome === "unknown") return "exists";
    await writeWaiting(app, start, "chargeNotSent", UNCLAIM, later(app.clock.now(), AGAIN_MS));
    killPoint("charge.not-sent-stored");
    return null;
  }
}

/** Sends it and keeps what is known of its effect. @throws GatewayUnavailable when it must be asked and does not say */
async function sendCharge(app: App, start: Start, charge: ChargeParts): Promise<void> {
  const sentAt = start.chargeSentAt as Date;
  const answer = await askForCharge(app, start, charge);
  if (answer === null) return;
  killPoint("charge.answered");
  if (answer !== "exists") return recordCharge(app, start, answer);
  await writeWaiting(app, start, "chargeUnknown", "state = 'UNKNOWN'");
  killPoint("charge.unknown-stored");
  await settleUnknown(app, { ...start, state: "UNKNOWN" }, sentAt, charge);
}

/**
 * Charges a try at the gateway and keeps the number, code or picture that the customer pays by. A charge is sent once:
 * where its answer is lost the try is UNKNOWN, and only a status answer ends that. What is proven not to be made is
 * charged again under the same order id, until the process has taken PROCESS_TIMEOUT; then the try is over, and the
 * customer chooses again. A second run is harmless: it finds the moment of the first one's call and asks instead.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function chargeTry(app: App, start: Start): Promise<void> {
  const { charge } = methodInfo(start.method);
  if (!charge) throw new Error(`${start.method} is not charged`);
  if (start.chargeSentAt) return settleUnknown(app, start, start.chargeSentAt, charge);
  const now = app.clock.now();
  if (now > later(start.tryExpiresAt, -SHORTEST_MS)) return;
  if (now >= later(start.createdAt, app.settings.processTimeoutMs)) {
    await writeWaiting(app, start, "startGivenUp", CLOSE);
    return;
  }
  killPoint("charge.to-be-sent");
  const mine = await claim(app, start);
  if (!mine) return;
  killPoint("charge.claimed");
  await sendCharge(app, mine, charge);
}
