import type { Bench } from "../harness/benchmark.ts";
import type { HttpClient } from "../harness/httpClient.ts";
import { runLoad } from "../harness/load.ts";
import type { Shop } from "../harness/shop.ts";
import { addCatalogue } from "./catalogue.ts";
import { addManyOrders } from "./manyOrders.ts";
import type { Payable } from "./notifications.ts";

const CUSTOMERS = 64;
const SETTLE_WITHIN_MS = 120_000;

/** Fills a shop with orders that wait for their payment. Answers what the gateway would settle. */
export async function addWaiting(shop: Shop, count: number): Promise<Omit<Payable, "gatewayTransactionId">[]> {
  await addCatalogue(shop.sql, CUSTOMERS);
  await addManyOrders(shop.databaseUrl, count, "PENDING");
  return shop.sql("select gateway_order_id, amount from payment_transactions order by gateway_order_id");
}

/** Orders that wait for their payment, and the same payments settled at the gateway sandbox. */
export async function addPayables(bench: Bench, shop: Shop, gateway: HttpClient, count: number): Promise<Payable[]> {
  bench.progress(`settling ${count} payments at the gateway sandbox`);
  const waiting = await addWaiting(shop, count);
  const settled: Payable[] = [];
  let begun = 0;
  const settle = async () => {
    const { gatewayOrderId, amount } = waiting[begun++] as (typeof waiting)[number];
    const move = { transaction_status: "settlement", gross_amount: amount, force: true, notify: false };
    const { status, text } = await gateway.post(`/sandbox/transactions/${gatewayOrderId}`, JSON.stringify(move));
    if (status !== 200) throw new Error(`the sandbox answered ${status}: ${text}`);
    const { transaction_id: gatewayTransactionId } = JSON.parse(text) as { transaction_id: string };
    settled.push({ gatewayOrderId, gatewayTransactionId, amount });
  };
  await runLoad({ atOnce: 8, operations: waiting.length, withinMs: SETTLE_WITHIN_MS, perSecond: null }, settle);
  return settled;
}
