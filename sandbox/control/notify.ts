import { randomUUID } from "node:crypto";
import { wib } from "../clock.ts";
import { accountSignature } from "../midtrans/accounts.ts";
import { isObject } from "../midtrans/checks.ts";
import { sendBody } from "../midtrans/notifications.ts";
import { SAMPLES } from "../midtrans/samples.ts";
import { findTransaction } from "../midtrans/transactions.ts";
import { isStatus, STATUSES } from "../midtrans/transitions.ts";
import { notificationBody, rupiah, signature, type Wire } from "../midtrans/wire.ts";
import type { FraudStatus, Notification, Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";

/** Copies of one message that a test may ask for. */
const MAX_COPIES = 200;

/** The transaction as it was, or would be, in the asked state: a stale body must not tell of a later settlement. */
function asked(transaction: Transaction, body: Record<string, unknown>): Transaction | string {
  const { transaction_status: status = transaction.status, fraud_status: fraud = transaction.fraud_status } = body;
  const { gross_amount: amount = transaction.gross_amount } = body;
  if (!isStatus(status)) return `transaction_status must be one of ${STATUSES.join(", ")}`;
  if (typeof amount !== "number" || !Number.isSafeInteger(amount))
    return "gross_amount must be a whole number of rupiah";
  const early = status === "pending" || status === "deny" || status === "expire" || status === "cancel";
  return {
    ...transaction,
    status,
    fraud_status: fraud as FraudStatus | null,
    gross_amount: amount,
    settled_at: early ? null : transaction.settled_at,
    refunds: status === "refund" || status === "partial_refund" ? transaction.refunds : [],
  };
}

/**
 * Sends a correctly signed body about the order's transaction once more: as it is, or as it was in another status.
 * `tamper` replaces members after signing, which is what the signature does not protect (midtrans.md 6.4);
 * `signature_key` is among them.
 */
export function sendCrafted(sandbox: Sandbox, id: string, body: unknown): Notification[] | string {
  const transaction = findTransaction(sandbox, id);
  if (!transaction) return "no transaction of that order";
  const wanted = body === null ? {} : body;
  if (!isObject(wanted)) return "the body must be a JSON object";
  const { copies = 1, tamper = {} } = wanted;
  if (typeof copies !== "number" || !Number.isInteger(copies) || copies < 1 || copies > MAX_COPIES) {
    return `copies must be a whole number from 1 to ${MAX_COPIES}`;
  }
  if (!isObject(tamper)) return "tamper must be an object";
  const state = asked(transaction, wanted);
  if (typeof state === "string") return state;
  return sendBody(sandbox, state, { ...notificationBody(state, sandbox.config), ...tamper }, copies, "by hand");
}

const TESTS = ["payment", "recurring", "pay_account"] as const;
export type TestKind = (typeof TESTS)[number];

/** Narrows a word from outside to one of the dashboard's tests. */
export const isTestKind = (word: unknown): word is TestKind => TESTS.some((kind) => kind === word);

/** Beginning of the made-up id; those of the two younger tests are guesses (midtrans.md 6.7). */
const PREFIXES: Record<TestKind, string> = {
  payment: "payment_notif_test",
  recurring: "recurring_notif_test",
  pay_account: "pay_account_notif_test",
};

function testBody(sandbox: Sandbox, kind: TestKind, id: string): Wire {
  const now = sandbox.clock.now();
  const { merchantId, signatureKey } = sandbox.config;
  if (kind === "pay_account") {
    const words = { status_code: "200", payment_type: "gopay", account_id: id, account_status: "ENABLED" };
    return { ...words, signature_key: accountSignature(id, "ENABLED", "200", signatureKey) };
  }
  const transaction = { transaction_id: randomUUID(), transaction_status: "settlement", status_code: "200" };
  if (kind === "recurring") {
    const schedule = { interval: 1, interval_unit: "month", current_interval: 1 };
    const subscription = { id, name: id, amount: "105000", currency: "IDR", status: "active", schedule };
    return { event_name: "subscription.charge", transaction, subscription };
  }
  return {
    transaction_time: wib(now),
    ...transaction,
    status_message: "midtrans payment notification",
    signature_key: signature(id, "200", rupiah(105_000), signatureKey),
    payment_type: "credit_card",
    order_id: id,
    merchant_id: merchantId,
    gross_amount: rupiah(105_000),
    fraud_status: "accept",
    currency: "IDR",
  };
}

/** The dashboard's test message about something that exists nowhere (midtrans.md 6.7), to the URL of its kind. */
export function sendDashboardTest(sandbox: Sandbox, kind: TestKind = "payment"): Notification[] {
  const { merchantId, notificationUrl, recurringUrl, payAccountUrl } = sandbox.config;
  const id = `${PREFIXES[kind]}_${merchantId}_${randomUUID()}`;
  const url = { payment: notificationUrl, recurring: recurringUrl, pay_account: payAccountUrl }[kind];
  const to = { id: randomUUID(), order_id: id, notification_urls: [url] };
  return sendBody(sandbox, to, testBody(sandbox, kind, id), 1, "dashboard test");
}

/** Sends a published sample (midtrans.md 6.6), signed with this merchant's key; undefined where none has the name. */
export function sendSample(sandbox: Sandbox, name: string): Notification[] | undefined {
  const sample = SAMPLES[name];
  if (!sample) return undefined;
  const to = { id: sample.id, order_id: sample.order_id, notification_urls: [sandbox.config.notificationUrl] };
  return sendBody(sandbox, to, notificationBody(sample, sandbox.config), 1, `sample ${name}`);
}
