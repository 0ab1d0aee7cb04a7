import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { tellsOfMoney } from "./applyMoneyOfAnother.ts";
import { askGateway } from "./askGateway.ts";
import { type LockedPayment, liveTransaction, lockPayment, type TransactionRow } from "./lockPayment.ts";
import type { PaymentStatus } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { recordAnswer } from "./pollPayments.ts";
import { requirePayment, sourceOf } from "./syncPayment.ts";

type ChallengeAnswer = "ACCEPT" | "DENY";

/** What has become of a challenge. `other`: it ended otherwise, such as by the gateway itself. */
type ChallengeState = "open" | "accepted" | "denied" | "other";

const WANTED: Readonly<Record<ChallengeAnswer, ChallengeState>> = { ACCEPT: "accepted", DENY: "denied" };

function challengeState(report: PaymentReport | null): ChallengeState {
  if (report?.status === "capture" && report.fraudStatus === "challenge") return "open";
  if (report?.status === "deny") return "denied";
  return report && tellsOfMoney(report) ? "accepted" : "other";
}

interface Act {
  readonly actor: Actor;
  readonly answer: ChallengeAnswer;
  readonly paymentId: PaymentId;
  readonly transaction: TransactionRow;
  /** The payment's version before the gateway was asked; null: since then only this act has moved it. */
  readonly seenVersion: number | null;
}

const NO_CHALLENGE = "No fraud challenge of this payment is open";

/** The try that is under challenge as far as we know, else the one that was, else the one that may be. */
async function findChallenged(app: Pick<App, "db">, { payment, transactions }: LockedPayment) {
  const known = transactions.findLast(({ fraudStatus }) => fraudStatus === "challenge");
  if (known) return { transaction: known, wasChallenged: true };
  const [log] = await app.db.sql<{ transactionId: string }>(
    `select transaction_id from payment_logs
      where payment_id = $1 and to_status = 'CHALLENGED' and transaction_id is not null order by id desc limit 1`,
    [payment.id],
  );
  const before = transactions.find(({ id }) => id === log?.transactionId);
  const transaction = before ?? liveTransaction(transactions);
  if (!transaction) throw new Refusal("ILLEGAL_TRANSITION", NO_CHALLENGE, { status: payment.status });
  return { transaction, wasChallenged: before !== undefined };
}

const causeOf = ({ actor, answer }: Act): PaymentCause => ({
  source: sourceOf(actor),
  actorId: actor.userId,
  reason: answer === "ACCEPT" ? "challenge accepted" : "challenge denied",
});

async function recordChallenge(
  app: App,
  act: Act,
  report: PaymentReport | null,
  isToBeAnswered: boolean,
): Promise<PaymentStatus> {
  const { actor, answer, paymentId, transaction, seenVersion } = act;
  const { gatewayOrderId } = transaction;
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const before = await lockPayment(tx, app, paymentId);
    if (!before) throw new Refusal("NOT_FOUND", "There is no such payment");
    const isCrossed = seenVersion !== null && before.payment.version !== seenVersion;
    await recordAnswer(tx, app, before, { gatewayOrderId, report, isCrossed }, causeOf(act));
    const status = (await lockPayment(tx, app, paymentId))?.payment.status ?? before.payment.status;
    // What is paid or over needs no second payment: there, a challenge can only be denied.
    const isAnswered = isToBeAnswered && (answer === "DENY" || status === "CHALLENGED");
    if (!isAnswered) return status;
    await logPaymentStep(tx, now, causeOf(act), {
      paymentId,
      transactionId: transaction.id,
      step: "challengeAnswer",
      detail: { answer },
    });
    await recordAudit(tx, now, actor, {
      permission: "payment.challenge",
      entity: "payment",
      entityId: paymentId,
      before: { status },
      after: { answer, gatewayOrderId, gatewayTransactionId: report?.gatewayTransactionId ?? null },
    });
    return status;
  });
}

/**
 * Gives the answer to the gateway and asks what became of it: an answer that was lost, refused or crossed by another
 * one is told by the status alone.
 *
 * @throws GatewayUnavailable when the challenge is still open, or nobody can say
 */
async function giveAnswer(app: App, act: Act, challenged: PaymentReport): Promise<PaymentReport | null> {
  let lost: GatewayUnavailable | null = null;
  try {
    const id = challenged.gatewayTransactionId;
    await (act.answer === "ACCEPT" ? app.payments.approve(id) : app.payments.deny(id));
    killPoint("challenge.told");
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    lost = error;
  }
  const report = await askGateway(app, act.transaction);
  if (challengeState(report) !== "open") return report;
  throw lost ?? new GatewayUnavailable("midtrans", "Midtrans still has this payment under challenge", "unknown");
}

/**
 * Staff lets a payment through that the gateway's fraud screening holds, or refuses it; what the gateway then says is
 * true is followed. Who answered is on record before the gateway is told, so that no crash hides it. The same answer
 * again changes nothing; of two different ones at once the gateway takes one, and the other is refused.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; ILLEGAL_TRANSITION without a challenge, or to accept what is paid or over;
 * CONFLICT when the challenge ended otherwise (details.status); GatewayUnavailable to be asked again
 */
export async function answerChallenge(
  app: App,
  actor: Actor,
  input: { readonly paymentId: string; readonly answer: ChallengeAnswer },
): Promise<PaymentId> {
  requireRight(actor, "payment.challenge");
  const { answer } = input;
  const seen = await requirePayment(app, input.paymentId, () => true);
  const { transaction, wasChallenged } = await findChallenged(app, seen);
  const act: Act = { actor, answer, paymentId: seen.payment.id, transaction, seenVersion: seen.payment.version };
  let report = await askGateway(app, transaction);
  const isOpen = challengeState(report) === "open";
  const status = await recordChallenge(app, act, report, isOpen);
  if (report && isOpen) {
    if (answer === "ACCEPT" && status !== "CHALLENGED")
      throw new Refusal("ILLEGAL_TRANSITION", "This payment is paid or over: deny the challenge instead", { status });
    killPoint("challenge.on-record");
    report = await giveAnswer(app, act, report);
    killPoint("challenge.answered");
    await recordChallenge(app, { ...act, seenVersion: null }, report, false);
    killPoint("challenge.stored");
  }
  if (!isOpen && !wasChallenged) throw new Refusal("ILLEGAL_TRANSITION", NO_CHALLENGE, { status });
  if (challengeState(report) !== WANTED[answer])
    throw new Refusal("CONFLICT", "This challenge ended otherwise", { status: report?.statusText ?? null });
  return seen.payment.id;
}
