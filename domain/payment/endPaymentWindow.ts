import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { endPayment } from "./endPayment.ts";

/**
 * Ends a payment whose window is over, after closing it at the gateway. A second run is harmless: a payment that is not
 * PENDING any more is left alone, and one whose window was not over is left open.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function endPaymentWindow(app: App, message: { paymentId: PaymentId }): Promise<void> {
  const [due] = await app.db.sql("select id from payments where id = $1 and status = 'PENDING' and expires_at <= $2", [
    message.paymentId,
    app.clock.now(),
  ]);
  if (!due) return;
  killPoint("window.found-over");
  await endPayment(app, {
    paymentId: message.paymentId,
    how: "EXPIRE",
    cause: { source: "SYSTEM", actorId: null, reason: "the payment window is over" },
  });
}

const SWEEP_BATCH = 500;
/** The job of the outbox comes first; the sweep is for one that was lost or parked. */
const SWEEP_AFTER_MS = 2 * MINUTE_MS;

/**
 * Offers overdue payments again whose job was lost. One that still tries keeps its own pace, one that was given up has
 * its alert, and a payment with an open money case waits for a person, unless that asks what ending it asks anyway.
 * Writing the same job twice is one job, by its key.
 */
export async function sweepPaymentWindows(app: App): Promise<number> {
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const late = await tx.sql<{ id: PaymentId }>(
      `select p.id from payments p
        where p.status = 'PENDING' and p.expires_at <= $1
          and not exists (select from outbox_messages o
                           where o.handler = 'endPaymentWindow' and o.key = p.id::text and o.done_at is null)
          and not exists (select from money_cases c where c.payment_id = p.id and c.resolved_at is null
                                                     and c.kind <> 'UNKNOWN_OUTCOME')
        order by p.expires_at limit ${SWEEP_BATCH}`,
      [later(now, -SWEEP_AFTER_MS)],
    );
    for (const { id } of late) await send(tx, now, "payment.windowOver", { paymentId: id }, { key: id });
    if (late.length > 0) killPoint("sweep.windows-offered");
    return late.length;
  });
}
