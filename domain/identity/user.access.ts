import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";

/**
 * That this caller may see how a person is reached. Services work with ids: what they store cannot be called back.
 *
 * @throws Refusal FORBIDDEN
 */
export function requireContact(actor: Actor): void {
  if (actor.role === "SERVICE") throw new Refusal("FORBIDDEN", "Services get no e-mail address and no phone number");
}
