import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";

/** The person whose cart it is. @throws Refusal UNAUTHENTICATED, FORBIDDEN */
export function shopperOf(actor: Actor): UserId {
  requireRight(actor, "own.cart");
  if (!actor.userId) throw new Refusal("FORBIDDEN", "Only a person has a cart");
  return actor.userId;
}
