import type { Request } from "express";
import type { Answer } from "../answer.ts";
import type { Sandbox } from "../sandbox.ts";
import { createChecks, isObject } from "./checks.ts";
import { bodyOf, coreError, invalid } from "./http.ts";
import { methodOf } from "./methods.ts";
import { changeStatus, findTransaction } from "./transactions.ts";
import { cardDetails, notificationCode, transactionMembers } from "./wire.ts";

/**
 * POST /v2/capture: takes what was reserved, or a part of it, and releases the rest (midtrans.md 4.7). A card then
 * waits for its batch; a wallet's money is there at once.
 */
export function capture(sandbox: Sandbox, req: Request): Answer {
  const body = bodyOf(req);
  if (!isObject(body)) return coreError(sandbox, 413, "The request cannot be processed due to malformed syntax");
  const check = createChecks();
  const id = check.text(body, "transaction_id", 255, true) ?? "";
  const asked = check.integer(body, "gross_amount");
  if (check.errors.length > 0) return invalid(sandbox, check.errors);
  const transaction = findTransaction(sandbox, id);
  if (!transaction) return coreError(sandbox, 404, "Transaction doesn't exist.");
  if (transaction.status !== "authorize" || transaction.fraud_status === "challenge") {
    return coreError(sandbox, 412, "Merchant cannot modify the status of the transaction");
  }
  const amount = asked ?? transaction.gross_amount;
  if (amount <= 0 || amount > transaction.gross_amount) {
    return invalid(sandbox, ["gross_amount must be greater than 0 and not greater than the authorized amount"]);
  }
  const taken = { ...transaction, gross_amount: amount, authorized_amount: transaction.gross_amount };
  const wallet = methodOf(transaction.method).group === "wallet";
  const by = "merchant";
  const captured = changeStatus(sandbox, taken, "capture", { by, notify: !wallet });
  const next = wallet ? changeStatus(sandbox, captured, "settlement", { by, notify: true }) : captured;
  const words = {
    status_code: notificationCode(next),
    status_message: wallet
      ? "Success, GoPay transaction is captured"
      : "Success, Credit Card capture transaction is successful",
  };
  return {
    status: 200,
    body: { ...words, ...transactionMembers(next, sandbox.config.merchantId), ...cardDetails(next) },
  };
}
