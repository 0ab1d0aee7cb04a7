import { type Request, Router } from "express";
import { toBuffer } from "qrcode";
import type { Answer } from "../answer.ts";
import type { Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { chargeAccount } from "./accountCharge.ts";
import { cardMessage, openCard } from "./cardCharge.ts";
import { badToken } from "./cards.ts";
import { type ChargeRequest, readCharge } from "./chargeRequest.ts";
import { isObject } from "./checks.ts";
import { bodyOf, coreError, invalid } from "./http.ts";
import { qrText } from "./instruments.ts";
import type { Method } from "./methods.ts";
import { isUnknownPhone, ovoEnding } from "./ovo.ts";
import { isFree, notificationUrls } from "./snap.ts";
import { type Basis, findTransaction, openTransaction } from "./transactions.ts";
import { cardDetails, notificationCode, paymentTypeOf, transactionMembers, type Wire } from "./wire.ts";

const MESSAGES: Record<string, string> = {
  bank_transfer: "Success, Bank Transfer transaction is created",
  echannel: "OK, Mandiri Bill transaction is successful",
  cstore: "Success, cstore transaction is successful",
  gopay: "GoPay transaction is created",
  shopeepay: "ShopeePay transaction is created",
  qris: "QRIS transaction is created",
  dana: "Success, DANA transaction is created",
  ovo: "Success, OVO transaction is created",
  akulaku: "Success, Akulaku transaction is created",
  kredivo: "Success, Kredivo transaction is created",
};

const CONFLICT =
  "The request could not be completed due to a conflict with the current state of the target resource, " +
  "please try again";

/** Methods whose charges an Idempotency-Key does not cover (midtrans.md 1.4). */
const UNREMEMBERED: readonly string[] = ["permata_va", "indomaret"];

/** Addresses that belong to a waiting wallet, QR or partner page (midtrans.md 3.7 to 3.11); to be found by name. */
export function actionsOf(sandbox: Sandbox, transaction: Transaction): Wire {
  if (transaction.status !== "pending") return {};
  const type = paymentTypeOf(transaction);
  const base = sandbox.url();
  const get = (name: string, path: string): Wire => ({ name, method: "GET", url: `${base}${path}` });
  const acquirer = transaction.instrument["acquirer"] === "airpay shopee" ? "shopeepay" : "gopay";
  const qr = [
    get("generate-qr-code", `/v2/${type}/${transaction.id}/qr-code`),
    get("generate-qr-code-v2", `/v4/qris/${acquirer}/${transaction.id}/qr-code`),
  ];
  const deeplink = get("deeplink-redirect", `/wallet/${transaction.id}`);
  switch (type) {
    case "qris":
      return { qr_string: qrText(transaction.id, transaction.gross_amount), actions: qr };
    case "shopeepay":
    case "dana":
      return { actions: [deeplink] };
    case "akulaku":
    case "kredivo":
      return { redirect_url: `${base}/wallet/${transaction.id}` };
    case "credit_card":
      return transaction.card?.three_ds === "none" || !transaction.card
        ? {}
        : { redirect_url: `${base}/v2/3ds/redirect/rbav2/${transaction.id}` };
    case "gopay": {
      const cancel = { name: "cancel", method: "POST", url: `${base}/v2/${transaction.id}/cancel` };
      return { actions: [...qr, deeplink, get("get-status", `/v2/${transaction.id}/status`), cancel] };
    }
    default:
      return {};
  }
}

/** The answer that tells what has become of a charge. */
function told(sandbox: Sandbox, transaction: Transaction, method: Method): Answer {
  const members = transactionMembers(transaction, sandbox.config.merchantId);
  const denied = transaction.status === "deny" ? "Transaction is denied" : undefined;
  const message = method.group === "card" ? cardMessage(transaction) : (denied ?? MESSAGES[method.paymentType]);
  const head = { status_code: notificationCode(transaction), status_message: message ?? "Success" };
  const body = { ...head, ...members, ...cardDetails(transaction), ...actionsOf(sandbox, transaction) };
  return { status: 200, body, keep: !UNREMEMBERED.includes(method.code) };
}

const byMerchant = { by: "merchant", notify: true } as const;

function chargeCard(sandbox: Sandbox, basis: Basis, { card, method }: ChargeRequest): Answer {
  if (!card?.token || !method) return badToken(sandbox);
  const { token, ...order } = card;
  if (token.kind === "once") sandbox.store.cards.put({ ...token, state: "used" });
  const { user_id } = token;
  return told(sandbox, openCard(sandbox, basis, { ...order, card: token, user_id }, byMerchant), method);
}

function open(sandbox: Sandbox, basis: Basis, charge: ChargeRequest, method: Method): Answer {
  const { number, acquirer, payerPhone } = charge;
  if (isUnknownPhone(payerPhone)) return coreError(sandbox, 404, "User with requested phone number doesn't exist");
  const transaction = openTransaction(sandbox, basis, method.code, {
    onDesktop: false,
    status: "pending",
    ...byMerchant,
    wanted: { number, acquirer, payerPhone },
    more: { ...ovoEnding(payerPhone, basis.born), ...(charge.wallet?.pre_auth ? { pre_auth: true } : {}) },
  });
  return told(sandbox, transaction, method);
}

/**
 * A charge without a page (midtrans.md 3). One order_id is charged once: a second call is 406 while the first one lives
 * or is paid. Types and banks that methods.ts does not know are refused as not activated.
 */
export function charge(sandbox: Sandbox, req: Request): Answer {
  const body = bodyOf(req);
  if (!isObject(body)) return coreError(sandbox, 413, "The request cannot be processed due to malformed syntax");
  const { charge: asked, errors } = readCharge(sandbox, body);
  if (errors.length > 0) return invalid(sandbox, errors);
  const { method, request } = asked;
  if (!method) return coreError(sandbox, 402, "Payment channel is not activated.");
  if (!isFree(sandbox, request.order_id)) return coreError(sandbox, 406, CONFLICT);
  const basis: Basis = {
    token: null,
    order_id: request.order_id,
    born: sandbox.clock.now(),
    request,
    callback_url: asked.callback,
    notification_urls: notificationUrls(req, sandbox.config.notificationUrl),
  };
  if (asked.card) return chargeCard(sandbox, basis, asked);
  if (asked.wallet && asked.wallet.option !== "") {
    const paid = chargeAccount(sandbox, basis, asked.wallet, byMerchant);
    return paid ? told(sandbox, paid, method) : badToken(sandbox);
  }
  return open(sandbox, basis, asked, method);
}

/** QR pictures at the addresses that a charge names; they carry no key, as a buyer's browser loads them. */
export function chargeImages(sandbox: Sandbox): Router {
  const router = Router();
  const paths = ["/v2/:type/:id/qr-code", "/v4/qris/:type/:id/qr-code"];
  router.get(paths, async (req, res) => {
    const transaction = findTransaction(sandbox, String(req.params["id"]));
    if (!transaction) return void res.status(404).json(coreError(sandbox, 404, "Transaction doesn't exist.").body);
    const picture = await toBuffer(qrText(transaction.id, transaction.gross_amount), { width: 480, margin: 4 });
    res.type("png").send(picture);
  });
  return router;
}
