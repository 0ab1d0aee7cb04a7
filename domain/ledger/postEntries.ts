import type { Tx } from "../../platform/db.ts";
import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import { faultOf, type Posting } from "./ledger.rules.ts";

/** An entry of one line of an imported file. */
export interface LineEntry {
  readonly lineId: string;
  readonly paymentId?: PaymentId | null;
  readonly transactionId?: TransactionId | null;
  /** Why; left out where the kind says it all. */
  readonly reason?: string | null;
  readonly postings: readonly Posting[];
}

// Within one call a line has one entry, by which its postings find it.
const POST = `
  with told as (
    select * from jsonb_to_recordset($3::jsonb)
      as t(line_id uuid, payment_id uuid, transaction_id uuid, reason text, postings jsonb)),
  entries as (
    insert into ledger_entries (kind, at, payment_id, transaction_id, settlement_line_id, bank_line_id, reason)
    select $1::text, $2, payment_id, transaction_id, case when $1::text = 'SETTLEMENT' then line_id end,
           case when $1::text = 'BANK' then line_id end, reason
      from told
    returning id, coalesce(settlement_line_id, bank_line_id) as line_id)
  insert into ledger_postings (entry_id, line, account, store_id, method, amount)
  select e.id, p.line, p.account, p.store_id, p.method, p.amount
    from entries e join told t on t.line_id = e.line_id
   cross join jsonb_to_recordset(t.postings)
     as p(line smallint, account text, store_id uuid, method text, amount bigint)`;

/**
 * As postEntry, of many lines of a file at once, each with an entry of its own: one statement, however many they are.
 * A second call writes second entries, so that each line's own row says what was booked of it.
 *
 * @throws Error for postings that are none or do not balance, which the database refuses, too
 */
export async function postEntries(
  tx: Tx,
  now: Date,
  kind: "SETTLEMENT" | "BANK",
  entries: readonly LineEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ lineId, paymentId, transactionId, reason, postings }) => {
    const fault = faultOf(postings);
    if (fault) throw new Error(`no ledger entry: ${fault}`);
    return {
      line_id: lineId,
      payment_id: paymentId ?? null,
      transaction_id: transactionId ?? null,
      reason: reason ?? null,
      postings: postings.map(({ account, storeId = null, method = null, amount }, i) => {
        return { line: i + 1, account, store_id: storeId, method, amount };
      }),
    };
  });
  await tx.sql(POST, [kind, now, JSON.stringify(rows)]);
}
