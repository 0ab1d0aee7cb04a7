import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

let stack: Stack;
let counter: Counter;
let customer: Customer;

beforeAll(async () => {
  stack = await startStack({ apis: 2, env: { JWT_SECRET, RATE_LIMIT_SCALE: "0", PAYMENT_POLLS: "2s,4s,6s" } });
  counter = openCounter(stack);
  [customer] = (await counter.people(1)) as [Customer];
  await findPlace(stack);
});
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
});

type Bought = CheckoutAnswer["checkout"]["payment"] & { readonly url: string; readonly sessionId: string };
async function buyOne(api = 0): Promise<Bought> {
  const { data, errors } = await buy(stack, customer, checkoutInput(await counter.product(), { method: "SNAP" }), api);
  expect(errors).toEqual([]);
  const session = data?.checkout as CheckoutAnswer["checkout"];
  const url = await until("a page", async () => {
    const query = "query P($id: ID!) { payment(id: $id) { currentTransaction { instructions { redirectUrl } } } }";
    const answer = await stack.graphql<{ payment: Bought }>(
      query,
      { id: session.payment.id },
      { token: customer.token },
    );
    return answer.data?.payment.currentTransaction?.instructions.redirectUrl;
  });
  return { ...session.payment, url, sessionId: session.id };
}
const isPaid = (id: string) =>
  until(`payment ${id} PAID`, async () => {
    const query = "query P($id: ID!) { payment(id: $id) { status orders { status paymentStatus history { to } } } }";
    type Answer = {
      payment: { status: string; orders: { status: string; paymentStatus: string; history: { to: string }[] }[] };
    };
    const { data } = await stack
      .graphql<Answer>(query, { id }, { token: customer.token })
      .catch(() => ({ data: null }));
    return data?.payment.status === "PAID" && data.payment;
  });
const control = async (path: string, body: object) => {
  const response = await fetch(`${stack.sandboxUrl}/sandbox/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
};

describe("the story of a purchase, through every process", () => {
  test("goes from signing in to a paid order: rates, checkout, hosted page, signed notification, worker", async () => {
    const login = `mutation { login(email: "customer2@lunas.test", password: "lunas-demo") { accessToken } }`;
    const { data: signedIn } = await stack.graphql<{ login: { accessToken: string } }>(login);
    const token = signedIn?.login.accessToken as string;
    const goods = await counter.product();
    const rates = `query R($id: Int!, $lines: [CheckoutLineInput!]) {
      shippingRates(destinationId: $id, lines: $lines) { store { id } rates { courier service cost } }
    }`;
    type Rates = {
      shippingRates: { store: { id: string }; rates: { courier: string; service: string; cost: number }[] }[];
    };
    const offered = await stack.graphql<Rates>(
      rates,
      { id: 900101, lines: [{ productId: goods.productId, quantity: 2 }] },
      { token },
    );
    const rate = offered.data?.shippingRates[0]?.rates[0] as Rates["shippingRates"][0]["rates"][0];
    const input = checkoutInput(goods, {
      lines: [{ productId: goods.productId, quantity: 2 }],
      method: "SNAP",
      expectedTotal: 2 * goods.price + rate.cost,
      shipping: [{ storeId: goods.storeId, courier: rate.courier, service: rate.service }],
    });
    const me = { token } as Customer;
    const { data, errors } = await buy(stack, me, input);
    expect(errors).toEqual([]);
    const { payment, total } = (data as CheckoutAnswer).checkout;
    expect([payment.status, total]).toEqual(["PENDING", 2 * goods.price + rate.cost]);
    await payOnPage(payment.currentTransaction?.instructions.redirectUrl as string);
    await until("PAID", async () => {
      const query =
        "query P($id: ID!) { payment(id: $id) { status orders { status history { to } invoice { number } } } }";
      const { data: now } = await stack.graphql<{ payment: { status: string } }>(query, { id: payment.id }, { token });
      return now?.payment.status === "PAID" && now;
    });
    const states = await counter.sql<{ state: string }>(
      "select n.state from payment_notifications n where n.gateway_order_id = $1",
      [payment.currentTransaction?.gatewayOrderId],
    );
    expect(states.length).toBeGreaterThan(0);
  });

  test("is found by the poll when the gateway sends no notification at all", async () => {
    await control("faults", { target: "midtrans.notification", kind: "none", times: 10 });
    const bought = await buyOne();
    await payOnPage(bought.url);
    await isPaid(bought.id);
    const [row] = await counter.sql(
      "select count(*)::int as n from payment_notifications where gateway_order_id = $1",
      [bought.currentTransaction?.gatewayOrderId],
    );
    expect(row).toEqual({ n: 0 });
    await fetch(`${stack.sandboxUrl}/sandbox/faults`, { method: "DELETE" });
  });

  test("is told once however often and in which order the notifications come", async () => {
    await control("faults", { target: "midtrans.notification", kind: "duplicate", times: 2, copies: 20 });
    const bought = await buyOne(1);
    await payOnPage(bought.url);
    const { orders } = await isPaid(bought.id);
    expect(orders[0]?.history.map(({ to }) => to)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });

  test("loses nothing when the worker is killed in the middle of it, and goes on when it is back", async () => {
    const bought = await buyOne();
    await stack.end("worker", "SIGKILL");
    await payOnPage(bought.url);
    await until("stored", async () => {
      const [row] = await counter.sql<{ n: number }>(
        `select count(*)::int as n from payment_notifications
            where gateway_order_id = $1 and gateway_status = 'settlement'`,
        [bought.currentTransaction?.gatewayOrderId],
      );
      return row?.n === 1;
    });
    await stack.begin("worker");
    await isPaid(bought.id);
  });

  test("loses nothing when an API process is killed amid checkouts: each is whole or was never there", async () => {
    const goods = await counter.product(100);
    const inputs = Array.from({ length: 40 }, () => checkoutInput(goods));
    const sent = inputs.map((input, i) => buy(stack, customer, input, i % 2).catch(() => null));
    await until("some of them", async () => {
      const [row] = await counter.sql<{ n: number }>(
        "select count(*)::int as n from order_items where product_id = $1",
        [goods.productId],
      );
      return (row?.n ?? 0) > 2;
    });
    await stack.end("api-1", "SIGKILL");
    await Promise.all(sent);
    await stack.begin("api-1");
    // Whoever got no answer sends the same again, to either process.
    const answers = await Promise.all(inputs.map((input, i) => buy(stack, customer, input, (i + 1) % 2)));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    const [row] = await counter.sql(
      `select (select count(*)::int from order_items where product_id = $1) as orders,
                (select stock from products where id = $1) as stock`,
      [goods.productId],
    );
    expect(row).toEqual({ orders: 40, stock: 60 });
  });

  test("ends with every invariant in place", async () => {
    await until("a shop at rest", async () => (await counter.audit()).length === 0);
    expect(await counter.audit()).toEqual([]);
  });
});

test("SIGTERM ends every process, and none of them is left", async () => {
  const { dataDir, apiUrls, sandboxUrl } = stack;
  for (const name of ["api-0", "api-1", "worker", "sandbox"]) await stack.end(name);
  for (const url of [...apiUrls, sandboxUrl]) await expect(fetch(url)).rejects.toThrow();
  const mine = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(dataDir);
    } catch {
      return false; // it has ended, or is somebody else's
    }
  };
  const left = existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name) && mine(name)) : [];
  expect(left).toEqual([]);
});
