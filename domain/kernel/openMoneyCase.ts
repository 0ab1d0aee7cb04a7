import type { Tx } from "../../platform/db.ts";
import { redact } from "../../platform/redact.ts";
import type { Ids, OrderId, PaymentId, TransactionId, UserId } from "./ids.ts";
import { formatRupiah } from "./money.ts";
import { clearAlertOf, raiseAlert } from "./raiseAlert.ts";

/**
 * What can end a case. DISMISS: nothing more is done, as the note says. REFUND: the money goes back. SYNC: the gateway
 * is asked again, and says otherwise by now. REPLAY: what was stored about it is applied again. CONFIRM_BOOKING: a
 * person says what became of a courier's booking, by an operation of its own. RESTOCK: goods that came back are on the
 * shelf again. REFUND_ORDER: what an order cost is owed back. RESTOCK_REFUND: both.
 */
export const CASE_ACTIONS = [
  "DISMISS",
  "REFUND",
  "SYNC",
  "REPLAY",
  "CONFIRM_BOOKING",
  "RESTOCK",
  "REFUND_ORDER",
  "RESTOCK_REFUND",
] as const;
export type CaseAction = (typeof CASE_ACTIONS)[number];

/** The kind of the alert that stands as long as a case of this kind is open. */
export const caseAlertKind = (kind: string): string => `MONEY_CASE_${kind}`;

export interface MoneyCaseInput {
  /** In capitals, such as AMOUNT_MISMATCH. */
  readonly kind: string;
  /** What it is about: one open case a kind and subject. */
  readonly subject: string;
  readonly paymentId?: PaymentId | null;
  readonly orderId?: OrderId | null;
  readonly transactionId?: TransactionId | null;
  /** Whole rupiah that are in question. */
  readonly amount: number;
  readonly summary: string;
  readonly evidence: object;
  /** What can end it. */
  readonly actions: readonly CaseAction[];
  /** What the gateway said, so that the same words open no second case once a person has decided about them. */
  readonly told?: string;
}

// What a person only had looked at once more was not decided, and may be told again.
const OPEN_CASE = `
  insert into money_cases (id, kind, subject, payment_id, order_id, transaction_id, amount, summary, evidence, actions,
                           told, opened_at)
  select $1::uuid, $2::text, $3::text, $4::uuid, $5::uuid, $6::uuid, $7::bigint, $8::text, $9::jsonb, $10::text[],
         $11::text, $12::timestamptz
   where not exists (select from money_cases d
                      where d.kind = $2 and d.subject = $3 and d.told = $11 and d.resolved_at is not null
                        and d.action in ('DISMISS', 'REFUND', 'RESTOCK', 'REFUND_ORDER', 'RESTOCK_REFUND'))
  on conflict (kind, subject) where resolved_at is null do nothing returning id`;

/**
 * Opens a case that a person must decide, with its alert. The same matter never opens a second one: neither while it is
 * open, nor when the gateway only repeats what was decided about.
 */
export async function openMoneyCase(tx: Tx, app: { ids: Ids; now: Date }, input: MoneyCaseInput): Promise<void> {
  const rows = await tx.sql(OPEN_CASE, [
    app.ids.next<"moneyCase">(),
    input.kind,
    input.subject,
    input.paymentId ?? null,
    input.orderId ?? null,
    input.transactionId ?? null,
    input.amount,
    input.summary,
    JSON.stringify(redact(input.evidence)),
    input.actions,
    input.told ?? null,
    app.now,
  ]);
  if (rows.length === 0) return;
  const message = `${input.summary} (${formatRupiah(input.amount)})`;
  await raiseAlert(tx, app, {
    kind: caseAlertKind(input.kind),
    subject: input.subject,
    severity: "CRITICAL",
    message,
  });
}

/** How a case ends that needs no decision any more: by what was found out, or by a person who said it. */
export interface CaseEnd {
  readonly kind: string;
  readonly subject: string;
  readonly action: CaseAction;
  /** null: it ended by itself. */
  readonly by: UserId | null;
  readonly note: string;
}

/** Ends the open case of this kind and subject, with its alert; nothing happens where none is open. */
export async function closeMoneyCase(tx: Tx, now: Date, end: CaseEnd): Promise<void> {
  await tx.sql(
    `update money_cases set resolved_at = $3, resolved_by = $4, action = $5, resolution = $6
      where kind = $1 and subject = $2 and resolved_at is null`,
    [end.kind, end.subject, now, end.by, end.action, end.note],
  );
  await clearAlertOf(tx, now, caseAlertKind(end.kind), end.subject);
}
