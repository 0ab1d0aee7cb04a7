import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { lockPayment } from "./lockPayment.ts";
import { usesPage } from "./methods.rules.ts";
import type { Start } from "./readStart.ts";

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: null };

/**
 * The gateway will never begin this try: it is over, the payment is not, and staff is told. A second run finds it
 * closed.
 */
export async function refuseStart(app: App, start: Start, why: string): Promise<void> {
  const { transactionId, paymentId, gatewayOrderId } = start;
  const [step, kind, what] = usesPage(start.method)
    ? (["pageRefused", "PAGE_REFUSED", "open a page"] as const)
    : (["chargeRefused", "CHARGE_REFUSED", `charge by ${start.method}`] as const);
  await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, paymentId);
    const state = locked?.transactions.find(({ id }) => id === transactionId)?.state;
    if (state !== "STARTING" && state !== "UNKNOWN") return;
    const now = app.clock.now();
    await tx.sql(
      "update payment_transactions set state = 'CLOSED', next_poll_at = null, updated_at = $2 where id = $1",
      [transactionId, now],
    );
    await logPaymentStep(tx, now, CAUSE, { paymentId, transactionId, step, detail: { why } });
    killPoint("start.refusal-written");
    const message = `The gateway refuses to ${what} for ${gatewayOrderId}: ${why}`;
    await raiseAlert(tx, { ids: app.ids, now }, { kind, subject: gatewayOrderId, severity: "WARNING", message });
  });
}
