import { inTransaction, isDatabaseAway } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import type { PaymentCause } from "./advancePayment.ts";
import { closeInstrument } from "./closeInstrument.ts";
import { closeTry } from "./closeTry.ts";
import { type LockedPayment, liveTransaction, lockPayment, readPayment, type TransactionRow } from "./lockPayment.ts";

const BATCH = 20; // of one round: late money beside a newer try is rare
const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "the payment needs no other try" };

interface Spare {
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
}

// Every try that can still be paid stands in the index of live ones.
const FIND_SPARE = `
  select t.payment_id, t.id as transaction_id
    from payment_transactions t join payments p on p.id = t.payment_id
   where t.state in ('STARTING', 'LIVE', 'UNKNOWN') and p.status not in ('PENDING', 'CHALLENGED')
   order by t.updated_at limit ${BATCH}`;

const GOES_ON = `
  update payment_transactions set updated_at = $2 where id = $1 and state in ('STARTING', 'LIVE', 'UNKNOWN')`;

function spareOf({ payment, transactions }: LockedPayment, { transactionId }: Spare): TransactionRow | null {
  if (payment.status === "PENDING" || payment.status === "CHALLENGED") return null;
  const live = liveTransaction(transactions);
  return live?.id === transactionId ? live : null;
}

/**
 * Closes a try at the gateway that its payment needs no more. A second run finds it closed.
 *
 * @throws GatewayUnavailable while nobody can say what became of it, and nothing changed
 */
export async function closeSpareTry(app: App, spare: Spare): Promise<void> {
  const seen = await readPayment(app.db, spare.paymentId);
  const live = seen && spareOf(seen, spare);
  if (!live) return;
  const report = await closeInstrument(app, spare.paymentId, live, "CANCEL");
  await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, spare.paymentId);
    const row = locked && spareOf(locked, spare);
    if (locked && row) await closeTry(tx, app, locked, row, { report, cause: CAUSE, now: app.clock.now() });
  });
}

/**
 * Closes what could still be paid beside a payment that is paid or over: money came late on an earlier try while a
 * newer one lived, and nobody may pay twice. A second worker at it is harmless: closing what is closed is nothing.
 *
 * @returns how many were looked at
 */
export async function closeSpareTries(app: App): Promise<number> {
  const spare = await app.db.sql<Spare>(FIND_SPARE);
  for (const one of spare) {
    await closeSpareTry(app, one).catch((error: unknown) => {
      const isOutage = error instanceof GatewayUnavailable || isDatabaseAway(error);
      app.log[isOutage ? "warn" : "error"]({ err: error, ...one }, "a spare try is closed later");
    });
    // Where it lives on, because nobody answered or a person must look first, the others have their turn before it.
    await app.db.sql(GOES_ON, [one.transactionId, app.clock.now()]);
  }
  return spare.length;
}
