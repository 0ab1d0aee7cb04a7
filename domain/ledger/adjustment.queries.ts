import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { type AdjustmentId, isId, type UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";
import type { AskedPosting } from "./adjustment.rules.ts";

/** An adjustment of the books, asked for, approved or rejected. */
export interface AdjustmentView {
  readonly id: AdjustmentId;
  readonly postings: readonly AskedPosting[];
  readonly reason: string;
  /** null: it settles none. */
  readonly discrepancyId: string | null;
  readonly requestedBy: UserId;
  readonly requestedAt: Date;
  readonly approvedBy: UserId | null;
  readonly approvedAt: Date | null;
  readonly rejectedBy: UserId | null;
  readonly rejectedAt: Date | null;
  readonly rejectReason: string | null;
  /** Its entry in the ledger; null: it is not booked. */
  readonly entryId: number | null;
}

const LIST: TimedList = {
  columns:
    "a.id, a.postings, a.reason, a.discrepancy_id, a.requested_by, a.requested_at, a.approved_by, a.approved_at, " +
    "a.rejected_by, a.rejected_at, a.reject_reason, e.id as entry_id",
  from: "ledger_adjustments a left join ledger_entries e on e.adjustment_id = a.id",
  at: "a.requested_at",
  id: "a.id",
};

const isWanted = ({ open }: { open: boolean }): Condition[] => [
  open
    ? { text: "a.approved_by is null and a.rejected_by is null and ?", value: true }
    : { text: "(a.approved_by is not null or a.rejected_by is not null) and ?", value: true },
];

/**
 * Adjustments, the latest first: those that wait for a second person, or those that were decided.
 *
 * @throws Refusal FORBIDDEN without ledger.read, INVALID_INPUT for a bad page
 */
export async function listAdjustments(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & { readonly open: boolean },
): Promise<Page<AdjustmentView>> {
  requireRight(actor, "ledger.read");
  return listNewest(app.db, LIST, isWanted(input), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without ledger.read */
export async function countAdjustments(
  app: Pick<App, "db">,
  actor: Actor,
  input: { readonly open: boolean },
): Promise<number> {
  requireRight(actor, "ledger.read");
  return countRows(app.db, LIST.from, isWanted(input));
}

/** @throws Refusal FORBIDDEN without ledger.read, NOT_FOUND */
export async function requireAdjustment(app: Pick<App, "db">, actor: Actor, id: string): Promise<AdjustmentView> {
  requireRight(actor, "ledger.read");
  const [row] = isId(id)
    ? await app.db.sql<AdjustmentView>(`select ${LIST.columns} from ${LIST.from} where a.id = $1`, [id])
    : [];
  if (!row) throw new Refusal("NOT_FOUND", "There is no such adjustment");
  return row;
}
