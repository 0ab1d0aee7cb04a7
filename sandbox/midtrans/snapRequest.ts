import { type Checks, createChecks, isObject, type Json } from "./checks.ts";

export interface FeeConfig {
  payment_type: string;
  customer_percentage: number;
}

/** What the sandbox keeps of a Snap create request: moments in ms since the epoch, durations in ms. */
export interface SnapRequest {
  order_id: string;
  gross_amount: number;
  items: { name: string; price: number; quantity: number }[];
  customer: Json;
  enabled_payments: string[] | undefined;
  finish_url: string | undefined;
  error_url: string | undefined;
  /** Start is null where the clock of the payment begins when the buyer confirms a method (midtrans.md 2.6). */
  expiry: { start: number | null; ms: number } | undefined;
  page_ms: number | undefined;
  echo: Json;
  fees: FeeConfig[];
  /** The shop's name for its customer, under which cards are saved. */
  user_id?: string | undefined;
  /** How cards are taken; absent where the request says nothing about them. */
  card?:
    | { saves: boolean; secure: boolean; type: "authorize_capture" | "authorize"; bank: string | undefined }
    | undefined;
  /** Wanted digits of account numbers and bill keys, and addresses that wallets go back to, by Snap's code. */
  numbers?: Record<string, string>;
  callbacks?: Record<string, string>;
}

const ORDER_ID = /^[A-Za-z0-9._~-]+$/;
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const START_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;
const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** midtrans.md 2.6: a page lives 5 minutes to 7 days, a payment at least 20 s. */
const PAGE_MIN_MS = 5 * 60_000;
const PAGE_MAX_MS = 7 * 86_400_000;
const PAYMENT_MIN_MS = 20_000;

/** Line items of one request that are read; more than this cannot fit into 16 kB anyway. */
const MAX_ITEMS = 500;

function readDetails(check: Checks, body: Json): { order_id: string; gross_amount: number } {
  const details = check.object(body, "transaction_details");
  if (!details) {
    check.add("transaction_details", "is required");
    return { order_id: "", gross_amount: 0 };
  }
  const orderId = check.text(details, "transaction_details.order_id", 50, true) ?? "";
  if (orderId !== "" && !ORDER_ID.test(orderId)) {
    check.add("transaction_details.order_id", "may only hold letters, digits, dash, underscore, tilde and dot");
  }
  const amount = check.integer(details, "transaction_details.gross_amount", true);
  if (amount !== undefined && amount <= 0) {
    check.add("transaction_details.gross_amount", "must be greater than or equal to 0.01");
  }
  return { order_id: orderId, gross_amount: amount ?? 0 };
}

function readItems(check: Checks, body: Json, grossAmount: number): SnapRequest["items"] {
  const list = body["item_details"];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || list.length > MAX_ITEMS) {
    check.add("item_details", `must be an array of at most ${MAX_ITEMS} items`);
    return [];
  }
  const before = check.errors.length;
  const items = list.map((item: unknown, at) => readItem(check, item, `item_details[${at}]`));
  const sum = items.reduce((total, item) => total + item.price * item.quantity, 0);
  if (check.errors.length === before && items.length > 0 && sum !== grossAmount) {
    check.add("transaction_details.gross_amount", "is not equal to the sum of item_details");
  }
  return items;
}

function readItem(check: Checks, item: unknown, path: string): SnapRequest["items"][number] {
  if (!isObject(item)) {
    check.add(path, "must be an object");
    return { name: "", price: 0, quantity: 0 };
  }
  for (const member of ["id", "brand", "category", "merchant_name", "url"]) check.text(item, `${path}.${member}`, 50);
  const name = check.text(item, `${path}.name`, 50, true) ?? "";
  const price = check.integer(item, `${path}.price`, true) ?? 0;
  const quantity = check.integer(item, `${path}.quantity`, true) ?? 0;
  if (quantity < 1 && item["quantity"] !== undefined) check.add(`${path}.quantity`, "must be at least 1");
  return { name, price, quantity };
}

function readCustomer(check: Checks, body: Json): Json {
  const customer = check.object(body, "customer_details");
  if (!customer) return {};
  const kept: Json = {};
  for (const member of ["first_name", "last_name", "email", "phone"]) {
    const value = check.text(customer, `customer_details.${member}`, 255);
    if (value !== undefined) kept[member] = value;
  }
  const email = kept["email"];
  if (typeof email === "string" && !EMAIL.test(email)) check.add("customer_details.email", "format is invalid");
  for (const part of ["billing_address", "shipping_address"]) {
    const address = check.object(customer, `customer_details.${part}`);
    if (!address) continue;
    const path = `customer_details.${part}`;
    for (const member of ["first_name", "last_name", "email", "phone", "address"]) {
      check.text(address, `${path}.${member}`, 255);
    }
    check.text(address, `${path}.city`, 100);
    check.text(address, `${path}.postal_code`, 10);
    check.text(address, `${path}.country_code`, 10);
  }
  return kept;
}

/** Length of `{duration, unit}` in ms, or undefined after naming the fault. */
function readDuration(check: Checks, part: Json, path: string): number | undefined {
  const duration = check.integer(part, `${path}.duration`, true);
  const unit = check.text(part, `${path}.unit`, 10, true);
  if (duration === undefined || unit === undefined) return undefined;
  const ms = UNITS[unit.replace(/s$/, "")];
  if (ms === undefined) {
    check.add(`${path}.unit`, "must be day, hour or minute");
    return undefined;
  }
  if (duration < 1) {
    check.add(`${path}.duration`, "must be at least 1");
    return undefined;
  }
  return duration * ms;
}

/** Milliseconds of `yyyy-MM-dd HH:mm:ss Z`; NaN where it is written otherwise. */
export function readStartTime(text: string): number {
  const parts = START_TIME.exec(text);
  return parts ? Date.parse(`${parts[1]}T${parts[2]}${parts[3]}:${parts[4]}`) : Number.NaN;
}

function readExpiry(check: Checks, body: Json, now: number): SnapRequest["expiry"] {
  const expiry = check.object(body, "expiry");
  if (!expiry) return undefined;
  const ms = readDuration(check, expiry, "expiry");
  const text = check.text(expiry, "expiry.start_time", 30);
  const start = text === undefined ? null : readStartTime(text);
  if (start !== null && Number.isNaN(start)) {
    check.add("expiry.start_time", "must be written yyyy-MM-dd HH:mm:ss Z");
    return undefined;
  }
  if (ms === undefined) return undefined;
  if ((start ?? now) + ms < now + PAYMENT_MIN_MS) check.add("expiry", "must end at least 20 seconds from now");
  return { start, ms };
}

function readPageExpiry(check: Checks, body: Json): number | undefined {
  const part = check.object(body, "page_expiry");
  if (!part) return undefined;
  const ms = readDuration(check, part, "page_expiry");
  if (ms !== undefined && (ms < PAGE_MIN_MS || ms > PAGE_MAX_MS)) {
    check.add("page_expiry", "must be between 5 minutes and 7 days");
  }
  return ms;
}

function readFees(check: Checks, body: Json): FeeConfig[] {
  const part = check.object(body, "customer_imposed_payment_fee");
  const list = part?.["enable"] === true ? part["payment_fee_configs"] : [];
  if (!Array.isArray(list)) {
    check.add("customer_imposed_payment_fee.payment_fee_configs", "must be an array");
    return [];
  }
  return list.flatMap((entry: unknown, at) => {
    const path = `customer_imposed_payment_fee.payment_fee_configs[${at}]`;
    const type = isObject(entry) ? check.text(entry, `${path}.payment_type`, 50, true) : undefined;
    const share = isObject(entry) ? entry["customer_percentage"] : undefined;
    if (type !== undefined && typeof share === "number" && share >= 0 && share <= 100) {
      return [{ payment_type: type, customer_percentage: share }];
    }
    check.add(`${path}.customer_percentage`, "must be between 0 and 100");
    return [];
  });
}

function readEnabled(check: Checks, body: Json): string[] | undefined {
  const list = body["enabled_payments"];
  if (list === undefined || list === null) return undefined;
  if (Array.isArray(list) && list.every((entry) => typeof entry === "string")) return list;
  check.add("enabled_payments", "must be an array of strings");
  return undefined;
}

function readEcho(check: Checks, body: Json): Json {
  const echo: Json = {};
  for (const member of ["custom_field1", "custom_field2", "custom_field3"]) {
    const value = check.text(body, member, 255);
    if (value !== undefined) echo[member] = value;
  }
  const metadata = check.object(body, "metadata");
  if (metadata) echo["metadata"] = metadata;
  return echo;
}

function readCard(check: Checks, body: Json): SnapRequest["card"] {
  const part = check.object(body, "credit_card");
  if (!part) return undefined;
  const type = check.text(part, "credit_card.type", 20);
  if (type !== undefined && type !== "authorize" && type !== "authorize_capture") {
    check.add("credit_card.type", "must be authorize or authorize_capture");
  }
  return {
    saves: part["save_card"] === true,
    secure: part["secure"] === true,
    type: type === "authorize" ? "authorize" : "authorize_capture",
    bank: check.text(part, "credit_card.bank", 20),
  };
}

/** Objects whose `va_number` or `bill_key` may wish for digits (midtrans.md 2.4). */
const NUMBERED: readonly string[] = [
  ...["bca_va", "permata_va", "bni_va", "bri_va", "cimb_va", "danamon_va", "bsi_va", "seabank_va", "echannel"],
];

function readNumbers(check: Checks, body: Json): Record<string, string> {
  const numbers: Record<string, string> = {};
  for (const code of NUMBERED) {
    const part = check.object(body, code);
    const path = `${code}.${code === "echannel" ? "bill_key" : "va_number"}`;
    const number = part ? check.text(part, path, 255) : undefined;
    if (number === undefined) continue;
    if (!/^\d+$/.test(number)) check.add(path, "may only hold digits");
    numbers[code] = number;
  }
  return numbers;
}

function readCallbacks(check: Checks, body: Json): Record<string, string> {
  const callbacks: Record<string, string> = {};
  for (const code of ["gopay", "shopeepay", "dana"]) {
    const part = check.object(body, code);
    const url = part ? check.text(part, `${code}.callback_url`, 255) : undefined;
    if (url !== undefined) callbacks[code] = url;
  }
  return callbacks;
}

/**
 * Checks a Snap create body by midtrans.md 2.1 to 2.6 and 8.2. `now` in ms. Answers the request, or every fault found,
 * each as one sentence that starts with the member's path.
 */
export function readSnapRequest(body: unknown, now: number): { request: SnapRequest; errors: string[] } {
  const check = createChecks();
  const json = isObject(body) ? body : {};
  if (!isObject(body)) check.add("request body", "must be a JSON object");
  const details = readDetails(check, json);
  const callbacks = check.object(json, "callbacks") ?? {};
  const request: SnapRequest = {
    ...details,
    items: readItems(check, json, details.gross_amount),
    customer: readCustomer(check, json),
    enabled_payments: readEnabled(check, json),
    finish_url: check.text(callbacks, "callbacks.finish", 255),
    error_url: check.text(callbacks, "callbacks.error", 255),
    expiry: readExpiry(check, json, now),
    page_ms: readPageExpiry(check, json),
    echo: readEcho(check, json),
    fees: readFees(check, json),
    user_id: check.text(json, "user_id", 255),
    card: readCard(check, json),
    numbers: readNumbers(check, json),
    callbacks: readCallbacks(check, json),
  };
  return { request, errors: check.errors };
}

/** How long a page lives where the shop names nothing, in ms (midtrans.md 2.6). */
const PAGE_DEFAULT_MS = 86_400_000;

/** The moment (ms) at which the page closes: page_expiry, then expiry, then 24 h, and never more than 7 days on. */
export function pageDeadline(request: SnapRequest, now: number): number {
  if (request.page_ms !== undefined) return now + request.page_ms;
  if (!request.expiry) return now + PAGE_DEFAULT_MS;
  return Math.min((request.expiry.start ?? now) + request.expiry.ms, now + PAGE_MAX_MS);
}
