import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { advancePayment, logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { closeInstrument } from "./closeInstrument.ts";
import { type LockedPayment, liveTransaction, lockPayment, readPayment, type TransactionRow } from "./lockPayment.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { isEnded, type PaymentStatus } from "./payment.states.ts";
import { recordReport } from "./recordReport.ts";

/** Somebody else moved the payment between our look and our lock: look again, but not for ever. */
const ROUNDS_MAX = 4;

interface End {
  readonly paymentId: PaymentId;
  readonly how: "CANCEL" | "EXPIRE";
  readonly cause: PaymentCause;
  /** What else belongs into the same transaction, such as an audit row. Runs only when the payment is really ended. */
  readonly also?: (tx: Tx, before: PaymentStatus) => Promise<void>;
}

/** Nothing can be paid on this try any more: its page is closed, or the gateway's own word ended it. */
async function recordClosedPage(tx: Tx, paymentId: PaymentId, transaction: TransactionRow, cause: PaymentCause, now: Date) {
  await tx.sql(
    "update payment_transactions set state = 'CLOSED', next_poll_at = null, last_checked_at = $2, updated_at = $2 where id = $1",
    [transaction.id, now],
  );
  await logPaymentStep(tx, now, cause, { paymentId, transactionId: transaction.id, step: "instrumentClosed" });
}

/** Under lock, with the gateway's fresh answer: ends the payment, unless that answer says it was paid or is in review. */
async function settleEnd(tx: Tx, app: App, locked: LockedPayment, live: TransactionRow | null, report: PaymentReport | null, end: End) {
  const now = app.clock.now();
  const { paymentId, how, cause } = end;
  if (live && report) await recordReport(tx, app, locked, live, { report, cause, now });
  if ((await readStatus(tx, paymentId)) === "PENDING") {
    if (live) await recordClosedPage(tx, paymentId, live, cause, now);
    await advancePayment(tx, app, locked.payment, how === "CANCEL" ? "closedAsAsked" : "windowOver", { ...cause, now });
  }
  const status = await readStatus(tx, paymentId);
  // The gateway's own word may have ended it already: whoever asked for the end still goes on record.
  if (isEnded(status)) await end.also?.(tx, locked.payment.status);
  return status;
}

async function readStatus(tx: Tx, paymentId: PaymentId): Promise<PaymentStatus> {
  const [row] = await tx.sql<{ status: PaymentStatus }>("select status from payments where id = $1", [paymentId]);
  if (!row) throw new Error(`payment ${paymentId} is gone`);
  return row.status;
}

/**
 * Ends an unpaid payment: closes what can still be paid at the gateway first, and only then, under lock and if nothing
 * moved meanwhile, releases what was held. A payment that turns out to be paid stays paid. Ending twice is harmless.
 *
 * @returns the status that it has afterwards
 * @throws GatewayUnavailable and nothing changed; Refusal CONFLICT when others keep moving it
 */
export async function endPayment(app: App, end: End): Promise<PaymentStatus> {
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const seen = await readPayment(app.db, end.paymentId);
    if (!seen) throw new Refusal("NOT_FOUND", "There is no such payment");
    if (seen.payment.status !== "PENDING") return seen.payment.status;
    const live = liveTransaction(seen.transactions);
    const report = live && (await closeInstrument(app, end.paymentId, live, end.how));
    const status = await inTransaction(app.db, async (tx) => {
      const locked = await lockPayment(tx, app, end.paymentId);
      if (!locked) throw new Refusal("NOT_FOUND", "There is no such payment");
      const stillLive = liveTransaction(locked.transactions);
      if (locked.payment.version !== seen.payment.version || stillLive?.id !== live?.id) return null;
      return settleEnd(tx, app, locked, stillLive, report, end);
    });
    if (status) return status;
  }
  throw new Refusal("CONFLICT", "The payment keeps changing; look again");
}
