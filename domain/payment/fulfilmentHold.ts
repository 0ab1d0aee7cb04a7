import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { type FulfilmentFacts, type FulfilmentHold, holdOf } from "./fulfilment.rules.ts";

// A case about another try than the one that pays, or about another transaction under its order id, is about money
// besides. What was paid after many declines waits for a
// look from that moment on, whether the queue has it yet or not.
const FACTS = `
  select p.status, p.channel, p.paid_at, t.settled_at, coalesce(t.method, p.method) as method,
         t.gateway_payment_type as payment_type,
         exists (select from fraud_verdicts v
                  where v.payment_id = p.id and v.verdict = 'REVIEW' and v.decision is distinct from 'RELEASED')
         or ($2 > 0 and not exists (select from fraud_verdicts v
                                     where v.payment_id = p.id and 'DECLINED' = any(v.reasons))
             and (select count(*) from (
                    select from payment_logs l join payments o on o.id = l.payment_id
                     where o.user_id = p.user_id and l.step = 'gatewayStatus'
                       and l.detail->>'status' in ('deny', 'failure')
                       and l.at > p.paid_at - interval '1 day' and l.at <= p.paid_at
                     limit $2) declined) >= $2) as is_in_review,
         array(select distinct c.kind from money_cases c
                where c.payment_id = p.id and c.order_id is null and c.resolved_at is null
                  and (c.transaction_id is null or c.transaction_id = p.covering_transaction_id)
                  and (c.told is null or c.kind = 'UNMATCHED'
                       or split_part(c.told, ' ', 1) = t.gateway_transaction_id)) as open_cases
    from payments p left join payment_transactions t on t.id = p.covering_transaction_id
   where p.id = $1`;

/**
 * Asks whether what a payment pays for may leave now: for whoever books a courier, opens a course or hands out anything
 * else that does not come back. Reads only; call it under the locks that the caller keeps on what was bought, in the
 * transaction that decides.
 *
 * @returns why not yet and until when, null where nothing holds it
 * @throws Error for a payment that does not exist
 */
export async function fulfilmentHold(
  tx: Pick<Tx, "sql">,
  app: Pick<App, "clock" | "settings">,
  paymentId: PaymentId,
): Promise<FulfilmentHold | null> {
  const { fraud, reversalHoldMs } = app.settings;
  const [facts] = await tx.sql<FulfilmentFacts>(FACTS, [paymentId, fraud?.declined.review ?? 0]);
  if (!facts) throw new Error(`no payment ${paymentId}`);
  return holdOf(facts, reversalHoldMs, app.clock.now());
}
