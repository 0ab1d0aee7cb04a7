import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { invalidInput } from "../../domain/kernel/errors.ts";
import { type Rupiah, rupiah } from "../../domain/kernel/money.ts";
import {
  GATEWAY_STATUSES,
  type GatewayNotice,
  type GatewayRefund,
  type GatewayStatus,
  type PaymentReport,
  type RefundAnswer,
} from "../../domain/payment/paymentGateway.ts";

/** Midtrans's words: forms, signatures, and how they become ours. No network here. */

const TEST_PREFIX = "payment_notif_test_"; // the dashboard's "test" button; its status is a 404

/**
 * Whole rupiah out of `"150000.00"`; null for anything else, a fraction included. Never through a float of cents.
 */
export function parseGrossAmount(text: unknown): Rupiah | null {
  const match = typeof text === "string" ? /^(\d{1,16})(?:\.00?)?$/.exec(text) : null;
  const amount = Number(match?.[1]);
  return Number.isSafeInteger(amount) ? rupiah(amount) : null;
}

/** Midtrans's times carry no zone and mean GMT+7. */
export function parseWibTime(text: unknown): Date | null {
  const match = typeof text === "string" ? /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text) : null;
  if (!match) return null;
  const at = new Date(`${match[1]}T${match[2]}+07:00`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** `2026-11-20 14:05:00 +0700`, as Snap's expiry wants it. */
export function formatWibTime(at: Date): string {
  const shifted = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} +0700`;
}

// PostgreSQL keeps no NUL in a text, and Midtrans sends none; but the signature does not cover every member.
const text = z
  .string()
  .max(1000)
  .refine((value) => !value.includes("\0"));
const notificationForm = z.looseObject({
  order_id: text.min(1).max(255),
  status_code: text.regex(/^\d{3}$/),
  gross_amount: text.regex(/^\d{1,16}(\.\d{1,2})?$/).refine((value) => Number.isSafeInteger(Math.trunc(Number(value)))),
  signature_key: text.regex(/^[0-9a-fA-F]{128}$/),
  transaction_id: text.min(1).max(255),
  transaction_status: text.optional(),
  fraud_status: text.nullish(),
  refunds: z
    .array(z.looseObject({ bank_confirmed_at: z.unknown().optional() }))
    .max(1000)
    .nullish(),
});

/** SHA-512 over order id, status code, amount and the key, joined without a separator, in lower-case hex. */
export const signatureOf = (orderId: string, statusCode: string, grossAmount: string, key: string): string =>
  createHash("sha512")
    .update(orderId + statusCode + grossAmount + key)
    .digest("hex");

function digestOf(body: z.infer<typeof notificationForm>): string {
  const refunds = body.refunds ?? [];
  const confirmed = refunds.map(({ bank_confirmed_at }) => (bank_confirmed_at ? 1 : 0));
  const meaning = [
    body.order_id,
    body.transaction_id,
    body.transaction_status ?? "",
    body.fraud_status ?? "",
    body.status_code,
    body.gross_amount,
    refunds.length,
    confirmed.join(""),
  ];
  return createHash("sha256").update(JSON.stringify(meaning)).digest("hex");
}

/**
 * The dashboard's test button: whether Midtrans signs it with our key is nowhere said, and it must be answered 200. It
 * is never applied. Each that is signed is one by itself; all others share one digest, so that nobody can fill the
 * inbox with them.
 */
function testNotice(body: z.infer<typeof notificationForm>, isSigned: boolean): GatewayNotice {
  return {
    gatewayOrderId: body.order_id,
    gatewayTransactionId: body.transaction_id,
    statusText: body.transaction_status ?? null,
    isTest: true,
    digest: createHash("sha256")
      .update(isSigned ? `${TEST_PREFIX} ${body.transaction_id}` : TEST_PREFIX)
      .digest("hex"),
  };
}

/**
 * Reads a notification body and checks its signature in constant time. What the signature does not cover (the status
 * above all) is only a hint.
 *
 * @throws Refusal INVALID_INPUT with the field that is wrong; nothing of the body is in the message
 */
export function readNotification(body: string, signatureKey: string): GatewayNotice {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw invalidInput({ body: "JSON" });
  }
  const form = notificationForm.safeParse(json);
  if (!form.success) {
    throw invalidInput(Object.fromEntries(form.error.issues.map(({ path, code }) => [path.join(".") || "body", code])));
  }
  const { order_id, status_code, gross_amount, signature_key } = form.data;
  const expected = Buffer.from(signatureOf(order_id, status_code, gross_amount, signatureKey));
  const isSigned = timingSafeEqual(expected, Buffer.from(signature_key.toLowerCase()));
  if (order_id.startsWith(TEST_PREFIX)) return testNotice(form.data, isSigned);
  if (!isSigned) throw invalidInput({ signature_key: "a valid signature" });
  return {
    gatewayOrderId: order_id,
    gatewayTransactionId: form.data.transaction_id,
    statusText: form.data.transaction_status ?? null,
    isTest: false,
    digest: digestOf(form.data),
  };
}

const optionalText = text.nullish();
/** What is only shown to people: left out where its shape is another, so that it never makes a payment unreadable. */
const shownText = z
  .union([text, z.number().transform(String)])
  .nullish()
  .catch(undefined);
const refundForm = z.looseObject({
  refund_chargeback_id: z.union([text, z.number().transform(String)]).nullish(),
  refund_chargeback_uuid: optionalText,
  refund_amount: z.union([text, z.number().transform(String)]),
  refund_key: optionalText,
  bank_confirmed_at: shownText,
});
const statusForm = z.looseObject({
  order_id: text,
  transaction_id: text,
  transaction_status: text,
  gross_amount: text,
  payment_type: text,
  merchant_id: optionalText,
  currency: optionalText,
  // Of a shape that we don't know it is no "accept": a person looks at it.
  fraud_status: optionalText.catch("unreadable"),
  settlement_time: shownText,
  expiry_time: shownText,
  expire_time: shownText,
  refund_amount: shownText,
  refunds: z.array(refundForm).max(1000).nullish(),
  va_numbers: z
    .array(z.looseObject({ bank: text, va_number: text }))
    .max(20)
    .nullish()
    .catch(undefined),
  permata_va_number: shownText,
  biller_code: shownText,
  bill_key: shownText,
  payment_code: shownText,
  masked_card: shownText,
  store: shownText,
  qr_string: shownText,
  redirect_url: shownText,
  actions: z
    .array(z.looseObject({ name: text, url: text }))
    .max(20)
    .nullish()
    .catch(undefined),
  metadata: z.unknown().optional(),
  extra_info: z.unknown().optional(),
});
type StatusForm = z.infer<typeof statusForm>;

const feeForm = z.looseObject({ gross_amount_info: z.looseObject({ original_amount: z.union([text, z.number()]) }) });

/** What we asked for, where a fee was added for the customer. The documentation shows it in two places. */
function originalAmount(form: StatusForm, gross: Rupiah): Rupiah {
  const places = [(form.metadata as { extra_info?: unknown } | null | undefined)?.extra_info, form.extra_info];
  for (const place of places) {
    const info = feeForm.safeParse(place);
    if (!info.success) continue;
    const asText = String(info.data.gross_amount_info.original_amount);
    const original = parseGrossAmount(asText);
    if (original !== null && original <= gross) return original;
  }
  return gross;
}

/** Only addresses that a browser may be sent to; the gateway's own domains change, so none is compared. */
const actionUrl = (form: StatusForm, ...names: readonly string[]): string | undefined => {
  const urls = names.map((name) => form.actions?.find((action) => action.name === name)?.url);
  return urls.find((url) => url !== undefined && /^https?:\/\//.test(url));
};

function instructionsOf(form: StatusForm): Record<string, string> {
  const va = form.va_numbers?.[0];
  const known: Record<string, string | null | undefined> = {
    vaNumber: va?.va_number ?? form.permata_va_number,
    bank: va?.bank ?? (form.permata_va_number ? "permata" : form.store),
    billerCode: form.biller_code,
    billKey: form.bill_key,
    paymentCode: form.payment_code,
    qrString: form.qr_string,
    // The second version has the frame that national QR codes are shown in.
    qrImageUrl: actionUrl(form, "generate-qr-code-v2", "generate-qr-code"),
    deeplinkUrl: actionUrl(form, "deeplink-redirect"),
    redirectUrl: /^https?:\/\//.test(form.redirect_url ?? "") ? form.redirect_url : undefined,
  };
  return Object.fromEntries(Object.entries(known).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** null where one cannot be read: then nothing of the answer is believed, for its sums would have no rows. */
function refundsOf(form: StatusForm): GatewayRefund[] | null {
  const refunds = (form.refunds ?? []).map((refund): GatewayRefund | null => {
    const id = refund.refund_chargeback_id ?? refund.refund_chargeback_uuid ?? refund.refund_key;
    const amount = parseGrossAmount(refund.refund_amount);
    if (!id || amount === null) return null;
    return { id, key: refund.refund_key ?? null, amount, bankConfirmedAt: parseWibTime(refund.bank_confirmed_at) };
  });
  // One of nothing was denied: no money of it went.
  return refunds.includes(null) ? null : (refunds as GatewayRefund[]).filter(({ amount }) => amount > 0);
}

const DENIAL = /den(y|ied)|declin|reject|refus|ditolak/i;
const refusedRefundForm = z.looseObject({ status_message: shownText });

/** The answer to a refund, by its code and where that has two meanings by its words. */
export function readRefundAnswer(code: number | null, body: unknown): RefundAnswer | null {
  if (code === 200) return { kind: "accepted" };
  if (code === 406) return { kind: "exists" };
  if (code === null) return null;
  const form = refusedRefundForm.safeParse(body);
  const why = (form.success && form.data.status_message) || `code ${code}`;
  // The same code says that a request is still worked on: a refusal is one in words, and all else is not known.
  if (code === 202) return DENIAL.test(why) ? { kind: "denied", code, why } : null;
  if (code === 412) return { kind: "cannot", code, why };
  if (code === 414 || code === 413) return { kind: /\bfunds?\b|balance/i.test(why) ? "funds" : "amount", code, why };
  return code >= 400 && code < 500 ? { kind: "rejected", code, why } : null;
}

const toStatus = (word: string): GatewayStatus => GATEWAY_STATUSES.find((status) => status === word) ?? "unknown";

/** A status answer in our words; null when it is not of the form that a status answer has. */
export function readStatus(body: unknown): PaymentReport | null {
  const form = statusForm.safeParse(body);
  if (!form.success) return null;
  const gross = parseGrossAmount(form.data.gross_amount);
  const refunds = refundsOf(form.data);
  if (gross === null || refunds === null) return null;
  const { data } = form;
  return {
    gatewayOrderId: data.order_id,
    gatewayTransactionId: data.transaction_id,
    merchantId: data.merchant_id ?? null,
    status: toStatus(data.transaction_status.toLowerCase()),
    statusText: data.transaction_status.toLowerCase(),
    fraudStatus: data.fraud_status?.toLowerCase() ?? null,
    paymentType: data.payment_type,
    maskedCard: data.masked_card ?? undefined,
    currency: data.currency ?? "IDR",
    grossAmount: gross,
    originalAmount: originalAmount(data, gross),
    refundedAmount: parseGrossAmount(data.refund_amount ?? "0.00") ?? rupiah(0),
    ...(refunds.length > 0 ? { refunds } : {}),
    settledAt: parseWibTime(data.settlement_time),
    expiresAt: parseWibTime(data.expiry_time ?? data.expire_time),
    instructions: instructionsOf(data),
  };
}
