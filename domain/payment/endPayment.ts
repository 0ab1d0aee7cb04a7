import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { advancePayment, type PaymentCause } from "./advancePayment.ts";
import { closeInstrument } from "./closeInstrument.ts";
import { closeTry } from "./closeTry.ts";
import { type LockedPayment, liveTransaction, lockPayment, readPayment, type TransactionRow } from "./lockPayment.ts";
import type { PaymentStatus } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";

/** Somebody else moved the payment between our look and our lock: look again, but not for ever. */
const ROUNDS_MAX = 4;

interface End {
  readonly paymentId: PaymentId;
  readonly how: "CANCEL" | "EXPIRE";
  readonly cause: PaymentCause;
  /**
   * What else belongs into the same transaction, such as an audit row. Runs whenever the payment's status moved, also
   * where it moved because it was paid.
   */
  readonly also?: (tx: Tx, before: PaymentStatus, after: PaymentStatus) => Promise<void>;
}

/**
 * Under lock, with the gateway's fresh answer: ends the payment, unless that answer says it was paid, is in review, or
 * tells of money that a person must look at first.
 */
async function settleEnd(
  tx: Tx,
  app: App,
  locked: LockedPayment,
  live: TransactionRow | null,
  report: PaymentReport | null,
  end: End,
) {
  const now = app.clock.now();
  const { how, cause } = end;
  const before = locked.payment.status;
  const closed = live ? await closeTry(tx, app, locked, live, { report, cause, now }) : "closed";
  if (closed === "closed") {
    const event = how === "CANCEL" ? "closedAsAsked" : "windowOver";
    await advancePayment(tx, app, { payment: locked.payment, event }, { ...cause, now });
  }
  const status = await readStatus(tx, end.paymentId);
  if (status !== before) await end.also?.(tx, before, status);
  killPoint("end.written");
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
 * @returns the status that it has afterwards; still PENDING where the gateway tells of money that a person must look at
 * @throws GatewayUnavailable, and nothing of ours changed; Refusal CONFLICT when others keep moving it
 */
export async function endPayment(app: App, end: End): Promise<PaymentStatus> {
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const seen = await readPayment(app.db, end.paymentId);
    if (!seen) throw new Refusal("NOT_FOUND", "There is no such payment");
    if (seen.payment.status !== "PENDING") return seen.payment.status;
    const live = liveTransaction(seen.transactions);
    const report = live && (await closeInstrument(app, end.paymentId, live, end.how));
    killPoint("end.closed-at-gateway");
    const status = await inTransaction(app.db, async (tx) => {
      const locked = await lockPayment(tx, app, end.paymentId);
      if (!locked) throw new Refusal("NOT_FOUND", "There is no such payment");
      const stillLive = liveTransaction(locked.transactions);
      if (locked.payment.version !== seen.payment.version || stillLive?.id !== live?.id) return null;
      return settleEnd(tx, app, locked, stillLive, report, end);
    });
    killPoint("end.committed");
    if (status) return status;
  }
  throw new Refusal("CONFLICT", "The payment keeps changing; look again");
}
