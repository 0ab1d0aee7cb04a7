import type { Tx } from "../../platform/db.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { Ids, PaymentId, RefundId, TransactionId } from "../kernel/ids.ts";
import { type LineEntry, postEntries } from "../ledger/postEntries.ts";
import { actionsOf } from "./discrepancy.rules.ts";
import { type FeeRate, rateLine } from "./fee.rules.ts";
import { judgeSettlements } from "./judgeSettlements.ts";
import { closeDiscrepancy, openDiscrepancy } from "./openDiscrepancy.ts";
import { type LineSums, settlementPostings, sourceOf } from "./settlement.rules.ts";
import { isAdjusted } from "./unmatchedLines.ts";

/** A line with what was found for it. Whole rupiah. */
interface Candidate {
  readonly id: string;
  readonly state: "NEW" | "UNMATCHED";
  readonly line: number;
  readonly file: string;
  readonly type: string;
  readonly gatewayTransactionId: string | null;
  readonly gatewayOrderId: string | null;
  readonly paymentType: string | null;
  readonly isForeign: boolean;
  readonly foreignGross: string | null;
  readonly currency: string;
  readonly gross: number;
  readonly fee: number;
  readonly feeTax: number;
  readonly net: number;
  readonly feeRounding: number;
  readonly settledOn: string;
  readonly payoutReference: string | null;
  /** What it was found by; null: nothing of ours. */
  readonly matchedBy: string | null;
  readonly transactionId: TransactionId | null;
  readonly paymentId: PaymentId | null;
  readonly refundId: RefundId | null;
  readonly method: string | null;
  readonly paidType: string | null;
  /** The Jakarta day of the payment, else of its payout. */
  readonly paidOn: string;
  /** What the buyer paid the gateway besides: then it keeps no fee of ours. */
  readonly buyersFee: number;
  /** Ours: what was captured of it; theirs: what other lines say was paid out. */
  readonly captured: number;
  readonly paidBefore: number;
  /** Two people have booked it by hand: whatever is found for it is for them to look at. */
  readonly isAdjusted: boolean;
  readonly foundOrderId: string | null;
}

/** Days around a transfer in which a virtual account's number and the sum tell which payment it was. */
const VA_DAYS = 14;

const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

// By the gateway's own id first, which is one payment's for good; an account's number only where one payment fits.
const CANDIDATES = `
  select l.id, l.state, l.line, f.name as file, l.type, l.gateway_transaction_id, l.gateway_order_id, l.payment_type,
         l.currency <> 'IDR' as is_foreign, l.foreign_gross, l.currency, l.gross, l.fee, l.fee_tax, l.net,
         l.fee_rounding, l.settled_on, l.payout_reference, m.matched_by, t.id as transaction_id, t.payment_id,
         r.id as refund_id, t.method, t.gateway_payment_type as paid_type,
         coalesce(t.fee_amount, 0) as buyers_fee,
         coalesce(to_char(t.captured_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD'), l.paid_on::text,
                  l.settled_on::text) as paid_on,
         coalesce(t.captured_amount, 0) as captured,
         (select coalesce(sum(o.gross), 0) from settlement_lines o
           where o.transaction_id = t.id and o.type = 'PAYMENT' and o.state in ('MATCHED', 'DUPLICATE')
             and o.id <> l.id) as paid_before,
         ${isAdjusted("settlement_lines")} as is_adjusted, t.gateway_order_id as found_order_id
    from settlement_lines l join settlement_files f on f.id = l.file_id
    left join refunds r on r.id = case when l.refund_key ~ '${UUID}' then left(l.refund_key, 36)::uuid end
    left join lateral (
      select * from (
        select id, 'transaction_id' as matched_by, 1 as rank from payment_transactions
         where gateway_transaction_id = l.gateway_transaction_id
        union all
        select id, 'order_id', 2 from payment_transactions where gateway_order_id = l.gateway_order_id
        union all
        select r.transaction_id, 'refund_key', 3 where r.id is not null
        union all
        select (array_agg(v.id))[1], 'va_number', 4 from payment_transactions v
         where l.va_number is not null and v.instructions ? 'vaNumber' and v.instructions->>'vaNumber' = l.va_number
           and v.captured_amount = abs(l.gross)
           and (v.captured_at at time zone 'Asia/Jakarta')::date
               between coalesce(l.paid_on, l.settled_on - ${VA_DAYS}) and coalesce(l.paid_on, l.settled_on)
        having count(*) = 1) found
       order by rank limit 1) m on true
    left join payment_transactions t on t.id = m.id and t.method <> 'MANUAL_TRANSFER'
   where l.id = ${anyId(1)}
   order by l.file_id, l.line`;

/** A line that was booked by hand stays what it is: its match would move the same money again. */
const asBooked = (line: Candidate): Candidate =>
  line.isAdjusted ? { ...line, transactionId: null, paymentId: null, refundId: null, method: null } : line;

interface Outcome {
  readonly candidate: Candidate;
  readonly state: "MATCHED" | "UNMATCHED" | "DUPLICATE" | "FOREIGN";
  readonly expectedFee: number | null;
  readonly expectedFeeTax: number | null;
  readonly feeRounding: number;
}

function outcomeOf(line: Candidate, rates: readonly FeeRate[], isSecond: boolean): Outcome {
  const none = { candidate: line, expectedFee: null, expectedFeeTax: null, feeRounding: 0 };
  if (line.isForeign) return { ...none, state: "FOREIGN" };
  if (line.transactionId === null) return { ...none, state: "UNMATCHED" };
  if (line.type !== "PAYMENT") return { ...none, state: "MATCHED" };
  const state = isSecond ? "DUPLICATE" : "MATCHED";
  const { expected, rounding } = rateLine(rates, { ...line, paidType: line.paidType ?? line.paymentType });
  const [expectedFee, expectedFeeTax] = [expected?.fee ?? null, expected?.tax ?? null];
  return { ...none, state, expectedFee, expectedFeeTax, feeRounding: rounding };
}

const STORE = `
  update settlement_lines l
     set state = o.state, matched_by = o.matched_by, transaction_id = o.transaction_id, payment_id = o.payment_id,
         refund_id = o.refund_id, expected_fee = o.expected_fee, expected_fee_tax = o.expected_fee_tax,
         fee_rounding = o.fee_rounding, matched_at = $2
    from jsonb_to_recordset($1::jsonb) as o(id uuid, state text, matched_by text, transaction_id uuid, payment_id uuid,
           refund_id uuid, expected_fee bigint, expected_fee_tax bigint, fee_rounding bigint)
   where l.id = o.id`;

const rowOf = ({ candidate, ...outcome }: Outcome) => ({
  id: candidate.id,
  state: outcome.state,
  matched_by: candidate.transactionId === null ? null : candidate.matchedBy,
  transaction_id: candidate.transactionId,
  payment_id: candidate.paymentId,
  refund_id: candidate.type === "REFUND" ? candidate.refundId : null,
  expected_fee: outcome.expectedFee,
  expected_fee_tax: outcome.expectedFeeTax,
  fee_rounding: outcome.feeRounding,
});

function entryOf({ candidate, state, feeRounding }: Outcome): LineEntry {
  const sums: LineSums = candidate;
  const before = candidate.state === "NEW" ? null : { sums, source: sourceOf(candidate.state) };
  return {
    lineId: candidate.id,
    paymentId: candidate.paymentId,
    transactionId: candidate.transactionId,
    postings: settlementPostings(before, { sums: { ...sums, feeRounding }, source: sourceOf(state) }, candidate.method),
  };
}

export const lineSubject = (id: string): string => `line:${id}`;

/** Money of a payment that we do not know, or in another currency: a person looks. It ends when we know of it. */
async function tellOf(tx: Tx, app: { ids: Ids; now: Date }, { candidate, state }: Outcome): Promise<void> {
  const subject = lineSubject(candidate.id);
  const isUnknown = state === "UNMATCHED" || (state === "FOREIGN" && candidate.transactionId === null);
  if (!isUnknown) {
    if (candidate.state === "UNMATCHED") {
      const resolution = `It is known by now, by its ${candidate.matchedBy}`;
      await closeDiscrepancy(tx, app.now, { kind: "MISSING_HERE", subject, resolution });
    }
    return;
  }
  const kind = state === "FOREIGN" ? "CURRENCY" : "MISSING_HERE";
  const { file, line, type, gatewayOrderId, gatewayTransactionId, paymentType, settledOn, gross, net } = candidate;
  await openDiscrepancy(tx, app, {
    day: candidate.paidOn,
    kind,
    subject,
    ours: candidate.isAdjusted && candidate.foundOrderId ? `${candidate.foundOrderId}, since it was adjusted` : null,
    theirs: state === "FOREIGN" ? `${candidate.currency} ${candidate.foreignGross}` : `${type} IDR ${gross}`,
    amount: 0 - gross,
    evidence: { file, row: line, type, gatewayOrderId, gatewayTransactionId, paymentType, settledOn, gross, net },
    actions: actionsOf(kind),
    settlementLineId: candidate.id,
  });
}

/**
 * Matches lines of settlement files that are new, or that nothing was known for: finds what each is about, writes that
 * on it, books it, and holds all that was touched against our books. What two people booked by hand in the meantime is
 * not booked again: they are told what it turned out to be. The caller holds the lock of settlements.
 *
 * A second call is harmless: it is for lines of a state that this leaves, and one that still is not known is told of
 * once.
 *
 * @returns how many were matched
 */
export async function matchLines(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date },
  rates: readonly FeeRate[],
  ids: readonly string[],
): Promise<number> {
  const candidates = (await tx.sql<Candidate>(CANDIDATES, [ids])).map(asBooked);
  // A payment may be paid out in parts; what is more than there was to pay out was paid out before.
  const paid = new Map<string, number>();
  const outcomes = candidates.map((line) => {
    const id = line.transactionId ?? "";
    const before = line.paidBefore + (paid.get(id) ?? 0);
    if (line.type === "PAYMENT" && !line.isForeign) paid.set(id, (paid.get(id) ?? 0) + line.gross);
    return outcomeOf(line, rates, before > 0 && before + line.gross > line.captured);
  });
  await tx.sql(STORE, [JSON.stringify(outcomes.map(rowOf)), app.now]);
  const entries = outcomes.map(entryOf).filter(({ postings }) => postings.length > 0);
  await postEntries(tx, app.now, "SETTLEMENT", entries);
  for (const outcome of outcomes) await tellOf(tx, app, outcome);
  const touched = new Set(candidates.flatMap(({ transactionId }) => transactionId ?? []));
  await judgeSettlements(tx, app, [...touched]);
  return outcomes.filter(({ state }) => state === "MATCHED").length;
}
