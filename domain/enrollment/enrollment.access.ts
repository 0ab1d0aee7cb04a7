import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";

/** Its learner, staff, and services that read enrolments. */
export const canReadEnrollment = (actor: Actor, enrollment: { readonly userId: string }): boolean =>
  may(actor, "enrollment.read.any") || actor.userId === enrollment.userId;
