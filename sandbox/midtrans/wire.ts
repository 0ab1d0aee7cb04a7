import { createHash } from "node:crypto";
import { wib } from "../clock.ts";
import type { Refund, Transaction, TransactionStatus } from "../model.ts";
import { methodOf } from "./methods.ts";

export type Wire = Record<string, unknown>;

/** `"150000.00"`: amounts on the wire are texts with two decimals. */
export const rupiah = (amount: number): string => `${amount}.00`;

/** Lower-case hex SHA-512 of the plain concatenation (midtrans.md 6.3). */
export const signature = (orderId: string, statusCode: string, grossAmount: string, key: string): string =>
  createHash("sha512").update(`${orderId}${statusCode}${grossAmount}${key}`).digest("hex");

const PAID: readonly TransactionStatus[] = [
  "settlement",
  "refund",
  "partial_refund",
  "chargeback",
  "partial_chargeback",
];

/** status_code of a notification (midtrans.md 3.12): expire, cancel and deny are all 202 here. */
export function notificationCode({ status, fraud_status }: Pick<Transaction, "status" | "fraud_status">): string {
  if (status === "pending" || fraud_status === "challenge") return "201";
  return ["deny", "cancel", "expire", "failure"].includes(status) ? "202" : "200";
}

/** status_code of a GET status answer (midtrans.md 4.2): an expired one is 407, a cancelled one 200. */
export function statusCode(transaction: Pick<Transaction, "status" | "fraud_status">): string {
  if (transaction.status === "expire") return "407";
  if (transaction.status === "cancel") return "200";
  return notificationCode(transaction);
}

/** One entry of refunds[] (midtrans.md 4.2); the bank's part appears only once it has confirmed. */
const refundEntry = (refund: Refund): Wire => ({
  refund_chargeback_id: refund.chargeback_id,
  refund_chargeback_uuid: refund.chargeback_uuid,
  refund_amount: rupiah(refund.amount),
  created_at: wib(refund.created_at),
  reason: refund.reason,
  refund_key: refund.key,
  ...(refund.bank_confirmed_at === null
    ? {}
    : { refund_method: refund.method ?? "online", bank_confirmed_at: wib(refund.bank_confirmed_at) }),
});

/** Whole rupiah given back so far. */
export const refundedAmount = (transaction: Transaction): number =>
  transaction.refunds.reduce((sum, refund) => sum + refund.amount, 0);

/** Whole rupiah that cardholders' banks took back so far. */
export const chargedBackAmount = (transaction: Transaction): number =>
  (transaction.chargebacks ?? []).reduce((sum, entry) => sum + entry.amount, 0);

/** Whole rupiah that are still the merchant's and may be given or taken back. */
export const amountLeft = (transaction: Transaction): number =>
  transaction.gross_amount - refundedAmount(transaction) - chargedBackAmount(transaction);

function refundMembers(transaction: Transaction): Wire {
  if (transaction.refunds.length === 0) return {};
  return {
    refund_amount: rupiah(refundedAmount(transaction)),
    refunds: transaction.refunds.map(refundEntry),
  };
}

/** The bank's words of a card that no charge described: what the control API and older records make. */
const usualResponse = (status: TransactionStatus): { code: string; message: string } =>
  status === "deny" ? { code: "05", message: "Do not honour" } : { code: "00", message: "Approved" };

const responseMembers = (response: { code: string; message: string } | null | undefined): Wire =>
  response ? { channel_response_code: response.code, channel_response_message: response.message } : {};

function cardMembers(transaction: Transaction): Wire {
  const { card, status } = transaction;
  if (status === "pending") return {};
  const response = card?.channel_response ?? (transaction.fraud_status === "deny" ? null : usualResponse(status));
  return {
    eci: card?.eci ?? "05",
    ...(transaction.fraud_status === "challenge" ? {} : responseMembers(response)),
    ...(status === "deny" ? {} : { approval_code: card?.approval_code ?? String(transaction.transaction_at) }),
  };
}

/** What the answers of charge and status tell of a card beyond a notification (midtrans.md 3.4, 4.2). */
export function cardDetails({ card, status }: Transaction): Wire {
  if (!card || status === "pending") return {};
  const proof = { three_ds_version: "2", challenge_completion: card.three_ds === "otp" };
  return { channel: "dragon", on_us: false, ...(card.three_ds === "none" ? {} : proof) };
}

/** The payer's app: the acquirer's own for a wallet shown as QR, else the one that was named, else another one. */
export function issuerOf({ issuer, method, instrument }: Transaction): string {
  if (issuer !== undefined) return issuer;
  return method === "other_qris" ? "dana" : String(instrument["acquirer"] ?? method);
}

/** Whether the payer's app belongs to the acquirer itself. */
export const isOnUs = (transaction: Transaction): boolean =>
  issuerOf(transaction) === (transaction.instrument["acquirer"] ?? "gopay");

function qrisMembers(transaction: Transaction): Wire {
  if (!PAID.includes(transaction.status)) return {};
  const payer = { transaction_type: isOnUs(transaction) ? "on-us" : "off-us", issuer: issuerOf(transaction) };
  if (transaction.instrument["acquirer"] !== "airpay shopee") {
    const reference = transaction.instrument["merchant_cross_reference_id"] ?? transaction.id;
    return { ...payer, merchant_cross_reference_id: reference };
  }
  const reference = transaction.id.replaceAll("-", "").slice(0, 18);
  return { ...payer, shopeepay_reference_number: reference, reference_id: transaction.id };
}

function bankMembers(transaction: Transaction): Wire {
  if (!("va_numbers" in transaction.instrument)) return {};
  const bank = methodOf(transaction.method).bank;
  if (transaction.settled_at === null || bank === "bca" || bank === "bri") return { payment_amounts: [] };
  return {
    payment_amounts: [{ paid_at: wib(transaction.settled_at - 1_000), amount: rupiah(transaction.gross_amount) }],
  };
}

/** Members that depend on the payment type and state, beside those fixed at creation (midtrans.md 6.6). */
function typeMembers(transaction: Transaction): Wire {
  const paid = PAID.includes(transaction.status);
  switch (paymentTypeOf(transaction)) {
    case "credit_card":
      return cardMembers(transaction);
    case "qris":
      return qrisMembers(transaction);
    case "bank_transfer":
      return bankMembers(transaction);
    case "gopay":
      return paid ? { payment_option_type: transaction.instrument["payment_option_type"] ?? "GOPAY_WALLET" } : {};
    case "cstore":
      return paid && transaction.method === "indomaret" ? { approval_code: "ABC0101BCA02" } : {};
    default:
      return {};
  }
}

/** The payment_type on the wire: a wallet opened on a desktop arrives as qris (midtrans.md 2.2). */
export const paymentTypeOf = (transaction: Transaction): string =>
  typeof transaction.instrument["acquirer"] === "string" ? "qris" : methodOf(transaction.method).paymentType;

/** Members that every message about a transaction shares, without status_code, message and signature. */
export function transactionMembers(transaction: Transaction, merchantId: string): Wire {
  const { status, settled_at, expires_at } = transaction;
  return {
    transaction_time: wib(transaction.transaction_at),
    transaction_status: status,
    transaction_id: transaction.id,
    payment_type: paymentTypeOf(transaction),
    order_id: transaction.order_id,
    merchant_id: merchantId,
    gross_amount: rupiah(transaction.gross_amount),
    currency: "IDR",
    // Indomaret never sends one.
    ...(transaction.fraud_status !== null && transaction.method !== "indomaret"
      ? { fraud_status: transaction.fraud_status }
      : {}),
    ...(settled_at === null ? {} : { settlement_time: wib(settled_at) }),
    ...(status === "pending" && expires_at !== null ? { expiry_time: wib(expires_at) } : {}),
    ...transaction.instrument,
    ...(status === "pending" ? {} : responseMembers(transaction.channel_response)),
    ...typeMembers(transaction),
    ...refundMembers(transaction),
    ...transaction.echo,
  };
}

/** A signed body with the given code and message. */
export function signedBody(transaction: Transaction, code: string, message: string, merchant: Merchant): Wire {
  const body = transactionMembers(transaction, merchant.merchantId);
  const sign = signature(transaction.order_id, code, rupiah(transaction.gross_amount), merchant.signatureKey);
  return { status_code: code, status_message: message, signature_key: sign, ...body };
}

export interface Merchant {
  merchantId: string;
  signatureKey: string;
}

/** The notification of the transaction as it is now. */
export const notificationBody = (transaction: Transaction, merchant: Merchant): Wire =>
  signedBody(transaction, notificationCode(transaction), "midtrans payment notification", merchant);

/**
 * The answer of GET status for the transaction as it is now. DANA's tells its status in capitals, and a waiting one
 * under 200 (midtrans.md 3.9).
 */
export function statusBody(transaction: Transaction, merchant: Merchant): Wire {
  const dana = transaction.method === "dana";
  const code = dana && transaction.status === "pending" ? "200" : statusCode(transaction);
  const signed = signedBody(transaction, code, "Success, transaction is found", merchant);
  const body = { ...signed, ...cardDetails(transaction) };
  return dana ? { ...body, transaction_status: transaction.status.toUpperCase() } : body;
}
