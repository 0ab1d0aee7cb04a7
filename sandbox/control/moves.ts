import { randomUUID } from "node:crypto";
import { isObject, type Json } from "../midtrans/checks.ts";
import {
  acceptsAmount,
  METHODS,
  type Method,
  type MethodCode,
  methodForType,
  methodOf,
  offeredMethods,
} from "../midtrans/methods.ts";
import { chargeBack, dashboardRefund } from "../midtrans/refunds.ts";
import { readSnapRequest } from "../midtrans/snapRequest.ts";
import { type Basis, changeStatus, findTransaction, openTransaction } from "../midtrans/transactions.ts";
import { isStatus, legalMoves, STATUSES } from "../midtrans/transitions.ts";
import { amountLeft, paymentTypeOf } from "../midtrans/wire.ts";
import type { FraudStatus, Transaction, TransactionStatus } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";

/** What the control API answers: `problem` with an HTTP status, or the transaction as it is now. */
export type Moved = { problem: string; status: 400 | 404 | 409 | 412 } | { transaction: Transaction };

interface Order {
  to: TransactionStatus;
  method: Method | undefined;
  fraud: FraudStatus | undefined;
  amount: number | undefined;
  refundAmount: number | undefined;
  chargebackAmount: number | undefined;
  issuer: string | undefined;
  notify: boolean;
  force: boolean;
  fresh: boolean;
  transactionId: string | undefined;
}

const FRAUD: readonly string[] = ["accept", "challenge", "deny"];

const wholeRupiah = (value: unknown): number | undefined => {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** The method that a body names, by Snap's code or by payment_type with a bank or store. */
function methodIn(body: Json): Method | undefined {
  const { method, payment_type: type, bank, store } = body;
  if (typeof method === "string") return METHODS.find((known) => known.code === method);
  const detail = typeof bank === "string" ? bank : typeof store === "string" ? store : undefined;
  return typeof type === "string" ? methodForType(type, detail) : undefined;
}

function readOrder(body: unknown): Order | string {
  if (!isObject(body)) return "the body must be a JSON object";
  const { transaction_status: to, fraud_status: fraud, gross_amount: amount, refund_amount: refund } = body;
  const { chargeback_amount: disputed, issuer } = body;
  // A word of the buttons that is not a status of Midtrans.
  const challenged = to === "challenge";
  const status = challenged ? "capture" : to;
  if (!isStatus(status)) return `transaction_status must be one of ${STATUSES.join(", ")}`;
  if (fraud !== undefined && !FRAUD.includes(String(fraud))) return "fraud_status must be accept, challenge or deny";
  const method = methodIn(body);
  if ((body["payment_type"] ?? body["method"]) !== undefined && !method) return "unknown payment_type or method";
  if (amount !== undefined && wholeRupiah(amount) === undefined) return "gross_amount must be a whole number of rupiah";
  if (refund !== undefined && wholeRupiah(refund) === undefined)
    return "refund_amount must be a whole number of rupiah";
  if (disputed !== undefined && wholeRupiah(disputed) === undefined)
    return "chargeback_amount must be a whole number of rupiah";
  return {
    to: status,
    method,
    fraud: challenged ? "challenge" : (fraud as FraudStatus | undefined),
    amount: wholeRupiah(amount),
    refundAmount: wholeRupiah(refund),
    chargebackAmount: wholeRupiah(disputed),
    issuer: typeof issuer === "string" ? issuer : undefined,
    notify: body["notify"] !== false,
    force: body["force"] === true,
    fresh: body["new"] === true,
    transactionId: typeof body["transaction_id"] === "string" ? body["transaction_id"] : undefined,
  };
}

/** Ground for an order that never asked for a page: static QR, dashboard links and other money from nowhere. */
const strayBasis = (sandbox: Sandbox, orderId: string, amount: number): Basis => ({
  token: null,
  order_id: orderId,
  born: sandbox.clock.now(),
  request: readSnapRequest({ transaction_details: { order_id: orderId, gross_amount: amount } }, sandbox.clock.now())
    .request,
  notification_urls: [sandbox.config.notificationUrl],
});

/** QRIS where the page offers it and its limit allows, else the first offered method that takes the amount. */
function defaultMethod(page: Basis, order: Order): MethodCode {
  const cardOnly = order.fraud === "challenge" || order.to === "capture" || order.to === "authorize";
  if (order.method) return order.method.code;
  if (cardOnly) return "credit_card";
  const fitting = offeredMethods(page.request.enabled_payments).filter((m) =>
    acceptsAmount(m, page.request.gross_amount),
  );
  return (fitting.find((method) => method.group !== "card") ?? fitting[0])?.code ?? "other_qris";
}

/** Statuses that a transaction may begin with; the others follow on a silent pending. */
const BEGINNINGS: readonly TransactionStatus[] = ["pending", "authorize", "capture", "settlement", "deny", "failure"];

/** Changes the amount, or the payer's app, that everything about the transaction tells from now on. */
function changed(sandbox: Sandbox, transaction: Transaction, { amount, issuer }: Order): Transaction {
  const gross_amount = amount ?? transaction.gross_amount;
  if (gross_amount === transaction.gross_amount && issuer === undefined) return transaction;
  const payer = issuer === undefined ? {} : { issuer };
  return sandbox.store.transactions.put({ ...transaction, gross_amount, ...payer });
}

function create(sandbox: Sandbox, orderId: string, order: Order): Moved {
  const known = sandbox.store.pages.inGroup(orderId).at(-1);
  const stray = order.force && order.amount !== undefined ? strayBasis(sandbox, orderId, order.amount) : undefined;
  const page: Basis | undefined = known ?? stray;
  if (!page)
    return { problem: `no page for ${orderId}; "force" with "gross_amount" makes one from nothing`, status: 404 };
  // Nobody can choose on a page that was closed; money that comes by it all the same is a fault of its own.
  if (known?.state === "canceled" && !order.force) {
    return { problem: `the page of ${orderId} is closed; "force" pays on it all the same`, status: 412 };
  }
  const code = defaultMethod(page, order);
  const direct = BEGINNINGS.includes(order.to);
  const priced =
    order.amount === undefined ? page : { ...page, request: { ...page.request, gross_amount: order.amount } };
  const transaction = openTransaction(sandbox, priced, code, {
    onDesktop: false,
    status: direct ? order.to : "pending",
    by: "control",
    notify: direct && order.notify,
    ...(order.fraud ? { fraud_status: order.fraud } : {}),
    ...(order.issuer === undefined ? {} : { more: { issuer: order.issuer } }),
  });
  return direct ? { transaction } : move(sandbox, transaction, order);
}

const half = (amount: number): number => Math.floor(amount / 2);

function move(sandbox: Sandbox, transaction: Transaction, order: Order): Moved {
  const { to, fraud, notify } = order;
  const samePlace = to === transaction.status && fraud !== undefined && fraud !== transaction.fraud_status;
  const legal = samePlace || legalMoves(transaction.method, transaction.status).includes(to);
  if (!legal && !order.force) {
    const now = `${transaction.status}${transaction.fraud_status === "challenge" ? " (challenge)" : ""}`;
    return {
      problem: `${transaction.method} cannot go from ${now} to ${to}; "force" does it all the same`,
      status: 412,
    };
  }
  const priced = changed(sandbox, transaction, order);
  if (to === "refund" || to === "partial_refund") {
    const part = order.refundAmount ?? (to === "partial_refund" ? half(priced.gross_amount) : undefined);
    if (!dashboardRefund(sandbox, priced, part, notify)) return { problem: "nothing left to refund", status: 409 };
    return { transaction: sandbox.store.transactions.get(priced.id) ?? priced };
  }
  if (to === "chargeback" || to === "partial_chargeback") {
    const part = order.chargebackAmount ?? (to === "partial_chargeback" ? half(amountLeft(priced)) : undefined);
    const taken = chargeBack(sandbox, priced, part, { by: "control", notify });
    if (taken) return { transaction: taken };
    if (!order.force) return { problem: "not as much is left to take back", status: 409 };
  }
  const change = { by: "control", notify, ...(fraud ? { fraud_status: fraud } : {}) };
  return { transaction: changeStatus(sandbox, priced, to, change) };
}

/**
 * Moves the order's transaction as the body asks, opening one with a fitting method where none was chosen. Only legal
 * moves (midtrans.md 5.2) unless `force`; `new` opens another transaction of the same order, as Snap may after a
 * denial.
 */
export function applyMove(sandbox: Sandbox, orderId: string, body: unknown): Moved {
  const order = readOrder(body);
  if (typeof order === "string") return { problem: order, status: 400 };
  const found = findTransaction(sandbox, order.transactionId ?? orderId);
  if (order.transactionId !== undefined && found?.order_id !== orderId) {
    return { problem: `no transaction ${order.transactionId} of ${orderId}`, status: 404 };
  }
  if (!found || order.fresh) return create(sandbox, orderId, order);
  const type = paymentTypeOf(found);
  if (order.method && order.method.code !== found.method && order.method.paymentType !== type) {
    return { problem: `the transaction is ${type} already; "new" opens another one`, status: 409 };
  }
  return move(sandbox, found, order);
}

/**
 * A later payment into the account of an earlier one, as open accounts take them: a transaction of its own under an
 * order_id of Midtrans's making (midtrans.md 3.5).
 */
export function payAgain(sandbox: Sandbox, id: string, body: unknown): Moved {
  const parent = findTransaction(sandbox, id);
  if (!parent) return { problem: `nothing known of ${id}`, status: 404 };
  if (methodOf(parent.method).group !== "bank")
    return { problem: "only bank accounts take a second payment", status: 409 };
  const amount = isObject(body) ? wholeRupiah(body["gross_amount"] ?? parent.gross_amount) : parent.gross_amount;
  if (amount === undefined) return { problem: "gross_amount must be a whole number of rupiah", status: 400 };
  const transaction = openTransaction(sandbox, strayBasis(sandbox, randomUUID(), amount), parent.method, {
    ...{ onDesktop: false, status: "settlement" as const, by: "control", notify: true },
    more: { instrument: parent.instrument, parent_id: parent.id },
  });
  return { transaction };
}
