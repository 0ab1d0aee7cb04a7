import type { Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import { redact } from "../../platform/redact.ts";
import type { Actor } from "../kernel/actor.ts";
import type { Right } from "./rights.access.ts";

export interface AuditEntry {
  readonly permission: Right;
  readonly entity: string;
  readonly entityId: string;
  readonly before?: object | null;
  readonly after?: object | null;
  readonly reason?: string | null;
}

/** Writes who of staff or which service did what, in the transaction that does it. Customers and SYSTEM leave none. */
export async function recordAudit(tx: Tx, now: Date, actor: Actor, entry: AuditEntry): Promise<void> {
  if (actor.role !== "STAFF" && actor.role !== "ADMIN" && actor.role !== "SERVICE") return;
  await tx.sql(
    `insert into audit_logs (actor_role, actor_id, permission, entity, entity_id, before, after, reason, request_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      actor.role,
      actor.userId,
      entry.permission,
      entry.entity,
      entry.entityId,
      entry.before ? JSON.stringify(redact(entry.before)) : null,
      entry.after ? JSON.stringify(redact(entry.after)) : null,
      entry.reason ?? null,
      currentRequestId(),
      now,
    ],
  );
}
