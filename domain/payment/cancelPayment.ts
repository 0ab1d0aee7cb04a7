import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { endPayment } from "./endPayment.ts";
import { canSyncPayment } from "./payment.access.ts";
import { isPaidStatus, type PaymentStatus } from "./payment.states.ts";
import { requirePayment, sourceOf } from "./syncPayment.ts";

/** @throws Refusal saying why a payment that is in `status` was not ended */
export function requireEnded(status: PaymentStatus): void {
  // Still pending: the gateway tells of money that a person must look at first.
  if (status === "CHALLENGED" || status === "PENDING")
    throw new Refusal("PAYMENT_IN_REVIEW", "The bank is checking this payment");
  if (isPaidStatus(status)) throw new Refusal("ALREADY_PAID", "This payment is paid already");
}

/**
 * Ends an unpaid payment of the caller's, and with it every order of its checkout, after a fresh answer of the gateway.
 * Cancelling what is over already changes nothing.
 *
 * @throws Refusal NOT_FOUND | ALREADY_PAID | PAYMENT_IN_REVIEW | CONFLICT; GatewayUnavailable, and nothing of ours
 * changed
 */
export async function cancelPayment(
  app: App,
  actor: Actor,
  input: { paymentId: string; reason?: string },
): Promise<PaymentId> {
  const { payment } = await requirePayment(app, input.paymentId, (row) => canSyncPayment(actor, row));
  const status = await endPayment(app, {
    paymentId: payment.id,
    how: "CANCEL",
    cause: { source: sourceOf(actor), actorId: actor.userId, reason: input.reason ?? null },
    also: (tx, before) =>
      recordAudit(tx, app.clock.now(), actor, {
        permission: "payment.sync.any",
        entity: "payment",
        entityId: payment.id,
        before: { status: before },
        reason: input.reason ?? null,
      }),
  });
  killPoint("cancel-payment.ended");
  requireEnded(status);
  return payment.id;
}

/**
 * Staff ends an unpaid payment before its window is over, as if it were.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | ALREADY_PAID | PAYMENT_IN_REVIEW | CONFLICT; GatewayUnavailable, and nothing
 * of ours changed
 */
export async function expirePayment(app: App, actor: Actor, input: { paymentId: string }): Promise<PaymentId> {
  requireRight(actor, "payment.expire");
  const { payment } = await requirePayment(app, input.paymentId, () => true);
  const status = await endPayment(app, {
    paymentId: payment.id,
    how: "EXPIRE",
    cause: { source: "STAFF", actorId: actor.userId, reason: "expired by staff" },
    also: (tx, before) =>
      recordAudit(tx, app.clock.now(), actor, {
        permission: "payment.expire",
        entity: "payment",
        entityId: payment.id,
        before: { status: before },
      }),
  });
  requireEnded(status);
  return payment.id;
}
