import type { Tx } from "../../platform/db.ts";
import { redact } from "../../platform/redact.ts";
import type { Ids, OrderId, PaymentId, TransactionId } from "./ids.ts";
import { formatRupiah } from "./money.ts";
import { raiseAlert } from "./raiseAlert.ts";

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
  readonly actions: readonly string[];
}

/** Opens a case that a person must decide, with its alert. The same matter never opens a second one. */
export async function openMoneyCase(tx: Tx, app: { ids: Ids; now: Date }, input: MoneyCaseInput): Promise<void> {
  const rows = await tx.sql(
    `insert into money_cases (id, kind, subject, payment_id, order_id, transaction_id, amount, summary,
                              evidence, actions, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (kind, subject) where resolved_at is null do nothing returning id`,
    [
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
      app.now,
    ],
  );
  if (rows.length === 0) return;
  const message = `${input.summary} (${formatRupiah(input.amount)})`;
  await raiseAlert(tx, app, {
    kind: `MONEY_CASE_${input.kind}`,
    subject: input.subject,
    severity: "CRITICAL",
    message,
  });
}
