import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";

interface OwnedReview {
  readonly userId: string;
}

/** Why staff took a review down concerns its author and staff. */
export const canReadReason = (actor: Actor, review: OwnedReview): boolean =>
  may(actor, "review.read.any") || actor.userId === review.userId;

interface BoughtItem {
  readonly buyerId: string;
  readonly isGround: boolean;
  readonly isBarred: boolean;
  readonly review: object | null;
}

/** The buyer himself, once the goods are his to keep, and once. */
export const canReview = (actor: Actor, item: BoughtItem): boolean =>
  may(actor, "own.reviews") && actor.userId === item.buyerId && item.isGround && !item.isBarred && item.review === null;
