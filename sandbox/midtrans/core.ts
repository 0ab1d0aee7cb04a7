import { type Request, Router } from "express";
import { type Answer, endpoint } from "../answer.ts";
import type { ApiTarget } from "../faults.ts";
import type { Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { accountRoutes } from "./accounts.ts";
import { capture } from "./capture.ts";
import { pointInquiry } from "./cards.ts";
import { actionsOf, charge } from "./charge.ts";
import { bodyOf, coreError, coreForm, gate } from "./http.ts";
import { idempotency } from "./idempotency.ts";
import { refund } from "./refunds.ts";
import { changeStatus, findTransaction } from "./transactions.ts";
import { legalMoves } from "./transitions.ts";
import { rupiah, statusBody, transactionMembers, type Wire } from "./wire.ts";

const LOCKED = "Merchant cannot modify the status of the transaction";

const byMerchant = { by: "merchant", notify: true };

/** The short answer of cancel, expire, approve and deny (midtrans.md 4.4 to 4.6). */
function done(sandbox: Sandbox, transaction: Transaction, code: string, message: string): Answer {
  const members: Wire = transactionMembers(transaction, sandbox.config.merchantId);
  return { status: 200, body: { status_code: code, status_message: message, ...members } };
}

/** Methods that know no expire call, and one that knows no cancel either (midtrans.md 3.9, 4.3). */
const UNENDING: readonly string[] = ["dana", "ovo"];

function cancel(sandbox: Sandbox, transaction: Transaction): Answer {
  const may = legalMoves(transaction.method, transaction.status).includes("cancel") && transaction.method !== "ovo";
  if (!may) return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, "cancel", byMerchant);
  return done(sandbox, next, "200", "Success, transaction is canceled");
}

function expire(sandbox: Sandbox, transaction: Transaction): Answer {
  const expires = transaction.status === "pending" && !UNENDING.includes(transaction.method);
  if (!expires) return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, "expire", byMerchant);
  return done(sandbox, next, "407", "Success, transaction has expired");
}

const isChallenged = ({ status, fraud_status }: Transaction): boolean =>
  (status === "capture" || status === "authorize") && fraud_status === "challenge";

function approve(sandbox: Sandbox, transaction: Transaction): Answer {
  if (!isChallenged(transaction)) return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, transaction.status, { ...byMerchant, fraud_status: "accept" });
  return done(sandbox, next, "200", "Success, transaction is approved");
}

function deny(sandbox: Sandbox, transaction: Transaction): Answer {
  if (!isChallenged(transaction)) return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, "deny", byMerchant);
  return done(sandbox, next, "200", "Success, transaction is denied");
}

/** The transaction that a call names; DANA's are known by their transaction_id alone (midtrans.md 4.1). */
function named(sandbox: Sandbox, id: string): Transaction | undefined {
  const found = findTransaction(sandbox, id);
  return found && found.method === "dana" && found.id !== id ? undefined : found;
}

/** Payments into one account, the later ones under order_ids of Midtrans's own making (midtrans.md 3.5). */
function b2bStatus(sandbox: Sandbox, transaction: Transaction): Answer {
  const rows = sandbox.store.transactions.values();
  const paid = rows.filter((row) => row.id === transaction.id || row.parent_id === transaction.id);
  const transactions = paid.map((row) => ({
    transaction_id: row.id,
    order_id: row.order_id,
    gross_amount: rupiah(row.gross_amount),
    transaction_status: row.status,
    ...row.instrument,
  }));
  const words = { status_code: "200", status_message: "Success, B2B VA transaction is found" };
  return { status: 200, body: { ...words, transactions } };
}

/** DANA's and ShopeePay's waiting payments tell their addresses in the status too (midtrans.md 4.2). */
const statusActions = (sandbox: Sandbox, transaction: Transaction): Wire =>
  transaction.method === "dana" || transaction.method === "shopeepay" ? actionsOf(sandbox, transaction) : {};

/** Calls that name no transaction in their path. */
function unnamedRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const form = coreForm(sandbox);
  router.post(
    "/charge",
    endpoint(sandbox, "midtrans.charge", form, (req) => charge(sandbox, req)),
  );
  router.post(
    "/capture",
    endpoint(sandbox, "midtrans.capture", form, (req) => capture(sandbox, req)),
  );
  router.get(
    "/point_inquiry/:id",
    endpoint(sandbox, "midtrans.token", form, (req) => pointInquiry(sandbox, String(req.params["id"]))),
  );
  router.use("/pay/account", accountRoutes(sandbox));
  return router;
}

/** The Core API below /v2 (midtrans.md 4). Ids are order_id or transaction_id. */
export function coreRoutes(sandbox: Sandbox): Router {
  const router = Router();
  router.use(gate(sandbox, "core"), idempotency(sandbox), unnamedRoutes(sandbox));

  const action = (target: ApiTarget, act: (transaction: Transaction, req: Request, met?: string) => Answer) =>
    endpoint(sandbox, target, coreForm(sandbox), (req, met) => {
      const transaction = named(sandbox, String(req.params["id"]));
      if (!transaction) return coreError(sandbox, 404, "Transaction doesn't exist.");
      return act(transaction, req, met);
    });

  const status = (transaction: Transaction): Answer => ({
    status: 200,
    body: { ...statusBody(transaction, sandbox.config), ...statusActions(sandbox, transaction) },
  });
  const refunding = (direct: boolean) => (transaction: Transaction, req: Request, met?: string) => {
    const body = bodyOf(req);
    if (body === undefined) return coreError(sandbox, 413, "The request cannot be processed due to malformed syntax");
    return refund(sandbox, transaction, body, { direct, trouble: met === "denied" || met === "funds" ? met : null });
  };

  router.get("/:id/status", action("midtrans.status", status));
  router.get(
    "/:id/status/b2b",
    action("midtrans.status", (transaction) => b2bStatus(sandbox, transaction)),
  );
  router.post(
    "/:id/cancel",
    action("midtrans.cancel", (transaction) => cancel(sandbox, transaction)),
  );
  router.post(
    "/:id/expire",
    action("midtrans.expire", (transaction) => expire(sandbox, transaction)),
  );
  router.post(
    "/:id/approve",
    action("midtrans.approve", (transaction) => approve(sandbox, transaction)),
  );
  router.post(
    "/:id/deny",
    action("midtrans.deny", (transaction) => deny(sandbox, transaction)),
  );
  router.post("/:id/refund", action("midtrans.refund", refunding(false)));
  router.post("/:id/refund/online/direct", action("midtrans.refund", refunding(true)));
  router.use((_req, res) => {
    res.status(404).json(coreError(sandbox, 404, "The requested resource is not found").body);
  });
  return router;
}
