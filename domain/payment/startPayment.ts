import { inTransaction, type Tx } from "../../platform/db.ts";
import { writeOutbox } from "../../platform/outbox.ts";
import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, SECOND_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { effectContext, logPaymentStep } from "./advancePayment.ts";
import { askOlder, isPayable } from "./askGateway.ts";
import { INSERT_TRANSACTIONS, newTransaction, startLeaseMs } from "./beginTransaction.ts";
import { type ChosenMethod, chooseMethod } from "./chooseMethod.ts";
import { closeInstrument } from "./closeInstrument.ts";
import { closeTry } from "./closeTry.ts";
import { finishStartWithin } from "./finishStart.ts";
import {
  type LockedPayment,
  liveTransaction,
  lockPayment,
  type PaymentRow,
  type TransactionRow,
} from "./lockPayment.ts";
import { methodInfo, type PaymentMethod, usesPage } from "./methods.rules.ts";
import { checkPayer } from "./payer.rules.ts";
import { canPay } from "./payment.access.ts";
import { isPaidStatus } from "./payment.states.ts";
import { INSERT_TOKEN, newToken, requireToken, useToken } from "./paymentToken.ts";
import { readPayer } from "./readStart.ts";
import { NOWHERE, type Origin, screenStart } from "./screenStart.ts";
import { requirePayment } from "./syncPayment.ts";

export interface StartPaymentInput {
  readonly paymentId: string;
  readonly method: PaymentMethod;
  readonly paymentToken: string;
  readonly savedCardToken?: string | null;
  readonly idempotencyKey: string;
}

/** The customer is waiting for the page or the number: longer than this and he is told that it is being prepared. */
const WAIT_MS = 8 * SECOND_MS;
const TRIES_MAX = 99;

/** @throws Refusal PAYMENT_METHOD_UNAVAILABLE (method) | AMOUNT_OUT_OF_RANGE (min, max) */
export function requireMethod(method: PaymentMethod, amount: number): void {
  const { kind, min, max } = methodInfo(method);
  if (kind === "OFFLINE") {
    throw new Refusal("PAYMENT_METHOD_UNAVAILABLE", "This payment method is not available; choose another", { method });
  }
  if (amount < min || amount > max) {
    throw new Refusal("AMOUNT_OUT_OF_RANGE", "This method does not take this amount", { min, max });
  }
}

/** @throws Refusal saying why a payment cannot be started */
function requireOpen(payment: PaymentRow, now: Date): void {
  if (isPaidStatus(payment.status) || payment.status === "REFUNDED" || payment.status === "CHARGEBACK") {
    throw new Refusal("ALREADY_PAID", "This payment is paid already");
  }
  if (payment.status === "CHALLENGED") throw new Refusal("PAYMENT_IN_REVIEW", "The bank is checking this payment");
  if (payment.status !== "PENDING" || now >= payment.expiresAt) {
    throw new Refusal("PAYMENT_WINDOW_OVER", "This payment is over; order again", { status: payment.status });
  }
  if (payment.tries >= TRIES_MAX) throw new Refusal("PAYMENT_REFUSED", "Too many tries for one payment");
}

/** A gateway that is not asked for a while is not made to wait for: the token stays good. @throws GatewayUnavailable */
function requireGateway(app: Pick<App, "payments">): void {
  const awayMs = app.payments.awayForMs();
  if (awayMs > 0) throw new GatewayUnavailable("midtrans", `not asked for another ${awayMs} ms`, "none");
}

/**
 * True where the live try is what the customer asks for: one that has not begun, a page on which nothing was chosen,
 * which is opened again under its order id, or a number that can still be paid, on whatever device he asks.
 */
async function isWanted(app: App, live: TransactionRow, { method, card }: ChosenMethod): Promise<boolean> {
  if (live.method !== method || live.savedCardId !== (card?.id ?? null)) return false;
  if (live.state !== "LIVE") return true;
  const report = await app.payments.fetchStatus(live.gatewayOrderId);
  if (!usesPage(method)) return report !== null && isPayable(report);
  // Some wallets are known by their own id alone: to the order id they look like nothing chosen.
  return report === null && (await askOlder(app, live.gatewayOrderId, report)).length === 0;
}

/**
 * Looks at the try that is still live. One that is not wanted any more is closed at the gateway first, so that a
 * customer never holds two numbers that can both be paid. What the gateway says is applied.
 *
 * @returns the try to go on with, null when a new one may begin
 * @throws Refusal PAYMENT_IN_REVIEW when it tells of money that a person must look at; GatewayUnavailable while nobody
 * knows what became of it
 */
async function settleLive(
  app: App,
  payment: PaymentRow,
  live: TransactionRow,
  chosen: ChosenMethod,
): Promise<TransactionId | null> {
  if (await isWanted(app, live, chosen)) return live.id;
  const report = await closeInstrument(app, payment.id, live, "CANCEL");
  killPoint("start.earlier-try-closed");
  const end = await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, payment.id);
    const row = locked && liveTransaction(locked.transactions);
    // "Unknown there" says nothing of a charge that was sent, or a page that was opened anew, since; any other word is
    // about the one there can be.
    const isBegun = report === null && locked?.payment.version !== payment.version;
    if (!locked || row?.id !== live.id || isBegun) return "moved";
    const cause = { source: "CUSTOMER", actorId: payment.userId, reason: "another try" } as const;
    return closeTry(tx, app, locked, row, { report, cause, now: app.clock.now() });
  });
  killPoint("start.earlier-try-recorded");
  if (end === "held") throw new Refusal("PAYMENT_IN_REVIEW", "The bank is checking this payment");
  return null;
}

/** Notes which of his saved cards a customer has chosen for a try ($1 transaction, $2 card). */
export const CHARGES_CARD = "update payment_transactions set saved_card_id = $2 where id = $1";

/** Writes a new try, and what follows from it. */
async function writeTry(
  tx: Tx,
  app: App,
  payment: PaymentRow,
  { method, card }: ChosenMethod,
  fresh: ReturnType<typeof newTransaction>,
) {
  const now = app.clock.now();
  await tx.sql(INSERT_TRANSACTIONS, [JSON.stringify([fresh.row])]);
  if (card) await tx.sql(CHARGES_CARD, [fresh.id, card.id]);
  await tx.sql(
    "update payments set tries = tries + 1, method = $2, version = version + 1, updated_at = $3 where id = $1",
    [payment.id, method, now],
  );
  const cause = { source: "CUSTOMER", actorId: payment.userId, reason: null } as const;
  await app.effects[payment.purpose].mirror(tx, { ...effectContext(payment, cause, now), as: "PENDING" });
  await writeOutbox(tx, now, fresh.jobs);
  await logPaymentStep(tx, now, cause, {
    paymentId: payment.id,
    transactionId: fresh.id,
    step: "started",
    detail: { method },
  });
}

// The page that was open may live on where no other one replaces it: whoever closes the try has its token.
const REOPEN = `
  update payment_transactions
     set state = 'STARTING', updated_at = $2,
         instructions = jsonb_strip_nulls(jsonb_build_object('formerSnapToken', coalesce(
           instructions->>'snapToken', instructions->>'formerSnapToken')))
   where id = $1`;

/** A page whose address may be dead is to be opened again: the worker finishes that if this process does not. */
async function reopen(tx: Tx, app: App, payment: PaymentRow, live: TransactionRow): Promise<void> {
  const now = app.clock.now();
  await tx.sql(REOPEN, [live.id, now]);
  await tx.sql("update payments set version = version + 1, updated_at = $2 where id = $1", [payment.id, now]);
  await send(
    tx,
    now,
    "payment.starting",
    { transactionId: live.id },
    { key: live.id, dueAt: later(now, startLeaseMs(app, live.method)) },
  );
}

/** The transaction of a try: the token is used up, the key taken and the row written together, or nothing is. */
async function begin(
  tx: Tx,
  app: App,
  locked: LockedPayment,
  input: StartPaymentInput,
  use: IdempotencyKey,
  chosen: ChosenMethod,
  again: TransactionId | null,
) {
  const now = app.clock.now();
  const { payment } = locked;
  const live = liveTransaction(locked.transactions);
  const fresh = live ? null : newTransaction(app, payment, payment.tries + 1, chosen.method, now);
  const transactionId = live?.id ?? (fresh?.id as TransactionId);
  const earlier = await takeKey(tx, now, use, { transactionId });
  if (earlier) return earlier.transactionId;
  requireOpen(payment, now);
  await app.effects[payment.purpose].requireUnowned(tx, { userId: payment.userId, paymentId: payment.id });
  if (live && live.id !== again) throw new Refusal("CONFLICT", "Another try was begun meanwhile; look at it first");
  await useToken(tx, payment.id, input.paymentToken, now);
  killPoint("start.token-used");
  if (fresh) await writeTry(tx, app, payment, chosen, fresh);
  if (live && live.state === "LIVE" && usesPage(live.method)) await reopen(tx, app, payment, live);
  killPoint("start.try-written");
  return transactionId;
}

/**
 * Starts a payment, or another try of it: the customer gets a page to pay on, or the number, code or picture of the
 * method. A gateway that does not answer leaves the try STARTING or UNKNOWN, and the worker finishes it; one that
 * refuses it for good leaves it CLOSED, and another method may be chosen. The same key gives the same try.
 *
 * @throws Refusal NOT_FOUND | INVALID_INPUT | PAYMENT_METHOD_UNAVAILABLE | AMOUNT_OUT_OF_RANGE | ALREADY_PAID |
 * ALREADY_ENROLLED (courseIds: bought by another payment since) | PAYMENT_IN_REVIEW | PAYMENT_WINDOW_OVER |
 * PAYMENT_TOKEN_INVALID | PAYMENT_REFUSED | CONFLICT | IDEMPOTENCY_KEY_REUSED | IN_PROGRESS; GatewayUnavailable when an
 * earlier try could not be closed or the gateway is not asked now, and nothing of ours changed
 */
export async function startPayment(
  app: App,
  actor: Actor,
  input: StartPaymentInput,
  origin: Origin = NOWHERE,
): Promise<PaymentId> {
  requireKey(input.idempotencyKey);
  const { payment, transactions } = await requirePayment(app, input.paymentId, (row) => canPay(actor, row));
  const { idempotencyKey: key, ...rest } = input;
  const use: IdempotencyKey = { userId: payment.userId, operation: "startPayment", key, input: rest };
  if (await readAnswer(app.db.sql, use)) return payment.id;
  const chosen = await chooseMethod(app, payment.userId, input);
  requireMethod(chosen.method, payment.amount);
  requireOpen(payment, app.clock.now());
  await app.effects[payment.purpose].requireUnowned(app.db, { userId: payment.userId, paymentId: payment.id });
  checkPayer(await readPayer(app, payment.id));
  const live = liveTransaction(transactions);
  await requireToken(app.db.sql, payment.id, input.paymentToken, app.clock.now());
  const { userId, amount } = payment;
  // A start that cannot begin now is none that is counted.
  requireGateway(app);
  await screenStart(app, origin, {
    method: input.method,
    maskedCard: chosen.card?.maskedCard,
    userId,
    amount,
    paymentId: payment.id,
    key: `start:${payment.id}:${key}`,
  });
  killPoint("start.screened");
  const again = live && (await settleLive(app, payment, live, chosen));
  const transactionId = await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, payment.id);
    if (!locked) throw new Refusal("NOT_FOUND", "There is no such payment");
    return begin(tx, app, locked, input, use, chosen, again);
  });
  killPoint("start.try-stored");
  await finishStartWithin(app, transactionId, WAIT_MS);
  return payment.id;
}

/**
 * A fresh single-use token for an unpaid payment of the caller's.
 *
 * @throws Refusal NOT_FOUND | ALREADY_PAID | PAYMENT_IN_REVIEW | PAYMENT_WINDOW_OVER
 */
export async function renewPaymentToken(
  app: App,
  actor: Actor,
  input: { paymentId: string },
): Promise<{ paymentId: PaymentId; paymentToken: string }> {
  const { payment } = await requirePayment(app, input.paymentId, (row) => canPay(actor, row));
  const now = app.clock.now();
  requireOpen(payment, now);
  const { token, values } = newToken(app, payment.id, now);
  await inTransaction(app.db, (tx) => tx.sql(INSERT_TOKEN, values));
  killPoint("token.renewed");
  return { paymentId: payment.id, paymentToken: token };
}
