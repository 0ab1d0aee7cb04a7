import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, PaymentId, RefundId, TransactionId, UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import type { Verdict } from "../kernel/stateTable.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import { send } from "../messages.ts";
import { type RefundEvent, type RefundStatus, refundStates } from "./refund.states.ts";

/** A refund under lock. Whole rupiah. */
export interface RefundRow {
  readonly id: RefundId;
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
  /** null: for the payment, not for one order. */
  readonly orderId: OrderId | null;
  readonly amount: number;
  readonly reason: string;
  readonly status: RefundStatus;
  readonly cause: "ORPHAN" | "CANCEL" | "STAFF" | "GATEWAY";
  readonly keyNumber: number;
  /** null: nothing was sent under this key. */
  readonly keySentAt: Date | null;
  readonly attempts: number;
  /** Looks in a row at a gateway that did not answer. */
  readonly unanswered: number;
  readonly nextAttemptAt: Date | null;
  readonly claimedUntil: Date | null;
  readonly gatewayRefundId: string | null;
  /** null: the shop itself owes it. */
  readonly requestedBy: UserId | null;
  readonly approvedBy: UserId | null;
  /** null: not paid back by hand. */
  readonly settledBy: UserId | null;
  /** The bank's, of a transfer by hand. */
  readonly bankReference: string | null;
  readonly createdAt: Date;
}

const COLUMNS =
  "id, payment_id, transaction_id, order_id, amount, reason, status, cause, key_number, key_sent_at, attempts, " +
  "unanswered, next_attempt_at, claimed_until, gateway_refund_id, requested_by, approved_by, settled_by, " +
  "bank_reference, created_at";

/** Locks the refunds of a transaction, in the order of their ids. Its payment is locked by the caller. */
export const lockRefundsOf = (tx: Tx, transactionId: TransactionId): Promise<RefundRow[]> =>
  tx.sql<RefundRow>(`select ${COLUMNS} from refunds where transaction_id = $1 order by id for update`, [transactionId]);

/** Locks one refund, after its payment; null where there is none. */
export async function lockRefund(tx: Tx, refundId: RefundId): Promise<RefundRow | null> {
  const [row] = await tx.sql<RefundRow>(`select ${COLUMNS} from refunds where id = $1 for update`, [refundId]);
  return row ?? null;
}

/** The alert about a refund that the gateway refused for good; over when the refund moves on. */
export const REFUND_FAILED = "REFUND_FAILED";

/** The alert that the merchant's money at the gateway is too little; over with the next refund that is paid of it. */
export const REFUND_FUNDS = "REFUND_FUNDS";

/** Tells the rest of the shop that a refund was done: whoever wrote that it SUCCEEDED. */
export const sendDone = (tx: Tx, now: Date, refundId: RefundId): Promise<void> =>
  send(tx, now, "refund.done", { refundId }, { key: refundId });

/** What a step changes besides the status. */
export interface RefundStep {
  /** Left out: a refund that moved has nothing due any more, another keeps what it had. */
  readonly nextAttemptAt?: Date | null;
  /** The key was refused for good: the next try has a new one. */
  readonly newKey?: boolean;
  /** How many tries this one adds; one that had to wait takes its own back. */
  readonly tries?: number;
}

/** It is owed, whoever is to send it: the ledger knows no more of it. */
const isOwed = (status: RefundStatus): boolean =>
  status === "PENDING" || status === "PROCESSING" || status === "MANUAL";

/**
 * Applies one event to a locked refund by the total table: the one place that writes a refund's status. A cell with a
 * case opens one: money may have gone twice.
 */
export async function advanceRefund(
  tx: Tx,
  app: { ids: Ids; now: Date },
  refund: RefundRow,
  event: RefundEvent,
  step: RefundStep = {},
): Promise<Verdict<RefundStatus>> {
  const verdict = refundStates.verdict(refund.status, event);
  if (verdict.kind !== "never") {
    const { nextAttemptAt = verdict.kind === "moved" ? null : refund.nextAttemptAt } = step;
    await tx.sql(
      `update refunds
          set status = $2, next_attempt_at = $3, claimed_until = case when $2 = 'PROCESSING' then claimed_until end,
              key_number = key_number + $4, key_sent_at = case when $4 = 0 then key_sent_at end,
              attempts = attempts + $5, unanswered = case when $2 = 'PROCESSING' then unanswered else 0 end,
              updated_at = $6,
              succeeded_at = case when $2 = 'SUCCEEDED' then coalesce(succeeded_at, $6) end
        where id = $1`,
      [refund.id, verdict.next, nextAttemptAt, step.newKey ? 1 : 0, step.tries ?? 0, app.now],
    );
  }
  if (verdict.kind === "moved" && !(isOwed(refund.status) && isOwed(verdict.next)))
    await bookPayments(tx, app.now, [refund.paymentId]);
  if (verdict.kind === "moved" && refund.status === "FAILED") await clearAlertOf(tx, app.now, REFUND_FAILED, refund.id);
  if (verdict.kind === "moved" && verdict.next === "SUCCEEDED") {
    if (event === "confirmed") await clearAlertOf(tx, app.now, REFUND_FUNDS, "midtrans");
    await sendDone(tx, app.now, refund.id);
  }
  if (verdict.opensCase) {
    const summary = `A refund that is ${refund.status} met ${event}: its money may have gone twice`;
    await openTwiceCase(tx, app, refund, { summary, evidence: { status: refund.status, event } });
  }
  return verdict;
}

/** Puts before a person that a refund's money may have gone twice. */
async function openTwiceCase(
  tx: Tx,
  app: { ids: Ids; now: Date },
  { id, paymentId, orderId, transactionId, amount }: RefundRow,
  story: { readonly summary: string; readonly evidence: object },
): Promise<void> {
  await openMoneyCase(tx, app, {
    kind: "REFUND_AND_REVERSAL",
    subject: id,
    paymentId,
    orderId,
    transactionId,
    amount,
    ...story,
    actions: ["DISMISS"],
  });
}

/**
 * Less of a locked refund is owed than somebody was allowed to transfer by hand, who may be doing so now: a person asks
 * him. Nothing happens where nobody was allowed to. Whole rupiah.
 *
 * @param left what of it is still owed
 */
export async function warnTransferrer(
  tx: Tx,
  app: { ids: Ids; now: Date },
  refund: RefundRow,
  left: number,
): Promise<void> {
  const { status, approvedBy, amount } = refund;
  if (approvedBy === null || (status !== "MANUAL" && status !== "FAILED")) return;
  await openTwiceCase(tx, app, refund, {
    summary: `A transfer of ${formatRupiah(amount)} was approved and ${formatRupiah(left)} is still owed: stop it`,
    evidence: { approvedBy, approved: amount, left },
  });
}

/**
 * True while nothing of it can have gone: no key was sent, or the gateway refused each that was. A void is sent without
 * a key.
 */
export function isUnsent({ status, keySentAt, keyNumber, attempts }: RefundRow): boolean {
  const isVoiding = status === "PROCESSING" && attempts > 0 && keyNumber === 1;
  const isRefused = status === "MANUAL" || status === "FAILED";
  const isOpen = status === "PENDING" || status === "PROCESSING";
  return isRefused || (isOpen && keySentAt === null && !isVoiding);
}

/**
 * The money of a locked refund went away by itself. One that a worker has claimed and not sent is withdrawn, too: the
 * worker looks at it again before it sends anything.
 */
export async function withdrawRefund(tx: Tx, app: { ids: Ids; now: Date }, refund: RefundRow): Promise<void> {
  const isClaimed = refund.status === "PROCESSING" && isUnsent(refund);
  await warnTransferrer(tx, app, refund, 0);
  await advanceRefund(tx, app, isClaimed ? { ...refund, status: "PENDING" } : refund, "moneyGone");
}

/** As withdrawRefund, of every refund of a transaction. The payment is locked by the caller. */
export async function advanceRefunds(
  tx: Tx,
  app: { ids: Ids; now: Date },
  transactionId: TransactionId,
  _event: "moneyGone",
): Promise<void> {
  for (const refund of await lockRefundsOf(tx, transactionId)) await withdrawRefund(tx, app, refund);
}
