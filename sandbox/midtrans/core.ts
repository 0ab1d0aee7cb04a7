import { type Request, Router } from "express";
import { type Answer, endpoint } from "../answer.ts";
import type { ApiTarget } from "../faults.ts";
import type { Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { charge } from "./charge.ts";
import { bodyOf, coreError, coreForm, gate } from "./http.ts";
import { idempotency } from "./idempotency.ts";
import { refund } from "./refunds.ts";
import { changeStatus, findTransaction } from "./transactions.ts";
import { legalMoves } from "./transitions.ts";
import { statusBody, transactionMembers, type Wire } from "./wire.ts";

const LOCKED = "Merchant cannot modify the status of the transaction";

const byMerchant = { by: "merchant", notify: true };

/** The short answer of cancel, expire, approve and deny (midtrans.md 4.4 to 4.6). */
function done(sandbox: Sandbox, transaction: Transaction, code: string, message: string): Answer {
  const members: Wire = transactionMembers(transaction, sandbox.config.merchantId);
  return { status: 200, body: { status_code: code, status_message: message, ...members } };
}

function cancel(sandbox: Sandbox, transaction: Transaction): Answer {
  if (!legalMoves(transaction.method, transaction.status).includes("cancel")) return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, "cancel", byMerchant);
  return done(sandbox, next, "200", "Success, transaction is canceled");
}

function expire(sandbox: Sandbox, transaction: Transaction): Answer {
  if (transaction.status !== "pending") return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, "expire", byMerchant);
  return done(sandbox, next, "407", "Success, transaction has expired");
}

const isChallenged = ({ status, fraud_status }: Transaction): boolean =>
  status === "capture" && fraud_status === "challenge";

function approve(sandbox: Sandbox, transaction: Transaction): Answer {
  if (!isChallenged(transaction)) return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, "capture", { ...byMerchant, fraud_status: "accept" });
  return done(sandbox, next, "200", "Success, transaction is approved");
}

function deny(sandbox: Sandbox, transaction: Transaction): Answer {
  if (!isChallenged(transaction)) return coreError(sandbox, 412, LOCKED);
  const next = changeStatus(sandbox, transaction, "deny", byMerchant);
  return done(sandbox, next, "200", "Success, transaction is denied");
}

/** The Core API below /v2 (midtrans.md 4). Ids are order_id or transaction_id. */
export function coreRoutes(sandbox: Sandbox): Router {
  const router = Router();
  router.use(gate(sandbox, "core"), idempotency(sandbox));

  const action = (target: ApiTarget, act: (transaction: Transaction, req: Request, met?: string) => Answer) =>
    endpoint(sandbox, target, coreForm(sandbox), (req, met) => {
      const transaction = findTransaction(sandbox, String(req.params["id"]));
      if (!transaction) return coreError(sandbox, 404, "Transaction doesn't exist.");
      return act(transaction, req, met);
    });

  const status = (transaction: Transaction): Answer => ({
    status: 200,
    body: statusBody(transaction, sandbox.config),
  });
  const refunding = (direct: boolean) => (transaction: Transaction, req: Request, met?: string) => {
    const body = bodyOf(req);
    if (body === undefined) return coreError(sandbox, 413, "The request cannot be processed due to malformed syntax");
    return refund(sandbox, transaction, body, { direct, denied: met === "denied" });
  };

  router.post(
    "/charge",
    endpoint(sandbox, "midtrans.charge", coreForm(sandbox), (req) => charge(sandbox, req)),
  );
  router.get("/:id/status", action("midtrans.status", status));
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
