import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import { type AdjustmentId, isId, type UserId } from "../kernel/ids.ts";
import type { AskedPosting } from "./adjustment.rules.ts";

/** An adjustment under lock. */
export interface AdjustmentRow {
  readonly id: AdjustmentId;
  readonly postings: readonly AskedPosting[];
  readonly reason: string;
  /** null: it settles none. */
  readonly discrepancyId: string | null;
  readonly requestedBy: UserId;
  /** null: not approved. */
  readonly approvedBy: UserId | null;
  /** null: not rejected. */
  readonly rejectedBy: UserId | null;
}

/** @throws Refusal NOT_FOUND */
export async function lockAdjustment(tx: Tx, id: string): Promise<AdjustmentRow> {
  const [row] = isId(id)
    ? await tx.sql<AdjustmentRow>(
        `select id, postings, reason, discrepancy_id, requested_by, approved_by, rejected_by from ledger_adjustments
          where id = $1 for update`,
        [id],
      )
    : [];
  if (!row) throw new Refusal("NOT_FOUND", "There is no such adjustment");
  return row;
}
