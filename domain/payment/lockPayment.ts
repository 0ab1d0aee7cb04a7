import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId, SavedCardId, SessionId, TransactionId, UserId } from "../kernel/ids.ts";
import type { PaymentMethod } from "./methods.rules.ts";
import type { TransactionState } from "./payment.rules.ts";
import type { PaymentStatus } from "./payment.states.ts";

type PaymentPurpose = "ORDER" | "ENROLLMENT";

/** A payment's row under lock. */
export interface PaymentRow {
  readonly id: PaymentId;
  readonly number: string;
  readonly purpose: PaymentPurpose;
  readonly status: PaymentStatus;
  readonly userId: UserId;
  readonly sessionId: SessionId | null;
  readonly amount: number;
  readonly coveringTransactionId: TransactionId | null;
  readonly tries: number;
  readonly version: number;
  /** null: it never was. */
  readonly paidAt: Date | null;
  readonly expiresAt: Date;
}

export interface TransactionRow {
  readonly id: TransactionId;
  readonly gatewayOrderId: string;
  readonly method: PaymentMethod;
  readonly savedCardId: SavedCardId | null;
  readonly state: TransactionState;
  readonly gatewayTransactionId: string | null;
  readonly gatewayPaymentType: string | null;
  readonly gatewayStatus: string | null;
  readonly fraudStatus: string | null;
  readonly amount: number;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
  /** What of it went back by bank transfer, of which the gateway knows nothing. */
  readonly refundedByHand: number;
  readonly chargedBackAmount: number;
  readonly instructions: Readonly<Record<string, string>>;
  readonly settledAt: Date | null;
  readonly polls: number;
  readonly createdAt: Date;
}

export interface LockedPayment {
  readonly payment: PaymentRow;
  /** Oldest first. */
  readonly transactions: readonly TransactionRow[];
}

const PAYMENT_COLUMNS =
  "id, number, purpose, status, user_id, session_id, amount, covering_transaction_id, tries, version, paid_at, " +
  "expires_at";
const TRANSACTION_COLUMNS =
  "id, gateway_order_id, method, saved_card_id, state, gateway_transaction_id, gateway_payment_type, gateway_status, " +
  "fraud_status, amount, captured_amount, refunded_amount, refunded_by_hand, charged_back_amount, instructions, " +
  "settled_at, polls, created_at";

/**
 * A payment and its transactions as they stand, unlocked: for a look before an outside call.
 *
 * @param isAllowed whose it is not costs as much as one that is not there: nobody tells them apart by the time
 */
export async function readPayment(
  db: App["db"],
  paymentId: PaymentId,
  isAllowed: (payment: PaymentRow) => boolean = () => true,
): Promise<LockedPayment | null> {
  const [payment] = await db.sql<PaymentRow>(`select ${PAYMENT_COLUMNS} from payments where id = $1`, [paymentId]);
  if (!payment || !isAllowed(payment)) return null;
  const transactions = await db.sql<TransactionRow>(
    `select ${TRANSACTION_COLUMNS} from payment_transactions
      where payment_id = $1 order by created_at, gateway_order_id`,
    [paymentId],
  );
  return { payment, transactions };
}

/**
 * Locks in the order that every money transaction keeps: what the payments pay for (orders by id), the payments, their
 * transactions. An unknown payment is not in the answer.
 */
export async function lockPayments(
  tx: Tx,
  app: Pick<App, "effects">,
  paymentIds: readonly PaymentId[],
): Promise<Map<PaymentId, LockedPayment>> {
  const found = await tx.sql<{ id: PaymentId; sessionId: SessionId | null; purpose: PaymentPurpose }>(
    "select id, session_id, purpose from payments where id = any($1::uuid[])",
    [paymentIds],
  );
  // One order for everybody: orders before whoever learns.
  for (const purpose of [...new Set(found.map((payment) => payment.purpose))].sort().reverse()) {
    const ofPurpose = found.filter((one) => one.purpose === purpose);
    const sessionIds = ofPurpose.flatMap(({ sessionId }) => sessionId ?? []);
    const ids = ofPurpose.map(({ id }) => id);
    await app.effects[purpose].lock(tx, sessionIds, ids);
  }
  const payments = await tx.sql<PaymentRow>(
    `select ${PAYMENT_COLUMNS} from payments where id = any($1::uuid[]) order by id for update`,
    [paymentIds],
  );
  const transactions = await tx.sql<TransactionRow & { readonly paymentId: PaymentId }>(
    `select ${TRANSACTION_COLUMNS}, payment_id from payment_transactions
      where payment_id = any($1::uuid[]) order by payment_id, created_at, gateway_order_id for update`,
    [paymentIds],
  );
  return new Map(
    payments.map((payment) => [
      payment.id,
      { payment, transactions: transactions.filter(({ paymentId }) => paymentId === payment.id) },
    ]),
  );
}

/** As lockPayments, of one; null for an unknown payment. */
export async function lockPayment(
  tx: Tx,
  app: Pick<App, "effects">,
  paymentId: PaymentId,
): Promise<LockedPayment | null> {
  return (await lockPayments(tx, app, [paymentId])).get(paymentId) ?? null;
}

/** The try that can still be paid, if there is one. */
export const liveTransaction = <T extends { readonly state: TransactionState }>(transactions: readonly T[]): T | null =>
  transactions.find(({ state }) => state === "STARTING" || state === "LIVE" || state === "UNKNOWN") ?? null;

/**
 * The try that a person looks at: what paid for it, or what it can be paid by now. Money of another sum, which goes
 * back, pays for nothing: the try after it is shown.
 *
 * @param transactions oldest first
 */
export function currentTransaction<T extends { readonly state: TransactionState }>(
  status: PaymentStatus,
  transactions: readonly T[],
): T | null {
  const isOpen = status === "PENDING" || status === "CHALLENGED";
  const paid = isOpen ? undefined : transactions.find(({ state }) => state === "PAID");
  return paid ?? liveTransaction(transactions) ?? transactions.at(-1) ?? null;
}

/**
 * What the gateway is asked by: the order id, and once a transaction of it has paid that one's own id, because an order
 * id answers for its newest transaction.
 */
export const statusIdOf = (
  transaction: Pick<TransactionRow, "state" | "gatewayOrderId" | "gatewayTransactionId">,
): string => (transaction.state === "PAID" ? transaction.gatewayTransactionId : null) ?? transaction.gatewayOrderId;
