import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { createAsker } from "./askAboutTry.ts";
import { DISCREPANCY_ACTIONS, type DiscrepancyAction, HEALED, isLook } from "./discrepancy.rules.ts";
import { findBookDifferences } from "./findBookDifferences.ts";
import { type DiscrepancyRow, lockDiscrepancy, readDiscrepancy } from "./lockDiscrepancy.ts";
import { lockSettlements } from "./lockSettlements.ts";
import { lookAtPayment, readPayments } from "./lookAtPayment.ts";
import { matchAgain } from "./matchSettlements.ts";
import { clearDiscrepancyAlerts } from "./openDiscrepancy.ts";
import { requireGround } from "./requireGround.ts";
import { settleLook } from "./settleLook.ts";
import { sumDay, sumTouched } from "./sumDay.ts";

const NOTE_CHARS_MAX = 500; // a few sentences of what was found out, for the next reader

interface Decision {
  readonly id: string;
  readonly action: string;
  readonly note: string;
}

function readDecision(input: Decision): { readonly action: DiscrepancyAction; readonly note: string } {
  const note = input.note.trim();
  const action = DISCREPANCY_ACTIONS.find((known) => known === input.action);
  const fields = {
    ...(action ? {} : { action: `one of ${DISCREPANCY_ACTIONS.join(", ")}` }),
    ...(note.length >= 1 && note.length <= NOTE_CHARS_MAX ? {} : { note: `1 to ${NOTE_CHARS_MAX} characters` }),
  };
  if (!action || Object.keys(fields).length > 0) throw invalidInput(fields);
  return { action, note };
}

/** Looks at one payment that moves each time that it is looked at. */
const MOVES_MAX = 3;
/** One person asks about one payment: the close's rate is not for him, and a few calls need none. */
const CALLS_PER_SECOND = 20;
const UNANSWERED_MAX = 1;

/** What was decided before stays: the same decision is answered by it. */
function isDecided(row: DiscrepancyRow, action: DiscrepancyAction): boolean {
  if (!row.resolvedAt) return false;
  if (isLook(action) && row.action === HEALED) return false; // by the look that was asked for: it is his end
  if (row.action === action) return true;
  throw new Refusal("CONFLICT", "This discrepancy ended otherwise", { action: row.action });
}

/** Asks the gateway about its payment, and applies what it says. @throws GatewayUnavailable */
async function askGatewayAgain(app: App, row: DiscrepancyRow): Promise<void> {
  const ask = createAsker(app, CALLS_PER_SECOND, UNANSWERED_MAX);
  for (let moves = 1; row.paymentId && moves <= MOVES_MAX; moves++) {
    const since = app.clock.now();
    const [payment] = await readPayments(app.db, since, [row.paymentId]);
    if (!payment) return;
    const look = await lookAtPayment(app, ask, payment);
    killPoint("discrepancy.answered");
    const outcomes = await inTransaction(app.db, async (tx) => {
      const settled = await settleLook(tx, app, look, row.day, true);
      // What still does not agree may do so by another sum, and more may have ended than was asked about.
      if (settled) await sumTouched(tx, { ids: app.ids, now: app.clock.now() }, since, [row.day]);
      return settled;
    });
    if (outcomes) return;
  }
}

/** What is found no more ends by this. */
async function lookAgain(app: App, row: DiscrepancyRow, action: DiscrepancyAction): Promise<void> {
  if (action === "SYNC") return askGatewayAgain(app, row);
  await inTransaction(app.db, async (tx) => {
    const at = { ids: app.ids, now: app.clock.now() };
    await findBookDifferences(tx, at, row.day);
    if (row.bankLineId) await lockSettlements(tx);
    const days = row.bankLineId ? await matchAgain(tx, app) : [];
    await sumTouched(tx, at, at.now, [row.day, ...days]);
  });
}

/**
 * Ends a discrepancy by one of its actions, with its alerts' end, its day's equation and the audit row in one
 * transaction. One that nobody took becomes the actor's. The same decision again is answered by the first one.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; INVALID_INPUT for an action that it has not, or no note; CONFLICT when it
 * ended otherwise (details.action), is another's (details.ownerId), no money case that fits it is decided
 * (details.wanted), approved adjustments move another sum (details.moved), or it still does not agree;
 * SECOND_PERSON_NEEDED without an approved adjustment; GatewayUnavailable, and nothing changed
 */
export async function resolveDiscrepancy(app: App, actor: Actor, input: Decision): Promise<string> {
  requireRight(actor, "reconciliation.resolve");
  const { action, note } = readDecision(input);
  const seen = await readDiscrepancy(app.db, input.id);
  if (isDecided(seen, action)) return seen.id;
  if (!seen.actions.includes(action)) throw invalidInput({ action: `one of ${seen.actions.join(", ")}` });
  if (isLook(action)) await lookAgain(app, seen, action);
  const id = await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const row = await lockDiscrepancy(tx, seen.id);
    if (isDecided(row, action)) return row.id;
    if (row.ownerId !== null && row.ownerId !== actor.userId)
      throw new Refusal("CONFLICT", "Somebody else has taken this discrepancy", { ownerId: row.ownerId });
    await requireGround(tx, actor, row, action);
    await tx.sql(
      `update discrepancies
          set resolved_at = $2, resolved_by = $3, action = $4, resolution = $5, owner_id = coalesce(owner_id, $3),
              taken_at = coalesce(taken_at, $2)
        where id = $1`,
      [row.id, now, actor.userId, action, note],
    );
    await clearDiscrepancyAlerts(tx, now, [row]);
    await sumDay(tx, { ids: app.ids, now }, row.day);
    await recordAudit(tx, now, actor, {
      permission: "reconciliation.resolve",
      entity: "discrepancy",
      entityId: row.id,
      before: { kind: row.kind, subject: row.subject, amount: row.amount, ownerId: row.ownerId },
      after: { action },
      reason: note,
    });
    killPoint("discrepancy.end-written");
    return row.id;
  });
  killPoint("discrepancy.ended");
  return id;
}
