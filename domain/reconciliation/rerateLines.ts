import type { Tx } from "../../platform/db.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { Ids, PaymentId, TransactionId } from "../kernel/ids.ts";
import { postEntries } from "../ledger/postEntries.ts";
import { type FeeRate, rateLine } from "./fee.rules.ts";
import { judgeSettlements } from "./judgeSettlements.ts";
import { type LineSums, settlementPostings, sourceOf } from "./settlement.rules.ts";

interface Rated extends LineSums {
  readonly id: string;
  readonly state: "MATCHED" | "DUPLICATE";
  readonly transactionId: TransactionId;
  readonly paymentId: PaymentId;
  readonly method: string;
  readonly paidType: string | null;
  readonly paidOn: string;
  readonly buyersFee: number;
}

/** Payments whose fee is in doubt and that are held against a new rate at once; more are by the next change. */
const RATED_MAX = 5_000;

// What no doubt is about keeps the rate by which it was judged: contracts are not changed behind what is signed.
const IN_DOUBT = `
  select l.id, l.state, l.gross, l.fee, l.fee_tax, l.net, l.fee_rounding, l.transaction_id, l.payment_id, t.method,
         coalesce(t.gateway_payment_type, l.payment_type) as paid_type, coalesce(t.fee_amount, 0) as buyers_fee,
         coalesce(to_char(t.captured_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD'), l.paid_on::text,
                  l.settled_on::text) as paid_on
    from discrepancies d
    join settlement_lines l on l.transaction_id = d.transaction_id and l.type = 'PAYMENT'
     and l.state in ('MATCHED', 'DUPLICATE')
    join payment_transactions t on t.id = l.transaction_id
   where d.kind = 'FEE' and d.resolved_at is null and d.subject like 'transaction:%'
   order by l.id limit ${RATED_MAX}`;

const STORE = `
  update settlement_lines l set expected_fee = o.fee, expected_fee_tax = o.tax, fee_rounding = o.rounding
    from jsonb_to_recordset($1::jsonb) as o(id uuid, fee bigint, tax bigint, rounding bigint)
   where l.id = o.id`;

const DAYS = `
  select distinct to_char(captured_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as day
    from payment_transactions where id = ${anyId(1)} and captured_at is not null`;

/**
 * Holds payments whose fee is in doubt against the rates as they are now: what the table explains by now ends by
 * itself, and its rounding is booked as such. A second call finds the same. The caller holds the lock of settlements.
 *
 * @returns the days whose equation it may have changed
 */
export async function rerateLines(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date },
  rates: readonly FeeRate[],
): Promise<string[]> {
  const lines = await tx.sql<Rated>(IN_DOUBT);
  const rated = lines.map((line) => ({ line, ...rateLine(rates, line) }));
  await tx.sql(STORE, [
    JSON.stringify(
      rated.map(({ line, expected, rounding }) => {
        return { id: line.id, fee: expected?.fee ?? null, tax: expected?.tax ?? null, rounding };
      }),
    ),
  ]);
  const entries = rated.map(({ line, rounding }) => {
    const source = sourceOf(line.state);
    const after = { sums: { ...line, feeRounding: rounding }, source };
    const { id, transactionId, paymentId, method } = line;
    return {
      lineId: id,
      transactionId,
      paymentId,
      postings: settlementPostings({ sums: line, source }, after, method),
    };
  });
  const changed = entries.filter(({ postings }) => postings.length > 0);
  await postEntries(tx, app.now, "SETTLEMENT", changed);
  const touched = [...new Set(lines.map(({ transactionId }) => transactionId))];
  await judgeSettlements(tx, app, touched);
  const days = await tx.sql<{ day: string }>(DAYS, [touched]);
  return days.map(({ day }) => day);
}
