import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Caller, Example, ExampleValue, Meanwhile } from "../../../api/examples/example.ts";
import { exampleDocument, fillIn } from "../../../api/examples/exampleDocument.ts";
import { chapters } from "../../../api/examples/examples.ts";
import { dayInJakarta } from "../../../domain/kernel/time.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";
import { dayIsLongEnough } from "../../support/wholeDay.ts";

/** From the first purchase to the last example that names its day. */
const DAY_NEEDED_MS = 90_000;
/** Where Apollo's own page sends operations from. */
const ORIGIN = "https://studio.apollographql.com";
const PASSWORD = "lunas-demo";
const SERVICE_API_KEY = "a-key-of-the-examples-for-services-0001";
const EMAILS: Partial<Record<Caller, string>> = {
  customer: "customer@lunas.test",
  learner: "learner@lunas.test",
  staff: "staff@lunas.test",
  admin: "admin@lunas.test",
  "second admin": "admin2@lunas.test",
};
/** Codes of somebody else who was at the same thing in the same moment. */
const IN_THE_WAY: ReadonlySet<string> = new Set(["IN_PROGRESS", "CONFLICT"]);
const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
const examples = chapters.flatMap((chapter) => chapter.examples);

let stack: Stack;
const known = new Map<string, ExampleValue>();
const tokens = new Map<Caller, string>();

beforeAll(async () => {
  await dayIsLongEnough(DAY_NEEDED_MS);
  known.set("today", dayInJakarta(new Date()));
  stack = await startStack({
    env: { RATE_LIMIT_SCALE: "0", PAYMENT_POLLS: "1s,2s,4s", REVERSAL_HOLD: "1s", SERVICE_API_KEY },
  });
});
afterAll(() => stack?.stop());

async function tokenOf(caller: Caller): Promise<string | undefined> {
  const email = EMAILS[caller];
  if (caller === "anybody" || tokens.has(caller)) return tokens.get(caller);
  const url = `${stack.apiUrls[0]}/api/service-token`;
  const token = email
    ? await stack
        .graphql<{ login: { accessToken: string } }>(
          `mutation ($email: String!) { login(email: $email, password: "${PASSWORD}") { accessToken } }`,
          { email },
        )
        .then(({ data }) => data?.login.accessToken)
    : await fetch(url, { method: "POST", headers: { authorization: `Bearer ${SERVICE_API_KEY}` } })
        .then((response) => response.json() as Promise<{ accessToken: string }>)
        .then(({ accessToken }) => accessToken);
  tokens.set(caller, token as string);
  return token;
}

const read = async <T>(query: string, variables: object): Promise<T | null> =>
  (await stack.graphql<T>(query, variables as Record<string, unknown>, { token: (await tokenOf("staff")) as string }))
    .data;

async function atTheSandbox(path: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const url = `${stack.sandboxUrl}/sandbox/${path}`;
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

interface PaymentNow {
  payment: { status: string; currentTransaction: { gatewayOrderId: string; state: string } | null };
}
interface OrderNow {
  order: {
    status: string;
    shipment: { status: string; airwayBill: string | null } | null;
    refunds: { status: string }[];
  };
}
const payment = () =>
  read<PaymentNow>("query ($id: ID!) { payment(id: $id) { status currentTransaction { gatewayOrderId state } } }", {
    id: known.get("paymentId"),
  }).then((found) => found?.payment);
const order = () =>
  read<OrderNow>("query ($id: ID!) { order(id: $id) { status shipment { status airwayBill } refunds { status } } }", {
    id: known.get("orderId"),
  }).then((found) => found?.order);

async function pay(): Promise<void> {
  const live = await until("something to pay with", async () => {
    const now = (await payment())?.currentTransaction;
    return now?.state === "LIVE" && now;
  });
  await atTheSandbox(`transactions/${live.gatewayOrderId}`, { transaction_status: "settlement" });
  await until("PAID", async () => ["PAID", "APPROVED"].includes((await payment())?.status ?? ""));
}

/** What somebody else does meanwhile. */
const meanwhile: Readonly<Record<Meanwhile, () => Promise<unknown>>> = {
  "the customer pays": pay,
  "the learner pays": pay,
  "the close ends": () =>
    until("an end of the close", async () => {
      const query = "query ($day: Date!) { reconciliationRun(day: $day) { state } }";
      const found = await read<{ reconciliationRun: { state: string } }>(query, { day: known.get("today") });
      return found?.reconciliationRun.state !== "RUNNING";
    }),
  "the booking is made": () => until("a booking", async () => Boolean((await order())?.shipment?.airwayBill)),
  async "the courier delivers"() {
    const bill = (await order())?.shipment?.airwayBill;
    await atTheSandbox(`shipments/${bill}`, { status: "TRANSIT" });
    await until("SHIPPED", async () => {
      await read("mutation ($id: ID!) { checkShipment(shipmentId: $id) { id } }", { id: known.get("shipmentId") });
      return (await order())?.status === "SHIPPED";
    });
  },
  "the refund waits for people": () =>
    until("MANUAL", async () => (await order())?.refunds.some(({ status }) => status === "MANUAL")),
};

const valueAt = (answer: unknown, path: string): ExampleValue =>
  path.split(".").reduce<unknown>((at, step) => (at as Record<string, unknown> | null)?.[step], answer) as ExampleValue;

/** Sends an example as Apollo Sandbox would, and keeps of the answer what later ones need. */
async function send(example: Example): Promise<string> {
  const variables = fillIn(example.variables ?? {}, (name) => known.get(name) ?? `no ${name}`);
  const token = await tokenOf(example.as);
  const response = await fetch(`${stack.apiUrls[0]}/graphql`, {
    method: "POST",
    headers: {
      origin: ORIGIN,
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: exampleDocument(schema, example), variables }),
  });
  if (response.headers.get("access-control-allow-origin") !== ORIGIN) return "closed to the page's origin";
  const { data, errors } = (await response.json()) as {
    data?: Record<string, unknown>;
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  if (errors) return errors[0]?.extensions?.code ?? `no code: ${errors[0]?.message}`;
  const answer = data?.[example.operation.split(".")[1] as string];
  for (const [name, path] of Object.entries(example.keeps ?? {})) {
    const value = valueAt(answer, path);
    if (value === undefined || value === null) return `nothing at ${path}`;
    known.set(name, value);
  }
  return "answered";
}

test("every example is answered, or refused as it says, to a page of Apollo's", async () => {
  for (const example of examples) {
    if (example.after) await meanwhile[example.after]();
    const wanted = example.refused ?? "answered";
    // The worker may be at it, too: then it is asked again with its key, as a client does.
    const outcome = await until("an end", async () => {
      const code = await send(example);
      return (code === wanted || !IN_THE_WAY.has(code)) && code;
    });
    // What follows rests on it.
    expect(`${example.operation}: ${outcome}`).toBe(`${example.operation}: ${wanted}`);
  }
});

test("every operation has an example", () => {
  const operations = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((name) => `${type?.name}.${name}`),
  );
  const shown = new Set<string>(examples.map(({ operation }) => operation));
  expect(operations.filter((name) => !shown.has(name))).toEqual([]);
});
