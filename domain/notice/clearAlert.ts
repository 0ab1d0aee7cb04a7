import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { isId } from "../kernel/ids.ts";
import { send } from "../messages.ts";
import { ALERT_COLUMNS, type Alert } from "./alert.queries.ts";

const NOTE_CHARS_MAX = 500; // a sentence or two of what was done, for the next reader

/**
 * Staff says that an alert is dealt with, and how. One that is cleared already comes back as it is.
 *
 * @throws Refusal FORBIDDEN without alert.clear, INVALID_INPUT for a note that is empty or too long, NOT_FOUND
 */
export async function clearAlert(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: { readonly id: string; readonly note: string },
): Promise<Alert> {
  requireRight(actor, "alert.clear");
  const note = input.note.trim();
  if (note.length < 1 || note.length > NOTE_CHARS_MAX)
    throw invalidInput({ note: `1 to ${NOTE_CHARS_MAX} characters` });
  if (!isId(input.id)) throw new Refusal("NOT_FOUND", "There is no such alert");
  const now = app.clock.now();
  return inTransaction(app.db, async (tx) => {
    const [before] = await tx.sql<Alert>(`select ${ALERT_COLUMNS} from alerts where id = $1 for update`, [input.id]);
    if (!before) throw new Refusal("NOT_FOUND", "There is no such alert");
    if (before.clearedAt !== null) return before;
    await tx.sql("update alerts set cleared_at = $2, cleared_by = $3, note = $4 where id = $1", [
      before.id,
      now,
      actor.userId,
      note,
    ]);
    const after = { ...before, clearedAt: now };
    await recordAudit(tx, now, actor, {
      permission: "alert.clear",
      entity: "alert",
      entityId: before.id,
      before,
      after,
      reason: note,
    });
    await send(tx, now, "alert.cleared", { alertId: before.id });
    return after;
  });
}
