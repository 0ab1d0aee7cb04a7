import type { Tx } from "../../platform/db.ts";
import { DAY_MS, later, startOfJakartaDay } from "../kernel/time.ts";
import type { Settled } from "./sumDay.ts";

// Fees are what was withheld, less what of it is in doubt: that stands beside them in the equation.
const SETTLED = `
  with cohort as (
    select t.id, t.method
      from payment_transactions t join payments p on p.id = t.payment_id
     where p.channel = 'MIDTRANS' and t.captured_at >= $1 and t.captured_at < $2),
  paid as (
    select c.method, sum(l.net) as settled, sum(l.gross - l.net) as withheld
      from settlement_lines l join cohort c on c.id = l.transaction_id
     where l.state in ('MATCHED', 'DUPLICATE') group by c.method),
  doubt as (
    select c.method, sum(d.amount) as amount
      from discrepancies d join cohort c on c.id = d.transaction_id
     where d.kind = 'FEE' and d.subject = 'transaction:' || c.id and d.resolved_at is null group by c.method)
  select p.method, p.settled, p.withheld - coalesce(d.amount, 0) as fees
    from paid p left join doubt d on d.method = p.method order by p.method`;

/**
 * What the gateway has paid out of a day's payments, by method: net of fees, and less what went back and was taken from
 * payouts. With the fees it is the sum of what the files say, so that the day's equation closes to the rupiah.
 *
 * @param day of the payments' first capture, in Asia/Jakarta
 */
export async function settledOf(tx: Pick<Tx, "sql">, day: string): Promise<Settled[]> {
  const from = startOfJakartaDay(day);
  return tx.sql<Settled>(SETTLED, [from, later(from, DAY_MS)]);
}
