import { type Request, Router } from "express";
import { toBuffer } from "qrcode";
import type { Answer } from "../answer.ts";
import type { Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { type Checks, createChecks, isObject, type Json } from "./checks.ts";
import { bodyOf, coreError } from "./http.ts";
import { qrText } from "./instruments.ts";
import { acceptsAmount, type Method, methodForType } from "./methods.ts";
import { isFree, notificationUrls } from "./snap.ts";
import { readSnapRequest, readStartTime, type SnapRequest } from "./snapRequest.ts";
import { findTransaction, openTransaction } from "./transactions.ts";
import { paymentTypeOf, transactionMembers, type Wire } from "./wire.ts";

const MESSAGES: Record<string, string> = {
  bank_transfer: "Success, Bank Transfer transaction is created",
  echannel: "OK, Mandiri Bill transaction is successful",
  cstore: "Success, cstore transaction is successful",
  gopay: "GoPay transaction is created",
  shopeepay: "ShopeePay transaction is created",
  qris: "QRIS transaction is created",
};

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const UNITS: Record<string, number> = { second: SECOND, minute: 60 * SECOND, hour: 3_600 * SECOND, day: DAY };

const CONFLICT =
  "The request could not be completed due to a conflict with the current state of the target resource, " +
  "please try again";

/** Methods whose charges an Idempotency-Key does not cover (midtrans.md 1.4). */
const UNREMEMBERED: readonly string[] = ["permata_va", "indomaret"];

/** Longest life of a payment in ms (midtrans.md 3.3); what is not named lives 180 days at most. */
const LONGEST: Record<string, number> = { gopay: 7 * DAY, qris: 7 * DAY, shopeepay: 5 * DAY };
const SHORTEST = 20 * SECOND;

function readExpiry(check: Checks, body: Json, paymentType: string, now: number): SnapRequest["expiry"] {
  const part = check.object(body, "custom_expiry");
  if (!part) return undefined;
  const duration = check.integer(part, "custom_expiry.expiry_duration", true);
  const unit = UNITS[check.text(part, "custom_expiry.unit", 10) ?? "minute"];
  const text = check.text(part, "custom_expiry.order_time", 50);
  const start = text === undefined ? now : readStartTime(text);
  if (Number.isNaN(start)) check.add("custom_expiry.order_time", "must be written yyyy-MM-dd HH:mm:ss +0700");
  if (unit === undefined) check.add("custom_expiry.unit", "must be second, minute, hour or day");
  if (duration === undefined || unit === undefined) return undefined;
  const ms = duration * unit;
  if (ms < SHORTEST || ms > (LONGEST[paymentType] ?? 180 * DAY) || start + ms <= now) {
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

/** Addresses that belong to a wallet or QR (midtrans.md 3.7 to 3.9); callers look them up by name. */
function actionsOf(sandbox: Sandbox, transaction: Transaction): Wire {
  const type = paymentTypeOf(transaction);
  const base = sandbox.url();
  const get = (name: string, path: string): Wire => ({ name, method: "GET", url: `${base}${path}` });
  const qr = [
    get("generate-qr-code", `/v2/${type}/${transaction.id}/qr-code`),
    get("generate-qr-code-v2", `/v4/qris/gopay/${transaction.id}/qr-code`),
  ];
  const deeplink = get("deeplink-redirect", `/wallet/${transaction.id}`);
  if (type === "qris") return { qr_string: qrText(transaction.id, transaction.gross_amount), actions: qr };
  if (type === "shopeepay") return { actions: [deeplink] };
  if (type !== "gopay") return {};
  const cancel = { name: "cancel", method: "POST", url: `${base}/v2/${transaction.id}/cancel` };
  return { actions: [...qr, deeplink, get("get-status", `/v2/${transaction.id}/status`), cancel] };
}

function invalid(sandbox: Sandbox, errors: string[]): Answer {
  const message = "One or more parameters in the payload is invalid.";
  return coreError(sandbox, 400, message, { validation_messages: errors });
}

function open(sandbox: Sandbox, req: Request, request: SnapRequest, method: Method, callback?: string): Answer {
  const basis = {
    token: null,
    order_id: request.order_id,
    born: sandbox.clock.now(),
    request,
    callback_url: callback,
    notification_urls: notificationUrls(req, sandbox.config.notificationUrl),
  };
  const transaction = openTransaction(sandbox, basis, method.code, {
    onDesktop: false,
    status: "pending",
    by: "merchant",
    notify: true,
  });
  const members = transactionMembers(transaction, sandbox.config.merchantId);
  const message = MESSAGES[method.paymentType] ?? "Success";
  const body = { status_code: "201", status_message: message, ...members, ...actionsOf(sandbox, transaction) };
  return { status: 200, body, keep: !UNREMEMBERED.includes(method.code) };
}

/**
 * A charge without a page (midtrans.md 3). One order_id is charged once: a second call is 406 while the first one lives
 * or is paid. Cards need a token that only Midtrans's own script can make, so they are refused as not activated, like
 * every type that methods.ts does not know.
 */
export function charge(sandbox: Sandbox, req: Request): Answer {
  const body = bodyOf(req);
  if (!isObject(body)) return coreError(sandbox, 413, "The request cannot be processed due to malformed syntax");
  const check = createChecks();
  const type = check.text(body, "payment_type", 255, true) ?? "";
  const detail = detailOf(check, body, type);
  const method = methodForType(type, detail);
  const { request, errors } = readSnapRequest({ ...body, expiry: null, page_expiry: null }, sandbox.clock.now());
  const expiry = readExpiry(check, body, type, sandbox.clock.now());
  const all = [...check.errors, ...errors];
  if (all.length > 0) return invalid(sandbox, all);
  if (!method || method.group === "card") return coreError(sandbox, 402, "Payment channel is not activated.");
  if (!acceptsAmount(method, request.gross_amount)) {
    return invalid(sandbox, ["transaction_details.gross_amount is out of the range of this payment type"]);
  }
  if (!isFree(sandbox, request.order_id)) {
    return coreError(sandbox, 406, CONFLICT);
  }
  const given = isObject(body[type]) ? body[type]["callback_url"] : undefined;
  return open(sandbox, req, { ...request, expiry }, method, typeof given === "string" ? given : undefined);
}

/** QR pictures at the addresses that a charge names; they carry no key, as a buyer's browser loads them. */
export function chargeImages(sandbox: Sandbox): Router {
  const router = Router();
  const paths = ["/v2/qris/:id/qr-code", "/v2/gopay/:id/qr-code", "/v4/qris/gopay/:id/qr-code"];
  router.get(paths, async (req, res) => {
    const transaction = findTransaction(sandbox, String(req.params["id"]));
    if (!transaction) return void res.status(404).json(coreError(sandbox, 404, "Transaction doesn't exist.").body);
    const picture = await toBuffer(qrText(transaction.id, transaction.gross_amount), { width: 480, margin: 2 });
    res.type("png").send(picture);
  });
  return router;
}
