import type { Actor, Role } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";

/** Everything that somebody may be allowed to do. A right that no role has does not exist. */
export const RIGHTS = [
  "own.account",
  "own.cart",
  "own.orders",
  "own.payments",
  "own.enrollments",
  "own.reviews",
  "order.read.any",
  "order.cancel.any",
  "shipment.read.any",
  "shipment.book",
  "payment.read",
  "payment.read.any",
  "payment.sync.any",
  "payment.expire",
  "payment.challenge",
  "payment.approve",
  "payment.reject",
  "refund.read.any",
  "refund.request",
  "refund.retry",
  "refund.approve",
  "refund.settle",
  "refund.account.read",
  "subscription.read.any",
  "subscription.cancel.any",
  "enrollment.read",
  "enrollment.read.any",
  "member.set",
  "notification.read",
  "notification.replay",
  "gatewayCall.read",
  "notice.read",
  "alert.read",
  "alert.clear",
  "moneyCase.read",
  "moneyCase.resolve",
  "moneyCase.takeOver",
  "fraud.read",
  "fraud.decide",
  "fraud.block",
  "gateway.read",
  "gateway.check",
  "review.read.any",
  "review.archive",
  "reconciliation.read",
  "reconciliation.run",
  "reconciliation.import",
  "statement.read",
  "fee.set",
  "reconciliation.resolve",
  "reconciliation.signOff",
  "ledger.read",
  "adjustment.request",
  "adjustment.approve",
] as const;
export type Right = (typeof RIGHTS)[number];

/** `payment.read` and `enrollment.read` let ask for one; whose it may be say the features' access.ts. */
const OWN: readonly Right[] = [
  "own.account",
  "own.cart",
  "own.orders",
  "own.payments",
  "own.enrollments",
  "own.reviews",
  "payment.read",
  "enrollment.read",
];
const STAFF: readonly Right[] = [
  ...OWN,
  "order.read.any",
  "order.cancel.any",
  "shipment.read.any",
  "shipment.book",
  "payment.read.any",
  "payment.sync.any",
  "payment.expire",
  "payment.challenge",
  "payment.approve",
  "payment.reject",
  "refund.read.any",
  "subscription.read.any",
  "subscription.cancel.any",
  "enrollment.read.any",
  "member.set",
  "notification.read",
  "notification.replay",
  "gatewayCall.read",
  "notice.read",
  "alert.read",
  "alert.clear",
  "moneyCase.read",
  "moneyCase.resolve",
  "fraud.read",
  "fraud.decide",
  "fraud.block",
  "gateway.read",
  "gateway.check",
  "review.read.any",
  "review.archive",
  "reconciliation.read",
  "reconciliation.run",
  "reconciliation.import",
  "statement.read",
  "reconciliation.resolve",
  "ledger.read",
];

/** Money that leaves the shop: the same right does not make it leave alone, for two people are needed. */
const REFUNDS: readonly Right[] = [
  "refund.request",
  "refund.retry",
  "refund.approve",
  "refund.settle",
  "refund.account.read",
];

/** Whoever asks for an adjustment of the books does not approve it: two people are needed here, too. */
const ADJUSTMENTS: readonly Right[] = ["adjustment.request", "adjustment.approve"];

/** Roles and rights as data. */
export const RIGHTS_OF: Readonly<Record<Role, ReadonlySet<Right>>> = {
  CUSTOMER: new Set(OWN),
  STAFF: new Set(STAFF),
  ADMIN: new Set<Right>([
    ...STAFF,
    ...REFUNDS,
    ...ADJUSTMENTS,
    "moneyCase.takeOver",
    "fee.set",
    "reconciliation.signOff",
  ]),
  SERVICE: new Set<Right>([
    "payment.read",
    "payment.read.any",
    "payment.approve",
    "enrollment.read",
    "enrollment.read.any",
  ]),
};

export function may(actor: Actor, right: Right): boolean {
  if (actor.role === "SYSTEM") return true;
  return actor.role !== "ANONYMOUS" && RIGHTS_OF[actor.role].has(right);
}

/** @throws Refusal UNAUTHENTICATED for nobody, FORBIDDEN for somebody without the right */
export function requireRight(actor: Actor, right: Right): void {
  if (may(actor, right)) return;
  if (actor.role === "ANONYMOUS") throw new Refusal("UNAUTHENTICATED", "Sign in first");
  throw new Refusal("FORBIDDEN", "This account may not do that", { right });
}
