import { randomUUID } from "node:crypto";
import { wib } from "../clock.ts";
import { isObject } from "../midtrans/checks.ts";
import { sendBody } from "../midtrans/notifications.ts";
import { findTransaction } from "../midtrans/transactions.ts";
import { isStatus, STATUSES } from "../midtrans/transitions.ts";
import { notificationBody, rupiah, signature } from "../midtrans/wire.ts";
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

/** The dashboard's test message about an order that exists nowhere (midtrans.md 6.7). */
export function sendDashboardTest(sandbox: Sandbox): Notification[] {
  const now = sandbox.clock.now();
  const { merchantId, signatureKey, notificationUrl } = sandbox.config;
  const orderId = `payment_notif_test_${merchantId}_${randomUUID()}`;
  const body = {
    transaction_time: wib(now),
    transaction_status: "settlement",
    transaction_id: randomUUID(),
    status_message: "midtrans payment notification",
    status_code: "200",
    signature_key: signature(orderId, "200", rupiah(105_000), signatureKey),
    payment_type: "credit_card",
    order_id: orderId,
    merchant_id: merchantId,
    gross_amount: rupiah(105_000),
    fraud_status: "accept",
    currency: "IDR",
  };
  const to = { id: body.transaction_id, order_id: orderId, notification_urls: [notificationUrl] };
  return sendBody(sandbox, to, body, 1, "dashboard test");
}
