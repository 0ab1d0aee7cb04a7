import type { Sql } from "../../platform/sqlClient.ts";
import type { TransactionId } from "../kernel/ids.ts";
import { toldBy } from "../payment/moneyCase.rules.ts";
import type { PaymentReport } from "../payment/paymentGateway.ts";

/**
 * Whether a person has seen what the gateway says of a transaction in words that move nothing, and has nothing to wait
 * for: the case about these very words was dismissed, and no other is open.
 */
export async function isSeenByPeople(
  source: { readonly sql: Sql },
  transactionId: TransactionId,
  report: PaymentReport,
): Promise<boolean> {
  const rows = await source.sql(
    `select from money_cases c
      where c.kind = 'STRANGE_STATUS' and c.transaction_id = $1 and c.told = $2 and c.action = 'DISMISS'
        and not exists (select from money_cases o
                         where o.kind = 'STRANGE_STATUS' and o.transaction_id = $1 and o.resolved_at is null)
      limit 1`,
    [transactionId, toldBy(report)],
  );
  return rows.length > 0;
}
