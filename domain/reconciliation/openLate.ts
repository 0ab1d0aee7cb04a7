import type { Tx } from "../../platform/db.ts";
import type { Ids, PaymentId, TransactionId } from "../kernel/ids.ts";
import { actionsOf, isLarge } from "./discrepancy.rules.ts";
import { transactionSubject } from "./judgeSettlements.ts";
import { openDiscrepancy } from "./openDiscrepancy.ts";
import { lateText } from "./settlement.rules.ts";

/** A payment whose money was due and is in no file. Whole rupiah. */
export interface Late {
  readonly transactionId: TransactionId;
  readonly paymentId: PaymentId;
  readonly gatewayOrderId: string;
  readonly left: number;
}

/** A day's payments by one type, with the day on which the last of their money was due. */
export interface DueCohort {
  readonly day: string;
  readonly paymentType: string;
  readonly due: string;
}

/** Large ones that people are called for one by one; where there are more, no file came, and that has one cause. */
const CALLS_MAX = 50;

const INSERT = `
  insert into discrepancies (id, day, kind, subject, ours, theirs, amount, evidence, actions, payment_id,
                             transaction_id, opened_at, seen_at)
  select r.id, $2, 'LATE_SETTLEMENT', r.subject, r.ours, null, r.amount, r.evidence, $3, r.payment_id,
         r.transaction_id, $4, $4
    from jsonb_to_recordset($1::jsonb) as r(id uuid, subject text, ours text, amount bigint, evidence jsonb,
                                            payment_id uuid, transaction_id uuid)
   order by r.subject
  on conflict (kind, subject) where resolved_at is null do nothing`;

/**
 * Puts payments that are late on record as openDiscrepancy does, most of them in one statement: a gateway that paid out
 * nothing is late with all of a day. They are of one day and were never told of, so that one of them tells whether the
 * day is open again. A second run is harmless: what is open stays one.
 */
export async function openLate(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date },
  { day, paymentType, due }: DueCohort,
  late: readonly Late[],
): Promise<void> {
  const actions = actionsOf("LATE_SETTLEMENT");
  const found = late.map(({ transactionId, paymentId, gatewayOrderId, left }) => ({
    subject: transactionSubject(transactionId),
    ours: lateText(left, due),
    amount: left,
    evidence: { gatewayOrderId, paymentType, due },
    paymentId,
    transactionId,
  }));
  const calls = found.filter(({ amount }) => isLarge(amount)).slice(0, CALLS_MAX);
  const single = new Set(calls.length > 0 ? calls : found.slice(0, 1));
  for (const each of single)
    await openDiscrepancy(tx, app, { ...each, day, kind: "LATE_SETTLEMENT", theirs: null, actions });
  const rest = found.filter((each) => !single.has(each));
  if (rest.length === 0) return;
  const rows = rest.map(({ paymentId, transactionId, ...row }) => {
    return { id: app.ids.next<"discrepancy">(), ...row, payment_id: paymentId, transaction_id: transactionId };
  });
  await tx.sql(INSERT, [JSON.stringify(rows), day, actions, app.now]);
}
