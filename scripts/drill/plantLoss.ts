import type { RefundId } from "../../domain/kernel/ids.ts";
import { refundKey } from "../../domain/refund/refund.rules.ts";
import { DEMO_KEYS } from "../../platform/config.ts";
import type { Sql } from "../../platform/sqlClient.ts";

/** A piece vanishes from the shelf: what `--plant-loss` proves the drill to see. */
export const stealPiece = (sql: Sql) =>
  sql("update products set stock = stock - 1 where id = (select min(id::text)::uuid from products where stock > 0)");

/**
 * The gateway gives a refund a second time, a rupiah under its next key, as it would if a key grew although an answer
 * was lost: what `--plant-refund` proves the drill to see.
 *
 * @throws Error where no refund leaves room for another
 */
export async function refundTwice(sql: Sql, sandboxUrl: string): Promise<void> {
  const [row] = await sql<{ id: RefundId; keyNumber: number; transactionId: string }>(
    `select r.id, r.key_number, t.gateway_transaction_id as transaction_id
       from refunds r join payment_transactions t on t.id = r.transaction_id
      where r.status = 'SUCCEEDED' and r.settled_by is null and r.attempts > 0
        and t.refunded_amount < t.captured_amount limit 1`,
  );
  if (!row) throw new Error("no refund leaves room for a second one: --plant-refund needs a longer day");
  const response = await fetch(`${sandboxUrl}/v2/${row.transactionId}/refund`, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      authorization: `Basic ${Buffer.from(`${DEMO_KEYS.midtransServer}:`).toString("base64")}`,
    },
    body: JSON.stringify({ refund_key: refundKey(row.id, row.keyNumber + 1), amount: 1, reason: "planted" }),
  });
  const answer = (await response.json()) as { status_code?: string };
  if (answer.status_code !== "200") throw new Error(`the gateway refunds nothing twice: ${JSON.stringify(answer)}`);
}
