import type { UserId } from "./ids.ts";

export const ROLES = ["CUSTOMER", "STAFF", "ADMIN", "SERVICE"] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. SYSTEM is our own schedule or worker; nobody signed in is ANONYMOUS. */
export interface Actor {
  readonly role: Role | "ANONYMOUS" | "SYSTEM";
  readonly userId: UserId | null;
}

export const ANONYMOUS: Actor = { role: "ANONYMOUS", userId: null };
