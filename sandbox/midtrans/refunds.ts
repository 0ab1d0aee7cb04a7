import { randomInt, randomUUID } from "node:crypto";
import type { Answer } from "../answer.ts";
import { wib } from "../clock.ts";
import type { Chargeback, Refund, Transaction } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import { createChecks, isObject } from "./checks.ts";
import { coreError, invalid } from "./http.ts";
import { methodOf, type RefundRule } from "./methods.ts";
import { CONFIRMATION_MS, changeStatus } from "./transactions.ts";
import { amountLeft, isOnUs, issuerOf, paymentTypeOf, rupiah, transactionMembers, type Wire } from "./wire.ts";

const DAY_MS = 86_400_000;
const KEY = /^[A-Za-z0-9_-]+$/;
/** Longest refund_key: no maximum is stated, so one that no real caller needs. */
const KEY_LENGTH = 255;

const LOCKED = "Merchant cannot modify the status of the transaction";

/** Days in which a QR of each acquirer can be refunded; off-us payments of gopay keep the rule of the method. */
const ON_US_DAYS = 45;
const AIRPAY_DAYS = 365;

/** Apps whose payments over the other acquirer are never refunded (midtrans.md 4.3). */
const AIRPAY_FINAL: readonly string[] = ["bca", "bni", "bri"];

/** midtrans.md 4.3: a desktop wallet is QRIS on the wire but was paid within its own app, so its own window holds. */
function ruleOf(transaction: Transaction): RefundRule | null {
  const { refund } = methodOf(transaction.method);
  if (transaction.method !== "other_qris") return refund;
  if (transaction.instrument["acquirer"] === "airpay shopee") {
    return AIRPAY_FINAL.includes(issuerOf(transaction)) ? null : { partial: true, windowDays: AIRPAY_DAYS };
  }
  return isOnUs(transaction) ? { partial: true, windowDays: ON_US_DAYS } : refund;
}

/** From this minute of the day to that one, in WIB, ShopeePay makes no refunds (midtrans.md 4.3). */
const NIGHT = { from: 23 * 60 + 55, to: 6 * 60 } as const;

function isNight(sandbox: Sandbox, transaction: Transaction, now: number): boolean {
  if (transaction.method !== "shopeepay" || sandbox.config.shopeepayNight === "allow") return false;
  const [hour = 0, minute = 0] = wib(now).slice(11, 16).split(":").map(Number);
  const ofDay = hour * 60 + minute;
  return ofDay >= NIGHT.from || ofDay < NIGHT.to;
}

/** Acquirers whose card refunds go to the bank by wire; the others' are made by hand (midtrans.md 4.3). */
const DIRECT_BANKS: readonly string[] = ["bca", "bri", "maybank", "bni"];

/** Methods whose direct refund exists beside the common one (midtrans.md 4.3). */
const DIRECT: readonly string[] = ["credit_card", "gopay", "qris", "shopeepay", "akulaku", "kredivo"];

const isDirect = (transaction: Transaction): boolean => {
  const type = paymentTypeOf(transaction);
  return (
    DIRECT.includes(type) && (type !== "credit_card" || DIRECT_BANKS.includes(String(transaction.instrument["bank"])))
  );
};

interface RefundRequest {
  key: string;
  amount: number | undefined;
  reason: string;
}

function readRefund(body: unknown): { request: RefundRequest; errors: string[] } {
  const check = createChecks();
  const json = isObject(body) ? body : {};
  if (body !== null && !isObject(body)) check.add("request body", "must be a JSON object");
  const key = check.text(json, "refund_key", KEY_LENGTH);
  if (key !== undefined && !KEY.test(key)) {
    check.add("refund_key", "may only hold letters, digits, dash and underscore");
  }
  const amount = check.integer(json, "amount");
  if (amount !== undefined && amount <= 0) check.add("amount", "must be greater than 0");
  const reason = check.text(json, "reason", 255) ?? "";
  return { request: { key: key ?? `auto-${randomUUID()}`, amount, reason }, errors: check.errors };
}

function answerOf(sandbox: Sandbox, transaction: Transaction, refund: Refund, status: string): Answer {
  const {
    refunds: _all,
    refund_amount: _total,
    ...members
  } = transactionMembers(transaction, sandbox.config.merchantId) as Wire;
  return {
    status: 200,
    body: {
      status_code: "200",
      status_message: "Success, refund request is approved",
      ...members,
      transaction_status: status,
      refund_chargeback_id: refund.chargeback_id,
      refund_chargeback_uuid: refund.chargeback_uuid,
      refund_amount: rupiah(refund.amount),
      refund_key: refund.key,
    },
  };
}

/** Status that the transaction took with this refund: the last one that fills the amount makes it a full refund. */
function statusAfter(transaction: Transaction, refund: Refund): "refund" | "partial_refund" {
  const upTo = transaction.refunds.findIndex((entry) => entry.key === refund.key) + 1;
  const sum = transaction.refunds.slice(0, upTo).reduce((total, entry) => total + entry.amount, 0);
  return sum >= transaction.gross_amount ? "refund" : "partial_refund";
}

/** Why the transaction takes no refund of `amount`, or null (midtrans.md 4.3, 4.8). */
function refusal(sandbox: Sandbox, transaction: Transaction, amount: number): Answer | null {
  const rule = ruleOf(transaction);
  const refundable = transaction.status === "settlement" || transaction.status === "partial_refund";
  if (!refundable || !rule || transaction.settled_at === null) return coreError(sandbox, 412, LOCKED);
  const now = momentOf(sandbox, transaction.born);
  if (isNight(sandbox, transaction, now)) return coreError(sandbox, 412, LOCKED);
  const age = now - transaction.settled_at;
  if (age > rule.windowDays * DAY_MS) return coreError(sandbox, 412, LOCKED);
  if (!rule.partial && amount < transaction.gross_amount) return coreError(sandbox, 412, LOCKED);
  if (amount <= 0 || amount > amountLeft(transaction)) {
    return coreError(sandbox, 414, "Refund request is rejected due to invalid amount");
  }
  return null;
}

/** The transaction that already owns the refund_key, if any: keys are looked up over the whole merchant. */
const ownerOf = ({ store }: Sandbox, key: string): Transaction | undefined =>
  store.transactions.values().find((candidate) => candidate.refunds.some((refund) => refund.key === key));

export interface RefundCall {
  /** Called by /refund/online/direct. */
  direct: boolean;
  /** What goes wrong with it: the bank declines, or the merchant's balance is too small. */
  trouble: "denied" | "funds" | null;
}

/** The bank's no: nothing changes, and the key stays free for another try (midtrans.md 4.8). */
function bankDenied(sandbox: Sandbox, transaction: Transaction, key: string): Answer {
  const members = transactionMembers(transaction, sandbox.config.merchantId);
  const answer = { status_code: "202", status_message: "Refund denied by the bank", ...members };
  return { status: 200, body: { ...answer, refund_amount: rupiah(0), refund_key: key } };
}

/**
 * Refunds by midtrans.md 4.8. The same key on the same transaction answers as the first time and does nothing; on
 * another one it is 406. Two notifications follow: now, and when the bank has confirmed about a day later.
 */
export function refund(sandbox: Sandbox, transaction: Transaction, body: unknown, how: RefundCall): Answer {
  const { request, errors } = readRefund(body);
  if (errors.length > 0) return invalid(sandbox, errors);
  const known = transaction.refunds.find((entry) => entry.key === request.key);
  if (known) return answerOf(sandbox, transaction, known, statusAfter(transaction, known));
  if (ownerOf(sandbox, request.key)) return coreError(sandbox, 406, "Duplicate refund ID");
  if (how.direct && !isDirect(transaction)) return coreError(sandbox, 412, LOCKED);
  const amount = request.amount ?? amountLeft(transaction);
  const refused = refusal(sandbox, transaction, amount);
  if (refused) return refused;
  if (transaction.method === "credit_card" && transaction.instrument["bank"] === "bni" && request.reason === "") {
    return invalid(sandbox, ["reason is required for this bank"]);
  }
  if (how.trouble === "funds") {
    return coreError(sandbox, 414, "Refund request is rejected due to insufficient merchant funds");
  }
  if (how.trouble === "denied") return bankDenied(sandbox, transaction, request.key);
  return book(sandbox, transaction, { ...request, amount }, { by: "merchant", notify: true });
}

const isWallet = ({ method }: Transaction): boolean => methodOf(method).group !== "card";

/** Books a refund that has passed every check. */
function book(
  sandbox: Sandbox,
  transaction: Transaction,
  { key, amount, reason }: { key: string; amount: number; reason: string },
  change: { by: string; notify: boolean },
): Answer {
  const now = momentOf(sandbox, transaction.born);
  const entry: Refund = {
    chargeback_id: randomInt(1, 2 ** 31),
    chargeback_uuid: randomUUID(),
    key,
    amount,
    reason,
    created_at: now,
    confirms_at: now + CONFIRMATION_MS,
    bank_confirmed_at: null,
    method: change.by === "merchant" && (isDirect(transaction) || isWallet(transaction)) ? "online" : "offline",
  };
  const withRefund = { ...transaction, refunds: [...transaction.refunds, entry] };
  const next = changeStatus(sandbox, withRefund, statusAfter(withRefund, entry), change);
  sandbox.log.info({ order_id: next.order_id, refund_key: key, amount, at: wib(now) }, "refunded");
  return answerOf(sandbox, next, entry, next.status);
}

/**
 * A refund made in the merchant's dashboard: what is left, or `amount` of it. Answers whether it was booked; the rules
 * of the method and its window do not bind the dashboard's user here.
 */
export function dashboardRefund(sandbox: Sandbox, transaction: Transaction, amount?: number, notify = true): boolean {
  const left = amountLeft(transaction);
  const asked = amount ?? left;
  if (asked <= 0 || asked > left) return false;
  const request = { key: `dashboard-${randomUUID()}`, amount: asked, reason: "dashboard" };
  book(sandbox, transaction, request, { by: "dashboard", notify });
  return true;
}

/** Most chargebacks of one transaction; a dispute of a card has a handful of rounds at most. */
const MAX_CHARGEBACKS = 20;

/**
 * A dispute that the cardholder won: what is left, or `amount` of it. The last one that fills what is left makes it a
 * full chargeback. Answers the transaction, or null where nothing, or not as much, is left.
 */
export function chargeBack(
  sandbox: Sandbox,
  transaction: Transaction,
  amount: number | undefined,
  change: { by: string; notify: boolean },
): Transaction | null {
  const left = amountLeft(transaction);
  const asked = amount ?? left;
  const before = transaction.chargebacks ?? [];
  if (asked <= 0 || asked > left || before.length >= MAX_CHARGEBACKS) return null;
  const created_at = momentOf(sandbox, transaction.born);
  const entry: Chargeback = { id: randomInt(1, 2 ** 31), amount: asked, created_at };
  const status = asked === left ? "chargeback" : "partial_chargeback";
  return changeStatus(sandbox, { ...transaction, chargebacks: [...before, entry] }, status, change);
}
