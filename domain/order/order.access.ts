import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";

interface OwnedOrder {
  readonly userId: string;
  readonly isArchived: boolean;
}

/** Its owner while it is not archived, and staff always. */
export const canReadOrder = (actor: Actor, order: OwnedOrder): boolean =>
  may(actor, "order.read.any") || (actor.userId === order.userId && !order.isArchived);

/** As reading, but staff needs the right to cancel. */
export const canCancelOrder = (actor: Actor, order: OwnedOrder): boolean =>
  may(actor, "order.cancel.any") || (actor.userId === order.userId && !order.isArchived);
