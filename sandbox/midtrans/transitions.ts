import type { TransactionStatus } from "../model.ts";
import { type MethodCode, methodOf } from "./methods.ts";

/** midtrans.md 5.2. Refunds and chargebacks are named here for the control pages; the refund API adds its own rules. */
const NEXT: Record<TransactionStatus, readonly TransactionStatus[]> = {
  pending: ["settlement", "capture", "authorize", "expire", "cancel", "deny", "failure"],
  authorize: ["capture", "cancel", "deny", "expire"],
  capture: ["settlement", "cancel", "deny"],
  settlement: ["refund", "partial_refund", "chargeback", "partial_chargeback", "deny"],
  partial_refund: ["partial_refund", "refund"],
  partial_chargeback: ["chargeback"],
  deny: [],
  cancel: [],
  expire: [],
  failure: [],
  refund: [],
  chargeback: [],
};

/** Methods whose paid transactions a bank may still turn into deny, minutes later. */
const REVERSIBLE: readonly MethodCode[] = ["permata_va", "echannel", "indomaret"];

export const STATUSES = Object.keys(NEXT) as TransactionStatus[];

/** Narrows a word from outside to one of the statuses. */
export const isStatus = (word: unknown): word is TransactionStatus => STATUSES.some((status) => status === word);

/**
 * The statuses that a transaction of this method may take now. Cards are captured, everything else settles at once;
 * bank and counter money has no refund.
 */
export function legalMoves(method: MethodCode, from: TransactionStatus): TransactionStatus[] {
  const card = method === "credit_card";
  const { refund } = methodOf(method);
  return NEXT[from].filter((to) => {
    if (to === "authorize") return card;
    if (to === "capture") return card || from === "authorize";
    if (from === "pending" && to === "settlement") return !card;
    if (from === "settlement" && to === "deny") return REVERSIBLE.includes(method);
    if (to === "refund") return refund !== null;
    if (to === "partial_refund") return refund?.partial === true;
    if (to === "chargeback" || to === "partial_chargeback") return card;
    return true;
  });
}
