import type { CardToken, PayAccount } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { usableToken } from "./cards.ts";
import { type Checks, createChecks, isObject, type Json } from "./checks.ts";
import { acceptsAmount, acceptsLife, isChargeable, type Method, methodForType } from "./methods.ts";
import { readSnapRequest, readStartTime, type SnapRequest } from "./snapRequest.ts";

const SECOND = 1_000;
const UNITS: Record<string, number> = {
  second: SECOND,
  minute: 60 * SECOND,
  hour: 3_600 * SECOND,
  day: 86_400 * SECOND,
};

/** Acquirers that a card charge may name (midtrans.md 2.3). */
const BANKS: readonly string[] = ["bca", "bni", "mandiri", "cimb", "bri", "danamon", "maybank", "mega"];

const ACQUIRERS: readonly string[] = ["gopay", "airpay shopee"];

/** QRIS of the other acquirer lives shorter than the table of methods says (midtrans.md 3.3). */
const AIRPAY_LONGEST_MS = 5 * 86_400 * SECOND;

/** A registered OVO number: Indonesian, in any of the usual forms. */
const PHONE = /^(\+?62|0)8\d{7,12}$/;

/** BNI turns away phone numbers of another form (midtrans.md 2.1). */
const BNI_PHONE = /^(\+62|0)[\d\s()-]{0,29}$/;

/** Whether BNI opens an account for the customer's phone number; none at all is fine. */
export const acceptedByBni = (phone: unknown): boolean =>
  typeof phone !== "string" || (phone.length <= 30 && BNI_PHONE.test(phone));

export interface CardCharge {
  token: CardToken | undefined;
  authenticates: boolean;
  bank: string;
  type: "authorize_capture" | "authorize";
  saves: boolean;
  installment_term: number | undefined;
  point_redeem_amount: number | undefined;
}

export interface WalletCharge {
  account: PayAccount | undefined;
  option: string;
  pre_auth: boolean;
  recurring: boolean;
}

export interface ChargeRequest {
  method: Method | undefined;
  request: SnapRequest;
  callback: string | undefined;
  number: string | undefined;
  acquirer: string | undefined;
  payerPhone: string | undefined;
  card: CardCharge | undefined;
  /** Present where a linked account is charged, or money only reserved. */
  wallet: WalletCharge | undefined;
}

function readExpiry(check: Checks, body: Json, method: Method | undefined, now: number): SnapRequest["expiry"] {
  const part = check.object(body, "custom_expiry");
  if (!part) return undefined;
  if (method?.code === "ovo") check.add("custom_expiry", "is not accepted for this payment type");
  const duration = check.integer(part, "custom_expiry.expiry_duration", true);
  const unit = UNITS[check.text(part, "custom_expiry.unit", 10) ?? "minute"];
  const text = check.text(part, "custom_expiry.order_time", 50);
  const start = text === undefined ? now : readStartTime(text);
  if (Number.isNaN(start)) check.add("custom_expiry.order_time", "must be written yyyy-MM-dd HH:mm:ss +0700");
  if (unit === undefined) check.add("custom_expiry.unit", "must be second, minute, hour or day");
  if (duration === undefined || unit === undefined) return undefined;
  const ms = duration * unit;
  if ((method && !acceptsLife(method, ms)) || start + ms <= now) {
    check.add("custom_expiry.expiry_duration", "is out of range");
  }
  return { start, ms };
}

/** The bank or store that the charge names, which its payment type needs. */
function detailOf(check: Checks, body: Json, paymentType: string): string | undefined {
  const member = { bank_transfer: "bank", cstore: "store" }[paymentType];
  const part = check.object(body, paymentType) ?? {};
  return member ? check.text(part, `${paymentType}.${member}`, 50, true) : undefined;
}

function readCard(sandbox: Sandbox, check: Checks, part: Json): CardCharge {
  const bank = check.text(part, "credit_card.bank", 20) ?? "bni";
  if (!BANKS.includes(bank)) check.add("credit_card.bank", `must be one of ${BANKS.join(", ")}`);
  const type = check.text(part, "credit_card.type", 20) ?? "authorize_capture";
  if (type !== "authorize" && type !== "authorize_capture") {
    check.add("credit_card.type", "must be authorize or authorize_capture");
  }
  const token = usableToken(sandbox, check.text(part, "credit_card.token_id", 100));
  const bins = Array.isArray(part["bins"]) ? part["bins"].map(String) : [];
  const isNamed = bins.length === 0 || bins.some((bin) => !/^\d+$/.test(bin));
  if (token && !isNamed && !bins.some((bin) => token.masked_card.startsWith(bin))) {
    check.add("credit_card.bins", "do not hold this card");
  }
  return {
    token,
    authenticates: part["authentication"] === true,
    bank,
    type: type === "authorize" ? "authorize" : "authorize_capture",
    saves: part["save_token_id"] === true,
    installment_term: check.integer(part, "credit_card.installment_term"),
    point_redeem_amount: check.integer(part, "credit_card.point_redeem_amount"),
  };
}

function readWallet(sandbox: Sandbox, check: Checks, part: Json): WalletCharge | undefined {
  const account = check.text(part, "gopay.account_id", 100);
  const option = check.text(part, "gopay.payment_option_token", 2_000) ?? "";
  if (account === undefined && part["pre_auth"] !== true) return undefined;
  return {
    account: account === undefined ? undefined : sandbox.store.accounts.get(account),
    option: account === undefined ? "" : option || "missing",
    pre_auth: part["pre_auth"] === true,
    recurring: part["recurring"] === true,
  };
}

/** Digits of a number of the shop's own choice. */
function readNumber(check: Checks, part: Json, path: string): string | undefined {
  const number = check.text(part, path, 255);
  if (number !== undefined && !/^\d+$/.test(number)) check.add(path, "may only hold digits");
  return number;
}

/** What pay-later companies want to know of the order (midtrans.md 3.11). */
function checkCredit(check: Checks, body: Json, type: string): void {
  const items = body["item_details"];
  if (!Array.isArray(items) || items.length === 0) check.add("item_details", "is required");
  if (!isObject(body["customer_details"])) check.add("customer_details", "is required");
  if (type !== "akulaku" || !Array.isArray(items)) return;
  const ids = items.map((item: unknown) => (isObject(item) ? item["id"] : undefined));
  if (ids.some((id) => typeof id !== "string" || id === "")) check.add("item_details.id", "is required");
  else if (new Set(ids).size < ids.length) check.add("item_details.id", "must be unique");
}

/** Members of the object named after the type that only need to keep their lengths and presence. */
function checkPart(check: Checks, body: Json, method: Method, part: Json, customer: Json): void {
  if (method.paymentType === "echannel") {
    check.text(part, "echannel.bill_info1", 255, true);
    check.text(part, "echannel.bill_info2", 255, true);
  }
  if (method.paymentType === "cstore") {
    check.text(part, "cstore.message", 20);
    for (const line of [1, 2, 3]) check.text(part, `cstore.alfamart_free_text_${line}`, 40);
  }
  if (method.group === "credit") checkCredit(check, body, method.paymentType);
  if (method.code === "bni_va" && !acceptedByBni(customer["phone"])) {
    check.add("customer_details.phone", "must begin with +62 or 0");
  }
}

function readPhone(check: Checks, part: Json): string | undefined {
  const phone = check.text(part, "ovo.payer_phone_number", 20, true)?.replace(/[\s-]/g, "");
  if (phone !== undefined && !PHONE.test(phone)) check.add("ovo.payer_phone_number", "is not a phone number");
  return phone?.replace(/^(\+?62|0)/, "+62");
}

/** Checks a charge by midtrans.md 3 and 8. Answers what is asked, and every fault found in it. */
export function readCharge(sandbox: Sandbox, body: Json): { charge: ChargeRequest; errors: string[] } {
  const now = sandbox.clock.now();
  const check = createChecks();
  const type = check.text(body, "payment_type", 255, true) ?? "";
  const detail = detailOf(check, body, type);
  const found = methodForType(type, detail);
  const method = found && isChargeable(found) ? found : undefined;
  const { request, errors } = readSnapRequest({ ...body, expiry: null, page_expiry: null }, now);
  const expiry = readExpiry(check, body, method, now);
  const part = check.object(body, type) ?? {};
  if (method) checkPart(check, body, method, part, request.customer);
  if (method && errors.length === 0 && !acceptsAmount(method, request.gross_amount)) {
    check.add("transaction_details.gross_amount", "is out of the range of this payment type");
  }
  const acquirer = type === "qris" ? check.text(part, "qris.acquirer", 20) : undefined;
  if (acquirer !== undefined && !ACQUIRERS.includes(acquirer)) {
    check.add("qris.acquirer", `must be one of ${ACQUIRERS.join(", ")}`);
  }
  if (acquirer === "airpay shopee" && expiry && expiry.ms > AIRPAY_LONGEST_MS) {
    check.add("custom_expiry.expiry_duration", "is out of range");
  }
  const numbered = { bank_transfer: "va_number", echannel: "bill_key" }[type];
  const charge: ChargeRequest = {
    method,
    request: { ...request, expiry },
    callback: check.text(part, `${type}.callback_url`, 255),
    number: numbered === undefined ? undefined : readNumber(check, part, `${type}.${numbered}`),
    acquirer,
    payerPhone: type === "ovo" ? readPhone(check, part) : undefined,
    card: type === "credit_card" ? readCard(sandbox, check, part) : undefined,
    wallet: type === "gopay" ? readWallet(sandbox, check, part) : undefined,
  };
  // Both readers look at some members.
  return { charge, errors: [...new Set([...check.errors, ...errors])] };
}
