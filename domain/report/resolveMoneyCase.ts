import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { CASE_ACTIONS, type CaseAction, caseAlertKind } from "../kernel/openMoneyCase.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { logPaymentStep, type PaymentCause } from "../payment/advancePayment.ts";
import { askGateway } from "../payment/askGateway.ts";
import { lockPayment, readPayment } from "../payment/lockPayment.ts";
import { toldTransaction } from "../payment/moneyCase.rules.ts";
import type { PaymentReport } from "../payment/paymentGateway.ts";
import { settleUnknownTry, UNKNOWN_OUTCOME } from "../payment/sweepUnknownTries.ts";
import { sourceOf } from "../payment/syncPayment.ts";
import { endMoneyCase, needsStatus } from "./endMoneyCase.ts";
import { type CaseRow, lockMoneyCase, readMoneyCase } from "./lockMoneyCase.ts";

const NOTE_CHARS_MAX = 500; // a few sentences of what was done, for the next reader

interface Decision {
  readonly id: string;
  readonly action: string;
  readonly note: string;
}

/** What was decided before stays: the same decision is answered by it. */
function isDecided(row: CaseRow, { action }: Decision): boolean {
  if (!row.resolvedAt) return false;
  if (row.action === action) return true;
  throw new Refusal("CONFLICT", "This money case ended otherwise", { action: row.action });
}

function readDecision(input: Decision): { readonly action: CaseAction; readonly note: string } {
  const note = input.note.trim();
  const action = CASE_ACTIONS.find((known) => known === input.action);
  const fields = {
    ...(action ? {} : { action: `one of ${CASE_ACTIONS.join(", ")}` }),
    ...(note.length >= 1 && note.length <= NOTE_CHARS_MAX ? {} : { note: `1 to ${NOTE_CHARS_MAX} characters` }),
  };
  if (!action || Object.keys(fields).length > 0) throw invalidInput(fields);
  return { action, note };
}

async function askAbout(app: App, row: CaseRow): Promise<PaymentReport | null> {
  const { paymentId, transactionId } = row;
  const told = toldTransaction(row);
  if (told) return app.payments.fetchStatus(told);
  const found = paymentId && (await readPayment(app.db, paymentId));
  const transaction = found?.transactions.find(({ id }) => id === transactionId);
  return transaction ? askGateway(app, transaction) : null;
}

async function writeEnd(tx: Tx, row: CaseRow, actor: Actor, end: { action: CaseAction; note: string; now: Date }) {
  const { action, note, now } = end;
  await tx.sql(
    `update money_cases
        set resolved_at = $2, resolved_by = $3, action = $4, resolution = $5, owner_id = coalesce(owner_id, $3),
            taken_at = coalesce(taken_at, $2)
      where id = $1`,
    [row.id, now, actor.userId, action, note],
  );
  await clearAlertOf(tx, now, caseAlertKind(row.kind), row.subject);
  await recordAudit(tx, now, actor, {
    permission: "moneyCase.resolve",
    entity: "moneyCase",
    entityId: row.id,
    before: { kind: row.kind, subject: row.subject, amount: row.amount, ownerId: row.ownerId },
    after: { action },
    reason: note,
  });
}

/**
 * Ends a case by one of its prepared actions, with what that does, its note, its alert's end and its audit row in one
 * transaction. A case that nobody took becomes the actor's. The same decision again is answered by the first one.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | INVALID_INPUT; CONFLICT when it ended otherwise (details.action), when it is
 * another's (details.ownerId), or when the gateway still says what opened it; ILLEGAL_TRANSITION when the action cannot
 * be done any more; GatewayUnavailable, and nothing changed
 */
export async function resolveMoneyCase(app: App, actor: Actor, input: Decision): Promise<string> {
  requireRight(actor, "moneyCase.resolve");
  const { action, note } = readDecision(input);
  const seen = await readMoneyCase(app.db, input.id);
  if (isDecided(seen, input)) return seen.id;
  if (!seen.actions.includes(action)) throw invalidInput({ action: `one of ${seen.actions.join(", ")}` });
  if (seen.kind === UNKNOWN_OUTCOME && action === "SYNC" && seen.paymentId && seen.transactionId)
    await settleUnknownTry(app, seen.paymentId, seen.transactionId);
  const report = needsStatus(seen, action) ? await askAbout(app, seen) : null;
  killPoint("case.status-asked");
  // Without the note: what becomes of orders by it is read by their customers.
  const cause: PaymentCause = { source: sourceOf(actor), actorId: actor.userId, reason: null };
  const id = await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const locked = seen.paymentId && (await lockPayment(tx, app, seen.paymentId));
    const row = await lockMoneyCase(tx, seen.id);
    if (isDecided(row, input)) return row.id;
    if (row.ownerId !== null && row.ownerId !== actor.userId)
      throw new Refusal("CONFLICT", "Somebody else has taken this money case", { ownerId: row.ownerId });
    await endMoneyCase(tx, action, { app, row, locked, report, cause, now });
    killPoint("case.effects-written");
    if (locked)
      await logPaymentStep(tx, now, cause, {
        paymentId: locked.payment.id,
        transactionId: row.transactionId,
        step: "caseResolved",
        detail: { kind: row.kind, action },
      });
    await writeEnd(tx, row, actor, { action, note, now });
    killPoint("case.end-written");
    return row.id;
  });
  killPoint("case.ended");
  return id;
}
