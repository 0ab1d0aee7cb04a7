import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId, SessionId, TransactionId, UserId } from "../kernel/ids.ts";
import type { PaymentMethod, TransactionState } from "./payment.rules.ts";
import type { PaymentStatus } from "./payment.states.ts";

/** A payment's row under lock. */
export interface PaymentRow {
  readonly id: PaymentId;
  readonly number: string;
  readonly purpose: "ORDER";
  readonly status: PaymentStatus;
  readonly userId: UserId;
  readonly sessionId: SessionId | null;
  readonly amount: number;
  readonly coveringTransactionId: TransactionId | null;
  readonly tries: number;
  readonly version: number;
  readonly expiresAt: Date;
}

export interface TransactionRow {
  readonly id: TransactionId;
  readonly gatewayOrderId: string;
  readonly method: PaymentMethod;
  readonly state: TransactionState;
  readonly gatewayTransactionId: string | null;
  readonly gatewayPaymentType: string | null;
  readonly gatewayStatus: string | null;
  readonly fraudStatus: string | null;
  readonly amount: number;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
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
  "id, number, purpose, status, user_id, session_id, amount, covering_transaction_id, tries, version, expires_at";
const TRANSACTION_COLUMNS =
  "id, gateway_order_id, method, state, gateway_transaction_id, gateway_payment_type, gateway_status, fraud_status, " +
  "amount, captured_amount, refunded_amount, charged_back_amount, instructions, settled_at, polls, created_at";

/** A payment and its transactions as they stand, unlocked: for a look before an outside call. */
export async function readPayment(db: App["db"], paymentId: PaymentId): Promise<LockedPayment | null> {
  const [payment] = await db.sql<PaymentRow>(`select ${PAYMENT_COLUMNS} from payments where id = $1`, [paymentId]);
  if (!payment) return null;
  const transactions = await db.sql<TransactionRow>(
    `select ${TRANSACTION_COLUMNS} from payment_transactions
      where payment_id = $1 order by created_at, gateway_order_id`,
    [paymentId],
  );
  return { payment, transactions };
}

/**
 * Locks in the order that every money transaction keeps: what the payment pays for (orders by id), the payment, its
 * transactions. Null for an unknown payment.
 */
export async function lockPayment(
  tx: Tx,
  app: Pick<App, "effects">,
  paymentId: PaymentId,
): Promise<LockedPayment | null> {
  const [found] = await tx.sql<{ sessionId: SessionId | null; purpose: "ORDER" }>(
    "select session_id, purpose from payments where id = $1",
    [paymentId],
  );
  if (!found) return null;
  await app.effects[found.purpose].lock(tx, found.sessionId);
  const [payment] = await tx.sql<PaymentRow>(`select ${PAYMENT_COLUMNS} from payments where id = $1 for update`, [
    paymentId,
  ]);
  if (!payment) return null;
  const transactions = await tx.sql<TransactionRow>(
    `select ${TRANSACTION_COLUMNS} from payment_transactions
      where payment_id = $1 order by created_at, gateway_order_id for update`,
    [paymentId],
  );
  return { payment, transactions };
}

/** The try that can still be paid, if there is one. */
export const liveTransaction = <T extends { readonly state: TransactionState }>(transactions: readonly T[]): T | null =>
  transactions.find(({ state }) => state === "STARTING" || state === "LIVE" || state === "UNKNOWN") ?? null;

/**
 * What the gateway is asked by: the order id, and once a transaction of it has paid that one's own id, because an order
 * id answers for its newest transaction.
 */
export const statusIdOf = (
  transaction: Pick<TransactionRow, "state" | "gatewayOrderId" | "gatewayTransactionId">,
): string => (transaction.state === "PAID" ? transaction.gatewayTransactionId : null) ?? transaction.gatewayOrderId;
