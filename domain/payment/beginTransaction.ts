import type { OutboxJob } from "../../platform/outbox.ts";
import type { App } from "../app.ts";
import type { TransactionId } from "../kernel/ids.ts";
import { later, SECOND_MS } from "../kernel/time.ts";
import { jobsOf } from "../messages.ts";
import { expiryOf, type PaymentMethod, usesPage } from "./methods.rules.ts";
import { gatewayOrderId } from "./payment.rules.ts";

/** The adapter's own limits for opening a page and for a charge, where none is set. */
const OPENING_MS = 20 * SECOND_MS;
const CHARGING_MS = 30 * SECOND_MS;
const SLACK_MS = 5 * SECOND_MS;

/**
 * A call that begins a try takes this long at most; only then may another process take the start over, or a status that
 * knows no charge prove that none was made.
 */
export const startLeaseMs = ({ settings }: Pick<App, "settings">, method: PaymentMethod): number =>
  (settings.gatewayTimeoutMs ?? (usesPage(method) ? OPENING_MS : CHARGING_MS)) + SLACK_MS;

/** The row of a new try, as an insert reads it from JSON, and the job that finishes it if this process does not. */
export function newTransaction(
  app: Pick<App, "ids" | "settings">,
  payment: { readonly id: string; readonly number: string; readonly amount: number; readonly expiresAt: Date },
  attempt: number,
  method: PaymentMethod,
  now: Date,
): { id: TransactionId; row: object; jobs: OutboxJob[] } {
  const id: TransactionId = app.ids.next<"paymentTransaction">();
  const row = {
    id,
    payment_id: payment.id,
    gateway_order_id: gatewayOrderId(payment.number, attempt),
    method,
    state: "STARTING",
    amount: payment.amount,
    item_total: payment.amount,
    expires_at: expiryOf(method, now, payment.expiresAt).toISOString(),
    next_poll_at: later(now, app.settings.paymentPollsMs[0] ?? startLeaseMs(app, method)).toISOString(),
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
  };
  return {
    id,
    row,
    jobs: jobsOf("payment.starting", { transactionId: id }, { key: id, dueAt: later(now, startLeaseMs(app, method)) }),
  };
}

/** Inserts rows of newTransaction ($1: JSON array of them). */
export const INSERT_TRANSACTIONS = `
  insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total, expires_at,
                                    next_poll_at, created_at, updated_at)
  select id, payment_id, gateway_order_id, method, state, amount, item_total, expires_at, next_poll_at, created_at,
      updated_at
    from jsonb_to_recordset($1::jsonb)
      as t(id uuid, payment_id uuid, gateway_order_id text, method text, state text, amount bigint, item_total bigint,
           expires_at timestamptz, next_poll_at timestamptz, created_at timestamptz, updated_at timestamptz)`;
