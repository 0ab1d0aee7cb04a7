import { inTransaction, isDatabaseAway, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { PaymentId, RefundId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { rupiah } from "../kernel/money.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import type { PaymentCause } from "../payment/advancePayment.ts";
import { askGateway } from "../payment/askGateway.ts";
import { type LockedPayment, lockPayment, type TransactionRow } from "../payment/lockPayment.ts";
import type { PaymentReport } from "../payment/paymentGateway.ts";
import { recordAnswer } from "../payment/pollPayments.ts";
import { advanceRefund, lockRefund, type RefundRow } from "./advanceRefunds.ts";
import { endTry, handToPeople, noteNoAnswer, putOff, type TryEnd } from "./endTry.ts";
import { isSeenByPeople } from "./held.queries.ts";
import { isKeyAlive, refundKey, SEND_TRIES_MAX, sendable, WAIT_MS } from "./refund.rules.ts";

const BATCH = 10; // a round every two seconds: each is up to three calls
/** A refund whose worker died is taken over after this: longer than its three calls and their repeats may take. */
const LEASE_MS = 5 * MINUTE_MS;

/** A look before and one after, each repeated twice, the call, and one to spare. */
const CALLS_MAX = 8;

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "refund" };

/** A refund that is this worker's for the time of its lease, and the transaction that it is of. */
interface Claim {
  readonly refund: RefundRow;
  readonly transaction: TransactionRow;
}

interface Held extends Claim {
  readonly locked: LockedPayment;
}

/** Locks as every money transaction does: orders, payment, refund. null: there is no such refund. */
async function lockClaim(tx: Tx, app: App, refundId: RefundId): Promise<Held | null> {
  const [found] = await tx.sql<{ paymentId: PaymentId }>("select payment_id from refunds where id = $1", [refundId]);
  const locked = found ? await lockPayment(tx, app, found.paymentId) : null;
  const refund = locked ? await lockRefund(tx, refundId) : null;
  const transaction = locked?.transactions.find(({ id }) => id === refund?.transactionId);
  return locked && refund && transaction ? { locked, refund, transaction } : null;
}

/** True while nobody works on it and its time has come. */
function isDue({ status, nextAttemptAt, claimedUntil }: RefundRow, now: Date): boolean {
  if (claimedUntil && claimedUntil > now) return false;
  return (status === "PENDING" || status === "PROCESSING") && nextAttemptAt !== null && nextAttemptAt <= now;
}

/**
 * Claims a refund whose time has come, unless it has to wait or no gateway can pay it back; null where there is nothing
 * to do now.
 */
async function claimRefund(app: App, refundId: RefundId): Promise<Claim | null> {
  return inTransaction(app.db, async (tx) => {
    const held = await lockClaim(tx, app, refundId);
    const now = app.clock.now();
    if (!held || !isDue(held.refund, now)) return null;
    const { refund, transaction, locked } = held;
    // What may have been sent is asked for in any case: its outcome does not depend on what could be sent now.
    if (refund.keySentAt === null) {
      const money = { ...transaction, paymentType: transaction.gatewayPaymentType, paidAt: locked.payment.paidAt };
      const can = sendable(money, refund.amount, app.settings.reversalHoldMs, now);
      if (can.kind === "WAIT") return putOff(tx, app, refund, can.until);
      if (can.kind === "MANUAL") return handToPeople(tx, app, refund);
    }
    const until = later(now, Math.max(LEASE_MS, CALLS_MAX * (app.settings.gatewayTimeoutMs ?? 0)));
    await advanceRefund(tx, { ids: app.ids, now }, refund, "claimed", { nextAttemptAt: until });
    await tx.sql("update refunds set claimed_until = $2 where id = $1", [refundId, until]);
    return { refund, transaction };
  });
}

interface Seen {
  readonly claim: Claim;
  readonly report: PaymentReport;
  /** The answer moved nothing: a person looks first. */
  readonly isHeld: boolean;
  /** A person has looked, and waits for nothing. */
  readonly isSeen: boolean;
}

/** What the gateway says now, applied; null where that has ended the refund's sending. */
async function look(app: App, { refund, transaction }: Claim): Promise<Seen | null> {
  const report = await askGateway(app, transaction);
  killPoint("refund.status-answered");
  return inTransaction(app.db, async (tx) => {
    const before = await lockClaim(tx, app, refund.id);
    if (before?.refund.status !== "PROCESSING") return null;
    const { gatewayOrderId } = transaction;
    const outcome = await recordAnswer(tx, app, before.locked, { gatewayOrderId, report }, CAUSE);
    const claim = await lockClaim(tx, app, refund.id);
    if (claim?.refund.status !== "PROCESSING") return null;
    const isHeld = outcome === "held";
    if (report) return { claim, report, isHeld, isSeen: isHeld && (await isSeenByPeople(tx, transaction.id, report)) };
    await putOff(tx, app, claim.refund, later(app.clock.now(), WAIT_MS));
    return null;
  });
}

/**
 * REFUND: settled money. VOID: nothing is settled yet, and all of it goes back. GONE: nothing of it is here now. HAND:
 * the gateway takes no refund of it.
 */
type Way = "REFUND" | "VOID" | "WAIT" | "GONE" | "HAND";

function wayBack({ claim, report, isHeld, isSeen }: Seen, now: Date): Way {
  const { refund, transaction } = claim;
  const { status, fraudStatus } = report;
  if (status === "refund" || status === "chargeback" || status === "deny") return "GONE";
  // Once its key is too old to be asked for again, what is in no book of the gateway never will be by our doing.
  const isOut = refund.keySentAt !== null && isKeyAlive(refund.keySentAt, now);
  if (isSeen || status === "partial_chargeback") return isOut ? "WAIT" : "HAND";
  if (isHeld) return "WAIT";
  if (status === "settlement" || status === "partial_refund")
    return isKeyAlive(refund.keySentAt, now) ? "REFUND" : "HAND";
  const isWhole = refund.amount === transaction.capturedAmount && transaction.refundedAmount === 0;
  return status === "capture" && fraudStatus === "accept" && isWhole ? "VOID" : "WAIT";
}

/** Writes down that the key is about to be used: from here on its outcome is unknown until the gateway says. */
async function markSent(app: App, { refund }: Claim): Promise<boolean> {
  const marked = await app.db.sql(
    `update refunds set key_sent_at = coalesce(key_sent_at, $2), attempts = attempts + 1, unanswered = 0
      where id = $1 and status = 'PROCESSING' and key_number = $3 and amount = $4 returning id`,
    // Less may be owed since the look, where money went back outside: then it is looked at again.
    [refund.id, app.clock.now(), refund.keyNumber, refund.amount],
  );
  return marked.length === 1;
}

/**
 * Takes back what is not settled yet. It has no key, asking for it twice is harmless, and it is no try of a refund:
 * what cannot be voided settles within a day, and is refunded then.
 */
async function voidIt(app: App, claim: Claim, report: PaymentReport): Promise<void> {
  await app.payments.cancel(report.gatewayTransactionId);
  if (await look(app, claim)) await endHeld(app, claim, { kind: "mustWait", until: later(app.clock.now(), WAIT_MS) });
}

/** Ends a try, unless somebody else has ended the refund meanwhile. */
async function endHeld(app: App, { refund }: Claim, end: TryEnd): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const held = await lockClaim(tx, app, refund.id);
    // An answer that comes after its lease is no answer to the key of whoever took over.
    if (held?.refund.status !== "PROCESSING" || held.refund.keyNumber !== refund.keyNumber) return;
    await endTry(tx, app, held.refund, end);
  });
}

async function noteUnanswered(app: App, first: Claim, why: string): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const held = await lockClaim(tx, app, first.refund.id);
    if (held?.refund.status !== "PROCESSING" || held.refund.keyNumber !== first.refund.keyNumber) return;
    await noteNoAnswer(tx, app, held.refund, why, held.refund.attempts > first.refund.attempts);
  });
}

/** One try: what is true, the call, and what is true then. @throws GatewayUnavailable */
async function tryOnce(app: App, first: Claim): Promise<void> {
  const seen = await look(app, first);
  if (!seen) return;
  const { claim, report } = seen;
  const now = app.clock.now();
  const way = wayBack(seen, now);
  if (way === "VOID") return voidIt(app, claim, report);
  if (way === "HAND") return endHeld(app, claim, { kind: "byHand" });
  if (way === "GONE") return endHeld(app, claim, { kind: "nothingLeft" });
  if (way === "WAIT") return endHeld(app, claim, { kind: "mustWait", until: later(now, WAIT_MS) });
  if (claim.refund.attempts >= SEND_TRIES_MAX) return noteUnanswered(app, first, "it is not in the gateway's books");
  killPoint("refund.to-be-sent");
  if (!(await markSent(app, claim))) return;
  killPoint("refund.marked-sent");
  const { id, keyNumber, amount, reason } = claim.refund;
  const key = refundKey(id, keyNumber);
  const answer = await app.payments.refund(report.gatewayTransactionId, { key, amount: rupiah(amount), reason });
  killPoint("refund.answered");
  const after = await look(app, claim);
  if (!after) return;
  await endHeld(app, claim, { kind: "answered", answer });
}

/**
 * Sends a refund to the gateway, or finds out what became of it: its key is stored before the call and stays the same
 * until a definite refusal, the status is read before and after, and only the gateway's books end it. A second run is
 * harmless: the refund is claimed by one worker, and a key that the gateway knows is never refunded twice.
 */
export async function sendRefund(app: App, message: { refundId: RefundId }): Promise<void> {
  const claim = await claimRefund(app, message.refundId);
  if (!claim) return;
  killPoint("refund.claimed");
  try {
    await tryOnce(app, claim);
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    await noteUnanswered(app, claim, error.message);
  }
}

/**
 * Offers every refund whose time has come, so that no lost job keeps money back. Several workers may run it: each
 * refund is claimed by one.
 *
 * @returns how many were due
 */
export async function sweepRefunds(app: App): Promise<number> {
  const due = await app.db.sql<{ id: RefundId }>(
    `select id from refunds
      where status in ('PENDING', 'PROCESSING') and next_attempt_at <= $1
        and (claimed_until is null or claimed_until <= $1)
      order by next_attempt_at limit ${BATCH}`,
    [app.clock.now()],
  );
  for (const { id } of due) {
    await sendRefund(app, { refundId: id }).catch(async (error: unknown) => {
      if (isDatabaseAway(error)) throw error;
      // One that we cannot handle must not keep the others back.
      app.log.error({ err: error, refundId: id }, "a refund failed and is due again");
      const now = app.clock.now();
      await app.db.sql("update refunds set next_attempt_at = $2 where id = $1 and next_attempt_at <= $3", [
        id,
        later(now, LEASE_MS),
        now,
      ]);
    });
  }
  return due.length;
}
