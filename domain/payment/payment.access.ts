import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";

interface OwnedPayment {
  readonly userId: string;
}

/** Its owner, staff, and services that read payments. */
export const canReadPayment = (actor: Actor, payment: OwnedPayment): boolean =>
  may(actor, "payment.read.any") || actor.userId === payment.userId;

/** Only the one who pays starts a payment and holds its token. */
export const canPay = (actor: Actor, payment: OwnedPayment): boolean => actor.userId === payment.userId;

/** Its owner pays by them and staff helps him; services have no use for a page on which money is paid. */
export const canReadInstructions = (actor: Actor, payment: OwnedPayment): boolean => canSyncPayment(actor, payment);

/** Its owner and staff may ask how it stands and end it. */
export const canSyncPayment = (actor: Actor, payment: OwnedPayment): boolean =>
  may(actor, "payment.sync.any") || actor.userId === payment.userId;
