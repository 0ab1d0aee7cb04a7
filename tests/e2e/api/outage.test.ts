import { randomUUID } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signatureOf } from "../../../gateways/midtrans/wire.ts";
import { DEMO_KEYS } from "../../../platform/config.ts";
import { createShopDatabase, type TestDatabase } from "../../support/database.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";
import {
  buy,
  type CheckoutAnswer,
  type Counter,
  type Customer,
  checkoutInput,
  findPlace,
  JWT_SECRET,
  openCounter,
  payOnPage,
} from "./shopper.ts";

/** The way to the database, which tests cut and mend. */
interface Line {
  readonly url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}
async function openLine(databaseUrl: string): Promise<Line> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one
        .on("error", () => other.destroy())
        .on("close", () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as { port: number }).port);
  url.hostname = "127.0.0.1";
  return {
    url: url.href,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

let database: TestDatabase;
let line: Line;
let stack: Stack;
let counter: Counter;
let customer: Customer;

beforeAll(async () => {
  database = await createShopDatabase();
  line = await openLine(database.url);
  stack = await startStack({ env: { JWT_SECRET, RATE_LIMIT_SCALE: "0", DATABASE_URL: line.url } });
  counter = openCounter({ databaseUrl: database.url });
  [customer] = (await counter.people(1)) as [Customer];
  await findPlace(stack);
});
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
  await line?.close();
  await database?.drop();
});

const notify = (body: string) =>
  fetch(`${stack.apiUrls[0]}/api/webhooks/midtrans/payment-notification`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
const signed = (order_id: string) =>
  JSON.stringify({
    order_id,
    status_code: "200",
    gross_amount: "50000.00",
    transaction_id: randomUUID(),
    transaction_status: "settlement",
    signature_key: signatureOf(order_id, "200", "50000.00", DEMO_KEYS.midtransServer),
  });
const stored = async (id: string) =>
  (
    await counter.sql<{ n: number }>(
      "select count(*)::int as n from payment_notifications where gateway_order_id = $1",
      [id],
    )
  )[0]?.n ?? 0;

describe("while the database is away", () => {
  test("a notification is answered 503, never 500, and is stored when it is sent again after", async () => {
    const body = signed("DURING-AN-OUTAGE-1");
    line.cut();
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await notify(body)).status));
    expect(new Set(statuses)).toEqual(new Set([503]));
    // What is wrong by itself is told so without a database.
    expect((await notify("{")).status).toBe(400);
    line.mend();
    await until("taken again", async () => (await notify(body)).status === 200);
    expect(await stored("DURING-AN-OUTAGE-1")).toBe(1);
  });

  test("a purchase waits and is finished by itself when it is back", async () => {
    const goods = await counter.product();
    const { data } = await buy(stack, customer, checkoutInput(goods, { method: "SNAP" }));
    const { payment } = (data as CheckoutAnswer).checkout;
    line.cut();
    await payOnPage(payment.currentTransaction?.instructions.redirectUrl as string);
    const lost = await buy(stack, customer, checkoutInput(goods));
    expect(lost.errors[0]?.extensions).toMatchObject({ code: "INTERNAL", retryable: true });
    line.mend();
    // The gateway tries again; here its retry comes at once.
    const { notifications } = await fetch(
      `${stack.sandboxUrl}/sandbox/transactions/${payment.currentTransaction?.gatewayOrderId}`,
    ).then((response) => response.json() as Promise<{ notifications: { id: string }[] }>);
    await until("PAID", async () => {
      for (const { id } of notifications)
        await fetch(`${stack.sandboxUrl}/sandbox/notifications/${id}/again`, { method: "POST" });
      const [row] = await counter.sql<{ status: string }>("select status from payments where id = $1", [payment.id]);
      return row?.status === "PAID";
    });
    const [row] = await counter.sql("select count(*)::int as n from order_items where product_id = $1", [
      goods.productId,
    ]);
    expect(row).toEqual({ n: 1 });
  });

  test("nothing was lost or done twice: every invariant holds", async () => {
    await until("a shop at rest", async () => (await counter.audit()).length === 0);
  });
});
