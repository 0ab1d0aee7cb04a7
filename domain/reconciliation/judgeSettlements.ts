import type { Tx } from "../../platform/db.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { Ids, PaymentId, TransactionId } from "../kernel/ids.ts";
import { actionsOf, type DiscrepancyKind } from "./discrepancy.rules.ts";
import { closeDiscrepancy, openDiscrepancy } from "./openDiscrepancy.ts";
import { findingsOf, lateText, type Position } from "./settlement.rules.ts";

/** A transaction with what our books and the files say of it. */
interface Judged extends Position {
  readonly transactionId: TransactionId;
  readonly paymentId: PaymentId;
  readonly gatewayOrderId: string;
  readonly day: string;
  /** What of it is open: kinds of this subject. */
  readonly open: readonly DiscrepancyKind[];
  /** What was told of as late; null: nothing is. */
  readonly late: { readonly amount: number; readonly evidence: { readonly due: string } } | null;
  /** `row`, because `line` is the name of a part of an address, which evidence does not show. */
  readonly lines: readonly { readonly file: string; readonly row: number }[];
}

/** Lines that are shown as evidence: a payment has one, a refund besides. */
const LINES_SHOWN = 10;

/** What is found of a transaction by its settlement lines has this subject. */
export const transactionSubject = (id: TransactionId): string => `transaction:${id}`;

const POSITIONS = `
  select t.id as transaction_id, t.payment_id, t.gateway_order_id,
         to_char(coalesce(t.captured_at, t.created_at) at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as day,
         t.captured_amount as captured, t.refunded_amount - t.refunded_by_hand as refunded,
         t.charged_back_amount as charged_back, s.*,
         coalesce((select array_agg(d.kind) from discrepancies d
                    where d.transaction_id = t.id and d.subject = 'transaction:' || t.id and d.resolved_at is null),
                  '{}') as open,
         (select jsonb_build_object('amount', d.amount, 'evidence', d.evidence) from discrepancies d
           where d.kind = 'LATE_SETTLEMENT' and d.subject = 'transaction:' || t.id
             and d.resolved_at is null) as late,
         coalesce((select jsonb_agg(jsonb_build_object('file', f.name, 'row', l.line))
                     from (select file_id, line from settlement_lines
                            where transaction_id = t.id order by id limit ${LINES_SHOWN}) l
                     join settlement_files f on f.id = l.file_id), '[]') as lines
    from payment_transactions t
   cross join lateral (
     select count(*) filter (where l.type = 'PAYMENT' and rp) as payments,
            coalesce(sum(l.gross) filter (where paid and rp), 0) as gross,
            coalesce(sum(l.fee) filter (where paid and rp), 0) as fee,
            coalesce(sum(l.fee_tax) filter (where paid and rp), 0) as fee_tax,
            coalesce(sum(l.net) filter (where paid and rp), 0) as net,
            case when bool_and(l.expected_fee is not null) filter (where l.type = 'PAYMENT' and rp)
                 then sum(l.expected_fee) filter (where l.type = 'PAYMENT' and rp) end as expected_fee,
            case when bool_and(l.expected_fee_tax is not null) filter (where l.type = 'PAYMENT' and rp)
                 then sum(l.expected_fee_tax) filter (where l.type = 'PAYMENT' and rp) end as expected_fee_tax,
            count(*) filter (where l.type = 'PAYMENT' and rp) as rated,
            count(*) filter (where l.type = 'REFUND' and rp) as refund_lines,
            coalesce(-sum(l.gross) filter (where l.type = 'REFUND' and rp), 0) as refund_gross,
            count(*) filter (where l.type = 'REFUND' and rp and -l.gross <> (select r.amount from refunds r
                                                                      where r.id = l.refund_id)) as refund_amiss,
            count(*) filter (where l.type = 'CHARGEBACK' and rp) as chargeback_lines,
            coalesce(-sum(l.gross) filter (where l.type = 'CHARGEBACK' and rp), 0) as chargeback_gross,
            coalesce(sum(l.gross - l.net) filter (where not paid and rp), 0) as back_fees,
            count(*) filter (where not rp) as foreign
       from (select *, type in ('PAYMENT', 'CORRECTION') as paid, foreign_gross is null as rp
               from settlement_lines where transaction_id = t.id and state <> 'NEW') l) s
   where t.id = ${anyId(1)}
   order by t.id`;

const HEALED = "A later file, or the gateway, brought what was missing";

/** Kinds that this look opens, and those that it only ends when what they waited for is there. */
const JUDGED: readonly DiscrepancyKind[] = ["STATUS", "AMOUNT", "DUPLICATE", "FEE", "REFUND", "CHARGEBACK", "CURRENCY"];

/** What the gateway has to pay out, where no file has any of it. */
const toCome = ({ captured, refunded, chargedBack }: Position): number => captured - refunded - chargedBack;

/** What is open and is found no more. What is on its way stays late until a file has it. */
function overOf(judged: Judged, found: readonly DiscrepancyKind[]): DiscrepancyKind[] {
  const hasCome = judged.payments > 0 || judged.foreign > 0 || toCome(judged) <= 0;
  return judged.open.filter((kind) => {
    if (kind === "LATE_SETTLEMENT") return hasCome;
    if (kind === "REFUND" && judged.refundGross < judged.refunded) return false;
    if (kind === "CHARGEBACK" && judged.chargebackGross < judged.chargedBack) return false;
    return JUDGED.includes(kind) && !found.includes(kind);
  });
}

/** What went back meanwhile is not late any more: the rest is. */
async function followLate(tx: Tx, app: { readonly ids: Ids; readonly now: Date }, judged: Judged): Promise<void> {
  const { late, transactionId, paymentId, day } = judged;
  const left = toCome(judged);
  if (!late || late.amount === left) return;
  await openDiscrepancy(tx, app, {
    kind: "LATE_SETTLEMENT",
    day,
    subject: transactionSubject(transactionId),
    ours: lateText(left, late.evidence.due),
    theirs: null,
    amount: left,
    evidence: late.evidence,
    actions: actionsOf("LATE_SETTLEMENT"),
    paymentId,
    transactionId,
  });
}

/**
 * Holds what the files say of some transactions against our books: opens what does not agree, and ends what does by
 * now. It looks at rows alone, so that a second call opens and ends nothing. Who calls holds the lock of settlements.
 */
export async function judgeSettlements(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date },
  transactionIds: readonly TransactionId[],
): Promise<void> {
  if (transactionIds.length === 0) return;
  for (const judged of await tx.sql<Judged>(POSITIONS, [transactionIds])) {
    const { transactionId, paymentId, day, gatewayOrderId, lines } = judged;
    const subject = transactionSubject(transactionId);
    const findings = findingsOf(judged);
    for (const finding of findings) {
      await openDiscrepancy(tx, app, {
        ...finding,
        day,
        subject,
        evidence: { gatewayOrderId, lines, ...sumsOf(judged) },
        actions: actionsOf(finding.kind),
        paymentId,
        transactionId,
      });
    }
    const kinds = findings.map(({ kind }) => kind);
    const over = overOf(judged, kinds);
    if (!over.includes("LATE_SETTLEMENT")) await followLate(tx, app, judged);
    for (const kind of over) {
      await closeDiscrepancy(tx, app.now, { kind, subject, resolution: HEALED });
    }
  }
}

/** The numbers that a person compares. */
const sumsOf = (p: Position) => ({
  ours: { captured: p.captured, refunded: p.refunded, chargedBack: p.chargedBack },
  expected: { fee: p.expectedFee, feeTax: p.expectedFeeTax },
  theirs: {
    gross: p.gross,
    fee: p.fee,
    feeTax: p.feeTax,
    net: p.net,
    refunded: p.refundGross,
    chargedBack: p.chargebackGross,
  },
});
