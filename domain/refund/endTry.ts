import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { SessionId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { later } from "../kernel/time.ts";
import { send } from "../messages.ts";
import type { RefundAnswer } from "../payment/paymentGateway.ts";
import { UNKNOWN_OUTCOME } from "../payment/sweepUnknownTries.ts";
import { advanceRefund, REFUND_FAILED, REFUND_FUNDS, type RefundRow } from "./advanceRefunds.ts";
import { advanceShown } from "./advanceShown.ts";
import { logAttempt } from "./logAttempt.ts";
import {
  isKeyAlive,
  KEY_NUMBER_MAX,
  refundKey,
  retryDelayMs,
  SEND_TRIES_MAX,
  spreadOf,
  WAIT_MS,
} from "./refund.rules.ts";

/** Counted no further: the wait between two looks is the longest by then. */
const UNANSWERED_MAX = 99;

type TryApp = Pick<App, "clock" | "ids" | "settings">;

/** How a try ended. */
export type TryEnd =
  /** What it waits for comes by `until`, or is looked for again then. */
  | { readonly kind: "mustWait"; readonly until: Date }
  /** The money went away by other ways, back or to the bank that took it: there is nothing left to send. */
  | { readonly kind: "nothingLeft" }
  /** The gateway takes no refund of it, or none under its key any more. */
  | { readonly kind: "byHand" }
  | { readonly kind: "answered"; readonly answer: RefundAnswer };

/** The orders of the refund's payment show what became of it. */
async function show(tx: Tx, refund: RefundRow, now: Date): Promise<void> {
  const [payment] = await tx.sql<{ sessionId: SessionId | null }>("select session_id from payments where id = $1", [
    refund.paymentId,
  ]);
  if (payment?.sessionId) await advanceShown(tx, payment.sessionId, now);
}

/** Not a try: it is due again at an instant. Answers null, for there is nothing to do now. */
export async function putOff(tx: Tx, app: TryApp, refund: RefundRow, until: Date): Promise<null> {
  await advanceRefund(tx, { ids: app.ids, now: app.clock.now() }, refund, "mustWait", { nextAttemptAt: until });
  return null;
}

/** The gateway cannot pay it back: people do, to an account that the customer names. Answers null, as putOff. */
export async function handToPeople(tx: Tx, app: TryApp, refund: RefundRow): Promise<null> {
  const now = app.clock.now();
  await advanceRefund(tx, { ids: app.ids, now }, refund, "noApi");
  await send(tx, now, "refund.manual", { refundId: refund.id }, { key: refund.id });
  await show(tx, refund, now);
  return null;
}

const again = ({ settings }: TryApp, { attempts, unanswered, id }: RefundRow, now: Date): Date =>
  later(now, retryDelayMs(attempts + unanswered, settings.refundBackoffMs, spreadOf(id)));

/**
 * Nobody knows what became of a call, or whether there will be an answer: the same key is asked for again later. After
 * the last try, or once the key is too old to be repeated, a person looks besides, and only the status is read.
 *
 * @param wasSent false where the gateway could not even be asked how the transaction stands
 */
export async function noteNoAnswer(tx: Tx, app: TryApp, refund: RefundRow, why: string, wasSent = true): Promise<void> {
  const now = app.clock.now();
  if (wasSent) await logAttempt(tx, now, refund, { outcome: "PENDING", message: why });
  await advanceRefund(tx, { ids: app.ids, now }, refund, "noAnswer", { nextAttemptAt: again(app, refund, now) });
  await tx.sql("update refunds set claimed_until = null, unanswered = least(unanswered + $2, $3) where id = $1", [
    refund.id,
    wasSent ? 0 : 1,
    UNANSWERED_MAX,
  ]);
  if (refund.attempts < SEND_TRIES_MAX && isKeyAlive(refund.keySentAt, now)) return;
  await openUnknown(tx, app, refund, why);
}

/** What was sent and is in no book of the gateway: a person finds out, and may see it turn up there. */
async function openUnknown(tx: Tx, app: TryApp, refund: RefundRow, why: string): Promise<void> {
  await openMoneyCase(
    tx,
    { ids: app.ids, now: app.clock.now() },
    {
      kind: UNKNOWN_OUTCOME,
      subject: `refund:${refund.id}`,
      paymentId: refund.paymentId,
      orderId: refund.orderId,
      transactionId: refund.transactionId,
      amount: refund.amount,
      summary: `Nobody knows whether a refund of ${formatRupiah(refund.amount)} was made: ${why}`,
      evidence: { key: refundKey(refund.id, refund.keyNumber), attempts: refund.attempts },
      actions: ["DISMISS"],
    },
  );
}

async function refuse(tx: Tx, app: TryApp, refund: RefundRow, why: string, isLast: boolean): Promise<void> {
  const now = app.clock.now();
  if (!isLast && refund.keyNumber < KEY_NUMBER_MAX) {
    const nextAttemptAt = again(app, refund, now);
    await advanceRefund(tx, { ids: app.ids, now }, refund, "refusedWithTriesLeft", { nextAttemptAt, newKey: true });
    return;
  }
  const newKey = refund.keyNumber < KEY_NUMBER_MAX;
  await advanceRefund(tx, { ids: app.ids, now }, refund, "refusedForGood", { newKey });
  // Whether it is retried or transferred is staff's to say: the account is there when they do.
  await send(tx, now, "refund.manual", { refundId: refund.id }, { key: refund.id });
  await raiseAlert(
    tx,
    { ids: app.ids, now },
    {
      kind: REFUND_FAILED,
      subject: refund.id,
      severity: "CRITICAL",
      message: `A refund of ${formatRupiah(refund.amount)} was refused: ${why}. Retry it, or pay it back by hand`,
    },
  );
}

/** The merchant's money at the gateway does not cover it: it waits, and people are told once. */
async function waitForFunds(tx: Tx, app: TryApp, refund: RefundRow, why: string): Promise<void> {
  if (refund.keyNumber >= KEY_NUMBER_MAX) return refuse(tx, app, refund, why, true);
  const now = app.clock.now();
  const nextAttemptAt = later(now, WAIT_MS);
  await advanceRefund(tx, { ids: app.ids, now }, refund, "mustWait", { nextAttemptAt, newKey: true, tries: -1 });
  await raiseAlert(
    tx,
    { ids: app.ids, now },
    { kind: REFUND_FUNDS, subject: "midtrans", severity: "WARNING", message: `Refunds wait at Midtrans: ${why}` },
  );
}

async function settleAnswer(tx: Tx, app: TryApp, refund: RefundRow, answer: RefundAnswer): Promise<void> {
  const now = app.clock.now();
  if (!("code" in answer)) {
    // Its books do not show it yet: nothing is done until they do.
    return noteNoAnswer(tx, app, refund, `${answer.kind}, but not in the gateway's books yet`);
  }
  const { code, why } = answer;
  await logAttempt(tx, now, refund, { outcome: "FAILED", code, message: why });
  if (answer.kind === "cannot") return void (await handToPeople(tx, app, refund));
  if (answer.kind === "funds") return waitForFunds(tx, app, refund, why);
  // The bank may think otherwise later; a request that is wrong in itself stays so.
  await refuse(tx, app, refund, why, answer.kind !== "denied" || refund.attempts >= SEND_TRIES_MAX);
}

/** Writes how a try of a locked refund ended: its log, and what is done next. */
export async function endTry(tx: Tx, app: TryApp, refund: RefundRow, end: TryEnd): Promise<void> {
  const now = app.clock.now();
  if (end.kind === "byHand") {
    if (refund.keySentAt) await openUnknown(tx, app, refund, "its key is too old, and in no book of the gateway");
    return void (await handToPeople(tx, app, refund));
  }
  if (end.kind === "answered") {
    await settleAnswer(tx, app, refund, end.answer);
  } else {
    await putOff(tx, app, refund, end.kind === "mustWait" ? end.until : later(now, WAIT_MS));
  }
  if (end.kind === "nothingLeft")
    await advanceRefund(tx, { ids: app.ids, now }, { ...refund, status: "PENDING" }, "moneyGone");
  await show(tx, refund, now);
}
