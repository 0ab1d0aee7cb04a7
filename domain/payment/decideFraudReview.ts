import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { isId, type UserId } from "../kernel/ids.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { cancelPayment } from "./cancelPayment.ts";
import { type FraudVerdictView, VERDICT_COLUMNS } from "./fraud.queries.ts";
import type { FraudDecision } from "./fraud.rules.ts";
import { isPaidStatus, type PaymentStatus } from "./payment.states.ts";
import { FRAUD_ALERT } from "./screenStart.ts";

const NOTE_CHARS_MAX = 500; // a sentence or two of why, for the next reader

/** @throws Refusal INVALID_INPUT for a note that is empty or too long */
export function requireNote(note: string): string {
  const text = note.trim();
  if (text.length >= 1 && text.length <= NOTE_CHARS_MAX) return text;
  throw invalidInput({ note: `1 to ${NOTE_CHARS_MAX} characters` });
}

export interface ReviewDecision {
  readonly id: string;
  readonly decision: FraudDecision;
  readonly note: string;
}

const noVerdict = () => new Refusal("NOT_FOUND", "There is no such verdict");

async function readVerdict(app: Pick<App, "db">, id: string): Promise<FraudVerdictView> {
  const [row] = isId(id)
    ? await app.db.sql<FraudVerdictView>(`select ${VERDICT_COLUMNS} from fraud_verdicts v where v.id = $1`, [id])
    : [];
  if (!row) throw noVerdict();
  return row;
}

/** True where it was decided so before. @throws Refusal where nobody is asked, or somebody decided otherwise */
function isDecided(verdict: FraudVerdictView, decision: FraudDecision): boolean {
  if (verdict.verdict !== "REVIEW") throw new Refusal("CONFLICT", "This verdict waits for nobody");
  if (verdict.decision === null) return false;
  if (verdict.decision === decision) return true;
  throw new Refusal("CONFLICT", "Somebody has decided otherwise", { decision: verdict.decision });
}

/** The alert of a user stays while another of his verdicts waits. */
async function clearIfLast(tx: Tx, userId: UserId, now: Date): Promise<void> {
  const others = await tx.sql(
    "select 1 from fraud_verdicts where user_id = $1 and verdict = 'REVIEW' and decided_at is null limit 1",
    [userId],
  );
  if (others.length === 0) await clearAlertOf(tx, now, FRAUD_ALERT, userId);
}

/** Its goods stay, and its money with them, until somebody sends that back: nobody may forget it. */
async function openRefused(tx: Tx, app: Pick<App, "ids">, verdict: FraudVerdictView, note: string, now: Date) {
  const { paymentId } = verdict;
  const [paid] = paymentId
    ? await tx.sql<{ number: string; amount: number; status: PaymentStatus }>(
        "select number, amount, status from payments where id = $1",
        [paymentId],
      )
    : [];
  if (!paid || !isPaidStatus(paid.status)) return;
  await openMoneyCase(
    tx,
    { ids: app.ids, now },
    {
      kind: "REVIEW_REFUSED",
      subject: paid.number,
      paymentId,
      amount: paid.amount,
      summary: `Payment ${paid.number} is paid and was refused on review: cancel what it pays for`,
      evidence: { reasons: verdict.reasons, stage: verdict.stage, note },
      actions: ["DISMISS"],
    },
  );
}

/** An unpaid payment is ended with the instrument that is live; of a paid one staff cancels the orders. */
async function endUnpaid(app: App, actor: Actor, { paymentId }: FraudVerdictView): Promise<void> {
  if (!paymentId) return;
  try {
    // Without the note: what its orders end for is read by their customer.
    await cancelPayment(app, actor, { paymentId });
  } catch (error) {
    // A checkout that failed after it was looked at has left no payment.
    const isNothingToEnd = error instanceof Refusal && (error.code === "ALREADY_PAID" || error.code === "NOT_FOUND");
    if (!isNothingToEnd) throw error;
  }
}

/**
 * Staff decides what the rules left open. RELEASED: the payment goes its way. REFUSED: an unpaid payment is ended at
 * the gateway first, and this one is never started again; money that is here goes back by cancelling what it paid for,
 * and a case is open about it.
 * The same decision again changes nothing.
 *
 * @throws Refusal FORBIDDEN without fraud.decide, INVALID_INPUT for the note, NOT_FOUND, CONFLICT when it waits for
 * nobody or was decided otherwise, PAYMENT_IN_REVIEW; GatewayUnavailable, and nothing changed
 */
export async function decideFraudReview(app: App, actor: Actor, input: ReviewDecision): Promise<FraudVerdictView> {
  requireRight(actor, "fraud.decide");
  const note = requireNote(input.note);
  const verdict = await readVerdict(app, input.id);
  if (isDecided(verdict, input.decision)) return verdict;
  if (input.decision === "REFUSED") await endUnpaid(app, actor, verdict);
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const text = `select ${VERDICT_COLUMNS} from fraud_verdicts v where v.id = $1 for update of v`;
    const [before] = await tx.sql<FraudVerdictView>(text, [verdict.id]);
    if (!before) throw noVerdict();
    if (isDecided(before, input.decision)) return before;
    const after = { decision: input.decision, decidedBy: actor.userId, decidedAt: now, note };
    await tx.sql("update fraud_verdicts set decision = $2, decided_by = $3, decided_at = $4, note = $5 where id = $1", [
      before.id,
      after.decision,
      after.decidedBy,
      now,
      note,
    ]);
    await recordAudit(tx, now, actor, {
      permission: "fraud.decide",
      entity: "fraudVerdict",
      entityId: before.id,
      before: { decision: before.decision },
      after: { decision: after.decision },
      reason: note,
    });
    await clearIfLast(tx, before.userId, now);
    if (input.decision === "REFUSED") await openRefused(tx, app, before, note, now);
    return { ...before, ...after };
  });
}
