import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { AdjustmentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { lockAdjustment } from "./lockAdjustment.ts";
import { postEntry } from "./postEntry.ts";

/** What a later file explained, or people ended, is not booked by hand as well. It stays as it is until we commit. */
async function requireOpen(tx: Tx, discrepancyId: string | null): Promise<void> {
  if (discrepancyId === null) return;
  const [row] = await tx.sql<{ action: string | null }>("select action from discrepancies where id = $1 for update", [
    discrepancyId,
  ]);
  if (row?.action && row.action !== "ADJUST")
    throw new Refusal("ILLEGAL_TRANSITION", "Its discrepancy ended otherwise", { action: row.action });
}

/**
 * A second admin approves an adjustment as it was asked for: from then on it is an entry of the ledger, of the day on
 * which it was approved. The same person again changes nothing.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; SECOND_PERSON_NEEDED for whoever asked for it; ILLEGAL_TRANSITION where it was
 * rejected, another approved it, or what it was to settle has ended otherwise (details.action)
 */
export async function approveAdjustment(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: { readonly id: string },
): Promise<AdjustmentId> {
  requireRight(actor, "adjustment.approve");
  return inTransaction(app.db, async (tx) => {
    const asked = await lockAdjustment(tx, input.id);
    const { id, postings, reason, requestedBy, approvedBy, rejectedBy } = asked;
    if (approvedBy !== null && approvedBy === actor.userId) return id;
    if (approvedBy !== null || rejectedBy !== null)
      throw new Refusal("ILLEGAL_TRANSITION", "This adjustment was decided already");
    if (actor.userId === null || actor.userId === requestedBy)
      throw new Refusal("SECOND_PERSON_NEEDED", "Another person than who asked for it approves it");
    await requireOpen(tx, asked.discrepancyId);
    const now = app.clock.now();
    await tx.sql("update ledger_adjustments set approved_by = $2, approved_at = $3 where id = $1", [
      id,
      actor.userId,
      now,
    ]);
    killPoint("adjustment.approved");
    const entryId = await postEntry(tx, now, { kind: "ADJUSTMENT", adjustmentId: id, reason, postings });
    killPoint("adjustment.booked");
    await recordAudit(tx, now, actor, {
      permission: "adjustment.approve",
      entity: "adjustment",
      entityId: id,
      after: { entryId, postings },
    });
    return id;
  });
}
