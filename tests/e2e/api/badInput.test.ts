import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeCursor } from "../../../domain/kernel/page.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { buy, type CheckoutAnswer, checkoutInput, codeOf, type Counter, type Customer, findPlace, GAMBIR, type Goods, JWT_SECRET, openCounter } from "./shopper.ts";

const START_WITHIN_MS = 120_000;

let stack: Stack;
let counter: Counter;
let me: Customer;
let empty: Customer;
let staff: Customer;
let goods: Goods;
let scarce: Goods;
let withdrawn: Goods;
let elsewhere: string;
let bought: CheckoutAnswer["checkout"]["payment"];
let cancelled: CheckoutAnswer["checkout"]["payment"];
let foreign: CheckoutAnswer["checkout"]["payment"];
let usedInput: object;

const firstOrder = async (payment: { id: string }) =>
  (await counter.sql<{ id: string }>("select o.id from orders o join payments p on p.session_id = o.session_id where p.id = $1", [payment.id]))[0]?.id as string;

beforeAll(async () => {
  stack = await startStack({ worker: false, env: { JWT_SECRET, RATE_LIMIT_SCALE: "0" } });
  counter = openCounter(stack);
  const [one, other, nobody] = (await counter.people(3)) as [Customer, Customer, Customer];
  [me, empty, staff] = [one, nobody, (await counter.people(1, "STAFF"))[0] as Customer];
  await findPlace(stack);
  [goods, scarce, withdrawn] = [await counter.product(), await counter.product(2), await counter.product()];
  await counter.sql("update products set is_active = false where id = $1", [withdrawn.productId]);
  elsewhere = ((await counter.sql<{ id: string }>("select id from stores where id <> $1 limit 1", [goods.storeId]))[0] as { id: string }).id;
  const buyNow = async (customer: Customer, input: object) => {
    const { data, errors } = await buy(stack, customer, input);
    expect(errors).toEqual([]);
    return (data as CheckoutAnswer).checkout.payment;
  };
  usedInput = checkoutInput(goods, { idempotencyKey: "used-already-0001" });
  bought = await buyNow(me, usedInput);
  cancelled = await buyNow(me, checkoutInput(goods));
  foreign = await buyNow(other, checkoutInput(goods));
  await stack.graphql("mutation C($id: ID!) { cancelPayment(paymentId: $id) { id } }", { id: cancelled.id }, { token: me.token });
  await stack.graphql("mutation C($id: ID!) { setCartItem(productId: $id, quantity: 1) { id } }", { id: goods.productId }, { token: me.token });
}, START_WITHIN_MS);
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
}, START_WITHIN_MS);

const NOWHERE = "01890000-0000-7000-8000-000000000000";
const NUL = "a\u0000b";
const LONG = "x".repeat(5_000);
const forgedCursor = encodeCursor({ key: "not a time", id: "not an id" });

interface Case {
  readonly what: string;
  readonly code: string;
  readonly query: string;
  readonly variables?: () => object;
  readonly as?: () => Customer;
}

const checkoutWith = (what: string, code: string, change: () => object, as: () => Customer = () => me): Case => ({
  what: `a checkout with ${what}`, code, query: "mutation C($input: CheckoutInput!) { checkout(input: $input) { id } }",
  variables: () => ({ input: { ...checkoutInput(goods), ...change() } }), as,
});
const address = (change: object) => ({ address: { recipient: "Pembeli", phone: "081200000001", line: "Jl. Melati 5", destinationId: GAMBIR, ...change } });
const choice = (change: object) => ({ storeId: goods.storeId, courier: "jne", service: "REG", ...change });
const lines = (...quantities: unknown[]) => ({ lines: quantities.map((quantity) => ({ productId: goods.productId, quantity })) });
const ofProduct = (productId: string, quantity = 1) => ({ lines: [{ productId, quantity }] });

const CHECKOUTS: Case[] = [
  checkoutWith("quantity 0", "INVALID_INPUT", () => lines(0)),
  checkoutWith("a negative quantity", "INVALID_INPUT", () => lines(-1)),
  checkoutWith("1,000 pieces", "INVALID_INPUT", () => lines(1_000)),
  checkoutWith("1,000 pieces in two lines", "INVALID_INPUT", () => lines(999, 1)),
  checkoutWith("half a piece", "INVALID_INPUT", () => lines(0.5)),
  checkoutWith("a quantity beyond 32 bits", "INVALID_INPUT", () => lines(2 ** 31)),
  checkoutWith("a text for a quantity", "INVALID_INPUT", () => lines("1")),
  checkoutWith("no lines", "INVALID_INPUT", () => ({ lines: [] })),
  checkoutWith("101 lines", "INVALID_INPUT", () => lines(...Array(101).fill(1))),
  checkoutWith("an unknown product", "NOT_FOUND", () => ofProduct(NOWHERE)),
  checkoutWith("a product id that is none", "NOT_FOUND", () => ofProduct("'; drop table orders; --")),
  checkoutWith("a product id with a NUL", "NOT_FOUND", () => ofProduct(NUL)),
  checkoutWith("a product that was withdrawn", "OUT_OF_STOCK", () => ofProduct(withdrawn.productId)),
  checkoutWith("more than there is", "OUT_OF_STOCK", () => ofProduct(scarce.productId, 3)),
  checkoutWith("an empty cart", "CART_EMPTY", () => ({ lines: null }), () => empty),
  checkoutWith("no recipient", "INVALID_INPUT", () => address({ recipient: " " })),
  checkoutWith("a recipient of 5,000 characters", "INVALID_INPUT", () => address({ recipient: LONG })),
  checkoutWith("a NUL in the street", "INVALID_INPUT", () => address({ line: NUL })),
  checkoutWith("a line break in the note", "INVALID_INPUT", () => address({ note: "a\nb" })),
  checkoutWith("a phone that is none", "INVALID_INPUT", () => address({ phone: "call me" })),
  checkoutWith("place 0", "INVALID_INPUT", () => address({ destinationId: 0 })),
  checkoutWith("a negative place", "INVALID_INPUT", () => address({ destinationId: -5 })),
  checkoutWith("a place that nobody searched for", "INVALID_INPUT", () => address({ destinationId: 2_147_483_647 })),
  checkoutWith("no shipping", "INVALID_INPUT", () => ({ shipping: [] })),
  checkoutWith("shipping of another store", "INVALID_INPUT", () => ({ shipping: [choice({}), choice({ storeId: elsewhere })] })),
  checkoutWith("two choices of one store", "INVALID_INPUT", () => ({ shipping: [choice({}), choice({ service: "YES" })] })),
  checkoutWith("a choice of the wrong store alone", "INVALID_INPUT", () => ({ shipping: [choice({ storeId: elsewhere })] })),
  checkoutWith("a courier that does not exist", "SHIPPING_UNAVAILABLE", () => ({ shipping: [choice({ courier: "pigeon" })] })),
  checkoutWith("a courier's name with a NUL", "SHIPPING_UNAVAILABLE", () => ({ shipping: [choice({ courier: NUL })] })),
  checkoutWith("a total of yesterday", "TOTAL_CHANGED", () => ({ expectedTotal: 1 })),
  checkoutWith("a negative total", "INVALID_INPUT", () => ({ expectedTotal: -1 })),
  checkoutWith("a total with a fraction", "INVALID_INPUT", () => ({ expectedTotal: 10_000.5 })),
  checkoutWith("a total beyond 2^53", "INVALID_INPUT", () => ({ expectedTotal: 2 ** 53 })),
  checkoutWith("a method that is not offered", "PAYMENT_METHOD_UNAVAILABLE", () => ({ method: "QRIS" })),
  checkoutWith("a method that does not exist", "INVALID_INPUT", () => ({ method: "BARTER" })),
  checkoutWith("a saved card that nobody saved", "PAYMENT_METHOD_UNAVAILABLE", () => ({ method: "SNAP", savedCardToken: "4811-x" })),
  checkoutWith("a key of 7 characters", "INVALID_INPUT", () => ({ idempotencyKey: "short-7" })),
  checkoutWith("a key of 65 characters", "INVALID_INPUT", () => ({ idempotencyKey: "x".repeat(65) })),
  checkoutWith("a key with a NUL", "INVALID_INPUT", () => ({ idempotencyKey: `${NUL}-1234567` })),
  checkoutWith("a key that was used for something else", "IDEMPOTENCY_KEY_REUSED", () => ({ ...usedInput, expectedTotal: 2 })),
  checkoutWith("a member that does not exist", "INVALID_INPUT", () => ({ discount: 1_000_000 })),
  { ...checkoutWith("no account", "UNAUTHENTICATED", () => ({})), as: () => ({ token: "" }) as Customer },
  { ...checkoutWith("a token that we did not sign", "UNAUTHENTICATED", () => ({})), as: () => ({ token: "eyJhbGciOiJub25lIn0.e30." }) as Customer },
];

const START = "mutation S($input: StartPaymentInput!) { startPayment(input: $input) { id } }";
const start = (what: string, code: string, change: () => object): Case => ({
  what: `starting a payment with ${what}`, code, query: START,
  variables: () => ({ input: { paymentId: bought.id, method: "SNAP", paymentToken: bought.paymentToken, idempotencyKey: `start-${what.length}-key`, ...change() } }),
});
const byId = (operation: string, id: () => string, code: string, what: string): Case => ({
  what: `${operation} of ${what}`, code, query: `mutation M($id: ID!) { ${operation}(paymentId: $id) { id } }`, variables: () => ({ id: id() }),
});
const cancelOrder = (what: string, code: string, change: () => Promise<object> | object): Case => ({
  what: `cancelling ${what}`, code, query: "mutation C($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }", variables: change as () => object,
});

const PAYMENTS: Case[] = [
  start("an unknown payment", "NOT_FOUND", () => ({ paymentId: NOWHERE })),
  start("an id that is none", "NOT_FOUND", () => ({ paymentId: NUL })),
  start("another's payment", "NOT_FOUND", () => ({ paymentId: foreign.id, paymentToken: foreign.paymentToken })),
  start("a token that was never given", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: "pt_guessed" })),
  start("another payment's token", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: foreign.paymentToken })),
  start("a token of 5,000 characters", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: LONG })),
  start("a NUL in the token", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: NUL })),
  start("a short key", "INVALID_INPUT", () => ({ idempotencyKey: "x" })),
  start("a method that is not offered", "PAYMENT_METHOD_UNAVAILABLE", () => ({ method: "VA_BCA" })),
  start("a payment that is over", "PAYMENT_WINDOW_OVER", () => ({ paymentId: cancelled.id, paymentToken: cancelled.paymentToken })),
  byId("renewPaymentToken", () => foreign.id, "NOT_FOUND", "another's payment"),
  byId("renewPaymentToken", () => cancelled.id, "PAYMENT_WINDOW_OVER", "a payment that is over"),
  byId("cancelPayment", () => foreign.id, "NOT_FOUND", "another's payment"),
  byId("cancelPayment", () => "x", "NOT_FOUND", "no id"),
  byId("syncPayment", () => foreign.id, "NOT_FOUND", "another's payment"),
  byId("expirePayment", () => bought.id, "FORBIDDEN", "one's own payment"),
  cancelOrder("an unknown order", "NOT_FOUND", () => ({ input: { orderId: NOWHERE, reason: "x" } })),
  cancelOrder("another's order", "NOT_FOUND", async () => ({ input: { orderId: await firstOrder(foreign), reason: "x" } })),
  cancelOrder("without a reason", "INVALID_INPUT", async () => ({ input: { orderId: await firstOrder(bought), reason: "  " } })),
  cancelOrder("with a reason of 5,000 characters", "INVALID_INPUT", async () => ({ input: { orderId: await firstOrder(bought), reason: LONG } })),
  cancelOrder("with a NUL in its reason", "INVALID_INPUT", async () => ({ input: { orderId: await firstOrder(bought), reason: NUL } })),
];

const read = (what: string, code: string, query: string, variables: object = {}, as: () => Customer = () => me): Case => ({
  what, code, query, variables: () => variables, as,
});
const lists = (operation: string, as: () => Customer): Case[] => [
  read(`${operation}, 0 of them`, "INVALID_INPUT", `{ ${operation}(first: 0) { totalCount } }`, {}, as),
  read(`${operation}, 101 of them`, "INVALID_INPUT", `{ ${operation}(first: 101) { pageInfo { hasNextPage } } }`, {}, as),
  read(`${operation} behind a cursor that is none`, "INVALID_INPUT", `{ ${operation}(after: "%%%") { pageInfo { hasNextPage } } }`, {}, as),
  read(`${operation} behind a cursor that somebody made`, "INVALID_INPUT", `query L($after: String) { ${operation}(after: $after) { pageInfo { hasNextPage } } }`, { after: forgedCursor }, as),
];
const READS: Case[] = [
  ...lists("orders", () => me), ...lists("payments", () => me), ...lists("adminOrders", () => staff), ...lists("adminPayments", () => staff),
  ...lists("gatewayNotifications", () => staff), ...lists("alerts", () => staff), ...lists("notices", () => staff), ...lists("products", () => me),
  read("orders of a day that does not exist", "INVALID_INPUT", '{ orders(filter: { from: "2026-02-31" }) { totalCount } }'),
  read("orders of a status that does not exist", "INVALID_INPUT", "{ orders(filter: { status: [LOST] }) { totalCount } }"),
  read("a place by an empty word", "INVALID_INPUT", '{ destinations(search: "") { id } }'),
  read("a place by 5,000 characters", "INVALID_INPUT", "query D($s: String!) { destinations(search: $s) { id } }", { s: LONG }),
  read("shipping to a negative place", "INVALID_INPUT", "{ shippingRates(destinationId: -1) { weightGrams } }"),
  read("methods for a negative amount", "INVALID_INPUT", "{ paymentMethods(amount: -1) { method } }"),
  read("a notification that does not exist", "NOT_FOUND", `mutation { replayNotification(id: "${NOWHERE}") { id } }`, {}, () => staff),
  read("an alert that does not exist", "NOT_FOUND", `mutation { clearAlert(id: "${NOWHERE}", note: "x") { id } }`, {}, () => staff),
  read("an alert without a note", "INVALID_INPUT", `mutation { clearAlert(id: "${NOWHERE}", note: " ") { id } }`, {}, () => staff),
  read("a negative number in the cart", "INVALID_INPUT", `mutation { setCartItem(productId: "${NOWHERE}", quantity: -1) { id } }`),
  read("an unknown product in the cart", "NOT_FOUND", `mutation { setCartItem(productId: "${NOWHERE}", quantity: 1) { id } }`),
];

const deep = (levels: number): string => (levels === 0 ? "id" : `payment { orders { ${deep(levels - 1)} } }`);
const FORMS: Case[] = [
  read("a query of no sense", "INVALID_INPUT", "{ nonsense }"),
  read("half a query", "INVALID_INPUT", "{ orders { "),
  read("a query of 26 levels", "QUERY_TOO_COMPLEX", `{ orders { nodes { ${deep(12)} } } }`),
  read("31 aliases", "QUERY_TOO_COMPLEX", `{ ${Array.from({ length: 31 }, (_, n) => `a${n}: me { id }`).join(" ")} }`),
  read("2,001 tokens", "QUERY_TOO_COMPLEX", `{ ${"me { id } ".repeat(600)} }`),
  read("an answer of millions of fields", "QUERY_TOO_COMPLEX", "{ orders(first: 100) { nodes { payment { orders { payment { orders { payment { orders { payment { id number } } } } } } } } } }"),
  read("fragments that name each other", "INVALID_INPUT", "query { me { ...A } } fragment A on User { ...B } fragment B on User { ...A }"),
  read("two operations without a name", "INVALID_INPUT", "query A { me { id } } query B { me { id } }"),
];

const NULS: Case[] = [
  read("a NUL in a search of products", "", "query P($s: String) { products(filter: { search: $s }) { totalCount } }", { s: NUL }),
  read("a NUL in a search of places", "", "query D($s: String!) { destinations(search: $s) { id } }", { s: NUL }),
  read("a NUL in staff's search of orders", "", "query O($s: String) { adminOrders(search: $s) { totalCount } }", { s: NUL }, () => staff),
  read("a NUL in staff's search of payments", "", "query O($s: String) { adminPayments(search: $s) { totalCount } }", { s: NUL }, () => staff),
  read("a NUL in a gateway's order id", "", "query N($s: String) { gatewayNotifications(gatewayOrderId: $s) { totalCount } }", { s: NUL }, () => staff),
  read("a NUL in a note", "", `mutation N($s: String!) { clearAlert(id: "${NOWHERE}", note: $s) { id } }`, { s: NUL }, () => staff),
  read("a NUL in a name", "", "mutation R($s: String!) { register(input: { email: \"nul@lunas.test\", password: \"a-long-password\", name: $s }) { accessToken } }", { s: NUL }),
  read("a NUL in an address of mail", "", "mutation R($s: String!) { login(email: $s, password: \"a-long-password\") { accessToken } }", { s: `${NUL}@lunas.test` }),
];

async function meets({ query, variables, as = () => me }: Case): Promise<string> {
  const before = await counter.snapshot();
  const answer = await stack.graphql(query, { ...(await variables?.()) }, { token: as().token });
  expect(await counter.snapshot()).toEqual(before);
  for (const { message } of answer.errors) expect(message).not.toMatch(/select |insert |postgres|stack|node_modules/i);
  return codeOf(answer);
}

describe("bad input changes nothing and says what it is", () => {
  test.each([...CHECKOUTS, ...PAYMENTS, ...READS, ...FORMS])("$what: $code", async (given) => {
    expect(await meets(given)).toBe(given.code);
  });

  test.each(NULS)("$what is no error of ours", async (given) => {
    expect(["OK", "INVALID_INPUT", "NOT_FOUND", "BAD_CREDENTIALS"]).toContain(await meets(given));
  });

  test("is more than forty kinds of it", () => {
    expect([...CHECKOUTS, ...PAYMENTS, ...READS, ...FORMS, ...NULS].length).toBeGreaterThan(40);
  });
});

describe("what is no operation at all", () => {
  const post = (path: string, body: string | undefined, init: RequestInit = {}) =>
    fetch(`${stack.apiUrls[0]}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body, ...init });
  const WEBHOOK = "/api/webhooks/midtrans/payment-notification";
  const big = (bytes: number) => JSON.stringify({ query: "x".repeat(bytes) });

  test.each([
    ["no JSON", "/graphql", () => post("/graphql", "{"), 400],
    ["nothing", "/graphql", () => post("/graphql", ""), 400],
    ["a list of operations", "/graphql", () => post("/graphql", '[{"query":"{ me { id } }"}]'), 400],
    ["2 MB", "/graphql", () => post("/graphql", big(2_000_000)), 413],
    ["a form of another site", "/graphql", () => post("/graphql", "query=x", { headers: { "content-type": "text/plain" } }), 400],
    ["a mutation by GET", "/graphql", () => fetch(`${stack.apiUrls[0]}/graphql?query=mutation{clearCart{id}}`, { headers: { "apollo-require-preflight": "1" } }), 405],
    ["a GET", WEBHOOK, () => fetch(`${stack.apiUrls[0]}${WEBHOOK}`), 405],
    ["nothing", WEBHOOK, () => post(WEBHOOK, ""), 400],
    ["no JSON", WEBHOOK, () => post(WEBHOOK, "<xml/>"), 400],
    ["a list", WEBHOOK, () => post(WEBHOOK, "[]"), 400],
    ["another signature", WEBHOOK, () => post(WEBHOOK, JSON.stringify({ order_id: "x", status_code: "200", gross_amount: "1.00", transaction_id: "x", signature_key: "0".repeat(128) })), 400],
    ["65 kB", WEBHOOK, () => post(WEBHOOK, big(65 * 1024)), 413],
  ])("(%s to %s) is refused and changes nothing", async (_what, _path, send, status) => {
    const before = await counter.snapshot();
    const response = await send();
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/node_modules|at .*\.ts/);
    expect(await counter.snapshot()).toEqual(before);
  });
});

test("after all of it every invariant holds", async () => {
  expect(await counter.audit()).toEqual([]);
});
