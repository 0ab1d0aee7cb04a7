import { wib } from "../clock.ts";
import { courierBooks } from "../komerce/balance.ts";
import { legalMoves } from "../midtrans/transitions.ts";
import { chargedBackAmount, refundedAmount, statusBody, type Wire } from "../midtrans/wire.ts";
import type { Notification, SnapPage, Transaction, TransactionStatus } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A message with its tries, in words for people and tests. */
export const notificationView = (message: Notification): Wire => ({
  id: message.id,
  url: message.url,
  state: message.state,
  note: message.note,
  created_at: iso(message.created_at),
  next_at: iso(message.next_at),
  attempts: message.attempts.map((attempt) => ({ ...attempt, at: iso(attempt.at) })),
  body: message.body,
});

/** A transaction as GET status tells it, with what only the sandbox knows. */
export function transactionView(sandbox: Sandbox, transaction: Transaction): Wire {
  const { id, method, born, history } = transaction;
  return {
    ...statusBody(transaction, sandbox.config),
    // DANA's answer shouts it; a test reads one form.
    transaction_status: transaction.status,
    method,
    amount: transaction.gross_amount,
    original_amount: transaction.original_amount,
    refunded: refundedAmount(transaction),
    charged_back: chargedBack(transaction),
    token: transaction.token,
    clock: wib(momentOf(sandbox, born)),
    legal: legalMoves(method, transaction.status),
    history: history.map((entry) => ({ ...entry, at: wib(entry.at) })),
    notifications: sandbox.store.notifications
      .inGroup(transaction.order_id)
      .filter((message) => message.transaction_id === id)
      .map(notificationView),
  };
}

/** A hosted page: what it asks for and whether it still works. */
export const pageView = (sandbox: Sandbox, page: SnapPage): Wire => ({
  token: page.token,
  url: `${sandbox.url()}/snap/v4/redirection/${page.token}`,
  state: page.state === "open" && momentOf(sandbox, page.born) >= page.page_expires_at ? "expired" : page.state,
  order_id: page.order_id,
  amount: page.request.gross_amount,
  expires: wib(page.page_expires_at),
  finish_url: page.request.finish_url ?? null,
  enabled_payments: page.request.enabled_payments ?? null,
});

/** Statuses under which the money was taken at some time, whatever became of it later. */
const TAKEN: readonly TransactionStatus[] = [
  "settlement",
  "refund",
  "partial_refund",
  "chargeback",
  "partial_chargeback",
];

/** Rupiah that the buyer's bank handed over; a reversed or voided payment counts as never taken. */
function capturedAmount({ status, fraud_status, gross_amount }: Transaction): number {
  const taken = TAKEN.includes(status) || (status === "capture" && fraud_status !== "challenge");
  return taken ? gross_amount : 0;
}

/** Rupiah that cardholders' banks took back; a full chargeback of an older record has no entry of its own. */
function chargedBack(transaction: Transaction): number {
  const booked = chargedBackAmount(transaction);
  return booked === 0 && transaction.status === "chargeback" ? transaction.gross_amount : booked;
}

interface Sums {
  count: number;
  captured: number;
  refunded: number;
  charged_back: number;
}

const add = (sums: Sums, transaction: Transaction): Sums => ({
  count: sums.count + 1,
  captured: sums.captured + capturedAmount(transaction),
  refunded: sums.refunded + refundedAmount(transaction),
  charged_back: sums.charged_back + chargedBack(transaction),
});

/** Buyers' fees within what was captured, in rupiah: what was taken beyond what shops asked for. */
const feeOf = (transaction: Transaction): number =>
  "authorized_amount" in transaction
    ? 0
    : Math.max(0, Math.min(capturedAmount(transaction), transaction.gross_amount - transaction.original_amount));

/**
 * Totals in whole rupiah over all transactions, by payment method and by status: what an audit compares with. Money
 * that is only reserved stands beside them, and so do the subscriptions with the charges they made.
 */
export function books(sandbox: Pick<Sandbox, "store" | "config">): Wire {
  const { store } = sandbox;
  const none: Sums = { count: 0, captured: 0, refunded: 0, charged_back: 0 };
  let total = none;
  let [authorized, fees] = [0, 0];
  const byMethod: Record<string, Sums> = {};
  const byStatus: Record<string, Sums> = {};
  for (const transaction of store.transactions.values()) {
    total = add(total, transaction);
    byMethod[transaction.method] = add(byMethod[transaction.method] ?? none, transaction);
    byStatus[transaction.status] = add(byStatus[transaction.status] ?? none, transaction);
    authorized += transaction.status === "authorize" ? transaction.gross_amount : 0;
    fees += feeOf(transaction);
  }
  const net = total.captured - total.refunded - total.charged_back;
  const sums = { ...total, net, authorized, fees, by_method: byMethod, by_status: byStatus };
  return { ...sums, subscriptions: subscriptionBooks(store), couriers: courierBooks(sandbox) };
}

function subscriptionBooks(store: Sandbox["store"]): Wire {
  const rows = store.subscriptions.values();
  const charges = store.transactions.values().filter((row) => row.subscription_id !== undefined);
  return {
    count: rows.length,
    active: rows.filter((row) => row.status === "active").length,
    charges: charges.length,
    captured: charges.reduce((sum, row) => sum + capturedAmount(row), 0),
    failed: rows.reduce((sum, row) => sum + row.failed_charges, 0),
  };
}
