import type { Tx } from "../../platform/db.ts";
import { redact } from "../../platform/redact.ts";
import type { Ids, PaymentId, RefundId, TransactionId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { clearAlertsOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { type DiscrepancyAction, type DiscrepancyKind, HEALED, isLarge } from "./discrepancy.rules.ts";
import { shareDay } from "./lockDay.ts";

export interface DiscrepancyInput {
  /** The day whose sum it is about, in Asia/Jakarta. */
  readonly day: string;
  readonly kind: DiscrepancyKind;
  /** What it is about: one open one a kind and subject. */
  readonly subject: string;
  /** In words; null: nothing of it. */
  readonly ours: string | null;
  readonly theirs: string | null;
  /** Ours less theirs, whole rupiah; 0: no sum changes by it. */
  readonly amount: number;
  readonly evidence: object;
  readonly actions: readonly DiscrepancyAction[];
  readonly paymentId?: PaymentId | null;
  readonly transactionId?: TransactionId | null;
  readonly refundId?: RefundId | null;
  readonly settlementLineId?: string | null;
  readonly bankLineId?: string | null;
}

/** The alert of a large discrepancy stands as long as it is open; its subject is this. */
const DISCREPANCY_ALERT = "RECONCILIATION_DISCREPANCY";
export const alertSubject = ({ kind, subject }: { kind: string; subject: string }): string => `${kind} ${subject}`;
/** One that nobody has ended in days, and in a week. */
export const AGED_ALERT = "RECONCILIATION_AGED";
export const OVERDUE_ALERT = "RECONCILIATION_OVERDUE";
/** A day that was signed off, and is not any more. */
export const REOPENED_ALERT = "RECONCILIATION_REOPENED";

/** People are told that a day which was signed off is open again. */
export const tellReopened = (tx: Tx, app: { ids: Ids; now: Date }, day: string, why: string): Promise<unknown> =>
  raiseAlert(tx, app, {
    kind: REOPENED_ALERT,
    subject: day,
    severity: "CRITICAL",
    message: `${day} had been signed off and is open again: ${why}`,
  });

/** A signed day is closed: what is found of it afterwards reopens it, before anybody's eyes. */
async function reopen(tx: Tx, app: { ids: Ids; now: Date }, day: string, why: string): Promise<void> {
  await shareDay(tx, day);
  const rows = await tx.sql(
    `update reconciliation_runs set state = 'REOPENED', reopened_at = $2, signed_off_at = null, signed_off_by = null
      where day = $1 and state = 'SIGNED_OFF' returning day`,
    [day, app.now],
  );
  if (rows.length > 0) await tellReopened(tx, app, day, why);
}

// What a person decided about is not told to him again in the same words.
const DECIDED = `
  select from discrepancies
   where kind = $1 and subject = $2 and resolved_at is not null and resolved_by is not null
     and action in ('DECIDED', 'ADJUST', 'ACCEPT', 'DISMISS')
     and ours is not distinct from $3 and theirs is not distinct from $4 and amount = $5 limit 1`;

// The same matter seen again keeps its owner and its age; what is told of it is the newest.
const SEEN_AGAIN = `
  with before as (
    select id, amount from discrepancies where kind = $1 and subject = $2 and resolved_at is null for update)
  update discrepancies d set seen_at = $3, ours = $4, theirs = $5, amount = $6, evidence = $7, actions = $8
    from before where d.id = before.id returning d.day, before.amount as before`;

const INSERT = `
  insert into discrepancies (id, day, kind, subject, ours, theirs, amount, evidence, actions, payment_id,
                             transaction_id, refund_id, settlement_line_id, bank_line_id, opened_at, seen_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
  on conflict (kind, subject) where resolved_at is null do nothing returning id`;

// The others are told of once a day, together.
async function tellLarge(tx: Tx, app: { ids: Ids; now: Date }, input: DiscrepancyInput): Promise<void> {
  const { kind, day, subject, amount, ours, theirs } = input;
  if (!isLarge(amount)) return;
  await raiseAlert(tx, app, {
    kind: DISCREPANCY_ALERT,
    subject: alertSubject(input),
    severity: "CRITICAL",
    message: `${kind} of ${day}: ${subject} (${formatRupiah(amount)}): ${ours ?? "-"} here, ${theirs ?? "-"} there`,
  });
}

/** @returns whether it is open already; with another sum it is news, and what was signed with it is open again */
async function seeAgain(tx: Tx, app: { ids: Ids; now: Date }, input: DiscrepancyInput): Promise<boolean> {
  const { kind, subject, ours, theirs, amount, actions } = input;
  const evidence = JSON.stringify(redact(input.evidence));
  const [seen] = await tx.sql<{ day: string; before: number }>(SEEN_AGAIN, [
    ...[kind, subject, app.now, ours, theirs, amount, evidence, actions],
  ]);
  if (seen && seen.before !== amount) {
    const change = `${formatRupiah(seen.before)} are ${formatRupiah(amount)} by now`;
    await reopen(tx, app, seen.day, `${kind} of ${subject}: ${change}`);
    await tellLarge(tx, app, { ...input, day: seen.day });
  }
  return seen !== undefined;
}

/**
 * Puts what does not agree on record, with its alert; a day that was signed off is open again by it, and by another sum
 * of what was open as it was signed. The same matter never stands there twice: neither while it is open, nor when a
 * person has decided about the very same finding. So a second run of whoever found it is harmless.
 *
 * @returns what became of it: a new one, one that was open already, or one that was decided about
 */
export async function openDiscrepancy(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date },
  input: DiscrepancyInput,
): Promise<"opened" | "known" | "decided"> {
  const { kind, subject, ours, theirs, amount, day } = input;
  if (await seeAgain(tx, app, input)) return "known";
  const decided = await tx.sql(DECIDED, [kind, subject, ours, theirs, amount]);
  if (decided.length > 0) return "decided";
  await reopen(tx, app, day, `${kind} of ${subject}`);
  const rows = await tx.sql(INSERT, [
    app.ids.next<"discrepancy">(),
    day,
    kind,
    subject,
    ours,
    theirs,
    amount,
    JSON.stringify(redact(input.evidence)),
    input.actions,
    input.paymentId ?? null,
    input.transactionId ?? null,
    input.refundId ?? null,
    input.settlementLineId ?? null,
    input.bankLineId ?? null,
    app.now,
  ]);
  if (rows.length === 0) return "known";
  await tellLarge(tx, app, input);
  return "opened";
}

/** As openDiscrepancy and its end at once, for what the shop could set right by itself: it stands on record. */
export async function recordHealed(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date },
  input: DiscrepancyInput & { readonly resolution: string },
): Promise<void> {
  const open = await closeDiscrepancy(tx, app.now, input);
  if (open) return;
  await tx.sql(
    `insert into discrepancies (id, day, kind, subject, ours, theirs, amount, evidence, actions, payment_id,
                                transaction_id, refund_id, opened_at, seen_at, resolved_at, action, resolution)
     values ($1, $2, $3, $4, $5, $6, $7, $8, '{}', $9, $10, $11, $12, $12, $12, '${HEALED}', $13)`,
    [
      app.ids.next<"discrepancy">(),
      input.day,
      input.kind,
      input.subject,
      input.ours,
      input.theirs,
      input.amount,
      JSON.stringify(redact(input.evidence)),
      input.paymentId ?? null,
      input.transactionId ?? null,
      input.refundId ?? null,
      app.now,
      input.resolution,
    ],
  );
}

/**
 * Ends the open discrepancy of this kind and subject by itself, with its alerts: what it lacked has come. Nothing
 * happens where none is open.
 *
 * @returns whether one was open
 */
export async function closeDiscrepancy(
  tx: Tx,
  now: Date,
  end: { readonly kind: DiscrepancyKind; readonly subject: string; readonly resolution: string },
): Promise<boolean> {
  const rows = await tx.sql(
    `update discrepancies set resolved_at = $3, action = '${HEALED}', resolution = $4
      where kind = $1 and subject = $2 and resolved_at is null returning id`,
    [end.kind, end.subject, now, end.resolution],
  );
  if (rows.length > 0) await clearDiscrepancyAlerts(tx, now, [end]);
  return rows.length > 0;
}

/** Clears what people were told of discrepancies that are over. */
export async function clearDiscrepancyAlerts(
  tx: Tx,
  now: Date,
  ended: readonly { readonly kind: string; readonly subject: string }[],
): Promise<void> {
  const subjects = ended.map(alertSubject);
  await clearAlertsOf(tx, now, DISCREPANCY_ALERT, subjects);
  await clearAlertsOf(tx, now, AGED_ALERT, subjects);
  await clearAlertsOf(tx, now, OVERDUE_ALERT, subjects);
}
