import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";

interface OwnedRefund {
  readonly userId: string;
}

/** What of a refund is the shop's own: who decided it, and the gateway's words. Where it goes: its owner's, besides. */
export const canReadSettling = (actor: Actor): boolean => may(actor, "refund.read.any");

/** Who may know where a refund goes, masked. */
export const canReadMasked = (actor: Actor, refund: OwnedRefund): boolean =>
  canReadSettling(actor) || actor.userId === refund.userId;

/** The customer alone says where his money goes. */
export const canSetAccount = (actor: Actor, refund: OwnedRefund): boolean => actor.userId === refund.userId;
