import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { arrive, checkOut, chooseWay, fillAddress, openProduct, PASSWORD, putInBasket } from "./steps.ts";
import { SIZES, type Visit, visit } from "./visit.ts";

const SHOPPER = "customer@lunas.test";
/** Each asks three times, and twenty failures in a row open the breaker. */
const SYNCS_MAX = 12;

let stack: Stack;
let shop: string;
let database: pg.Client;
let token: string;
let visitor: Visit;

beforeAll(async () => {
  stack = await startStack({ env: { GATEWAY_TIMEOUT: "2s" } });
  shop = stack.apiUrls[0] as string;
  database = new pg.Client({ connectionString: stack.databaseUrl });
  await database.connect();
  const { data } = await stack.graphql<{ login: { accessToken: string } }>(
    "mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { accessToken } }",
    { email: SHOPPER, password: PASSWORD },
  );
  token = data?.login.accessToken as string;
});
afterAll(async () => {
  await database?.end();
  await stack?.stop();
});
beforeEach(async () => {
  visitor = await visit(SIZES[1]);
  await stack.graphql("mutation { clearCart { id } }", {}, { token });
  await arrive(visitor.page, shop, SHOPPER);
});
afterEach(async () => {
  await faults("DELETE");
  await visitor?.close();
});

async function sandbox(path: string, method: string, body?: object): Promise<void> {
  const url = `${stack.sandboxUrl}/sandbox${path}`;
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
const faults = (method: "POST" | "DELETE", fault?: object) => sandbox("/faults", method, fault);

async function isAway(): Promise<boolean> {
  const answer = await stack.graphql<{ paymentMethods: { available: boolean }[] }>(
    "{ paymentMethods(amount: 50000) { available } }",
    {},
    { token },
  );
  return answer.data?.paymentMethods.every(({ available }) => !available) ?? false;
}

/** Lets every call fail until the shop asks no more; `paymentId` is one that can be asked about. */
async function takeMidtransAway(paymentId: string): Promise<void> {
  await faults("POST", { target: "midtrans.*", kind: "503", times: 10_000 });
  for (let syncs = 0; syncs < SYNCS_MAX && !(await isAway()); syncs += 1) {
    await stack.graphql("mutation ($id: ID!) { syncPayment(paymentId: $id) { id } }", { id: paymentId }, { token });
  }
}

test("while nobody knows whether a number was made nobody is asked to pay again, and then it is there", async () => {
  const { page, look, complaints } = visitor;
  await putInBasket(page, shop, "kopi");
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  await chooseWay(page, "VA_BRI");
  await faults("POST", { target: "midtrans.charge", kind: "reset_after" });
  await faults("POST", { target: "midtrans.status", kind: "503", times: 1_000 });
  await page.getByTestId("checkout-submit").click();
  await page.getByRole("heading", { name: "Kami sedang memastikan" }).waitFor();
  await page.getByText(/Jangan bayar lagi/).waitFor();
  const found = await look("50-unknown");
  await faults("DELETE");
  await page.getByTestId("va-number").or(page.getByTestId("try-failed")).waitFor();
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
});

test("a card that the bank wants to look at is told as such, and nobody is asked to pay again", async () => {
  const { page, look, complaints } = visitor;
  await putInBasket(page, shop, "teh");
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  await chooseWay(page, "CREDIT_CARD");
  await page.getByTestId("checkout-submit").click();
  await page.getByTestId("pay-now").waitFor();
  const paymentId = new URL(page.url()).pathname.split("/")[2];
  const tries = await database.query("select gateway_order_id from payment_transactions where payment_id = $1", [
    paymentId,
  ]);
  const orderId = tries.rows[0]?.gateway_order_id as string;
  await sandbox(`/transactions/${orderId}`, "POST", { transaction_status: "challenge" });
  await page.getByRole("heading", { name: "Pembayaran sedang diperiksa" }).waitFor();
  await page.getByText(/tidak perlu membayar lagi/).waitFor();
  const found = await look("51-challenged");
  await page.goto(`${shop}/orders`);
  const order = page.getByTestId("order-card").first();
  await order.waitFor();
  expect(await order.getByRole("link", { name: "Lanjutkan pembayaran" }).count()).toBe(0);
  await order.getByRole("link").first().click();
  await page
    .getByTestId("next-step")
    .getByText(/tidak perlu membayar lagi/)
    .waitFor();
  expect(await page.getByTestId("continue-payment").count()).toBe(0);
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
});

test("while Midtrans is away another method can't be had, and the page says so until it is back", async () => {
  const { page, look, complaints } = visitor;
  await putInBasket(page, shop, "madu");
  const paymentId = await checkOut(page, shop, "VA_BNI");
  await takeMidtransAway(paymentId);
  await page.getByTestId("change-method").click();
  await page.getByTestId("gateway-away").waitFor();
  expect(await page.getByTestId("way-QRIS").getByRole("radio").isDisabled()).toBe(true);
  expect(await page.getByTestId("pay-again").isDisabled()).toBe(true);
  const found = [...(await look("52-away-switch"))];
  await faults("DELETE");
  await page.getByTestId("gateway-away").waitFor({ state: "detached" });
  expect(await page.getByTestId("way-QRIS").getByRole("radio").isEnabled()).toBe(true);
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
});

test("an order is made while Midtrans is away, and its number comes by itself when it is back", async () => {
  const { page, look, complaints } = visitor;
  await putInBasket(page, shop, "madu");
  const earlier = await checkOut(page, shop, "VA_BNI");
  await putInBasket(page, shop, "keripik");
  // The worker has a breaker of its own, and would ask.
  stack.pause("worker");
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  await chooseWay(page, "VA_BCA");
  await takeMidtransAway(earlier);
  await page.reload();
  await page.getByTestId("gateway-away").getByText("Pesanan tetap bisa dibuat").waitFor();
  await fillAddress(page);
  const found = [...(await look("54-away-checkout"))];
  await page.getByTestId("checkout-submit").click();
  await page.getByTestId("preparing-words").getByText("Midtrans sedang lambat").waitFor();
  found.push(...(await look("55-slow")));
  await faults("DELETE");
  stack.resume("worker");
  await page.getByTestId("va-number").waitFor();
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
});

test("a method that does not take the amount says what it takes", async () => {
  const { page, look, complaints } = visitor;
  await openProduct(page, shop, "batik");
  const slug = new URL(page.url()).pathname.split("/")[2];
  await database.query("update products set price = 6000000 where slug = $1", [slug]);
  await page.getByTestId("add-to-cart").click();
  await page.getByTestId("cart-link").getByText("1").waitFor();
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  const counter = page.getByTestId("way-INDOMARET");
  await counter.getByText("Paling banyak Rp5.000.000").waitFor();
  expect(await counter.getByRole("radio").isDisabled()).toBe(true);
  expect(await page.getByTestId("way-QRIS").getByRole("radio").isEnabled()).toBe(true);
  expect(await look("53-limits")).toEqual([]);
  expect(complaints).toEqual([]);
});
