import type { Tx } from "../../platform/db.ts";
import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import { faultOf, type Posting } from "./ledger.rules.ts";

/** An entry that no row of payments, orders or refunds tells of by itself (those: bookPayments). */
export interface Entry {
  readonly kind: "SETTLEMENT" | "BANK" | "ADJUSTMENT";
  readonly paymentId?: PaymentId | null;
  readonly transactionId?: TransactionId | null;
  readonly settlementLineId?: string | null;
  readonly bankLineId?: string | null;
  readonly adjustmentId?: string | null;
  /** Why; left out where the kind says it all. */
  readonly reason?: string | null;
  readonly postings: readonly Posting[];
}

const POST = `
  with entry as (
    insert into ledger_entries (kind, at, payment_id, transaction_id, settlement_line_id, bank_line_id, adjustment_id,
                                reason)
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning id),
  lines as (
    insert into ledger_postings (entry_id, line, account, store_id, method, amount)
    select e.id, p.line, p.account, p.store_id, p.method, p.amount
      from entry e cross join jsonb_to_recordset($9::jsonb)
        as p(line smallint, account text, store_id uuid, method text, amount bigint))
  select id from entry`;

/**
 * Writes one entry of the ledger with its postings, which balance (debit above 0, credit below, whole rupiah). It is
 * never changed: what was wrong is put right by another entry. Called in the transaction that changes what it tells of;
 * a second call writes a second entry, so that the caller's own row says whether it was made.
 *
 * @param now the entry's instant, whose Jakarta day it counts in
 * @returns its number
 * @throws Error for postings that are none or do not balance, which the database refuses, too
 */
export async function postEntry(tx: Tx, now: Date, entry: Entry): Promise<number> {
  const fault = faultOf(entry.postings);
  if (fault) throw new Error(`no ledger entry: ${fault}`);
  const lines = entry.postings.map(({ account, storeId = null, method = null, amount }, i) => {
    return { line: i + 1, account, store_id: storeId, method, amount };
  });
  const [row] = await tx.sql<{ id: number }>(POST, [
    entry.kind,
    now,
    entry.paymentId ?? null,
    entry.transactionId ?? null,
    entry.settlementLineId ?? null,
    entry.bankLineId ?? null,
    entry.adjustmentId ?? null,
    entry.reason ?? null,
    JSON.stringify(lines),
  ]);
  return row?.id as number;
}
