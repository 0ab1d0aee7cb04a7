import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { arrive, fillAddress, openProduct, PASSWORD, putInBasket } from "./steps.ts";
import { SIZES, type Visit, visit } from "./visit.ts";

const SHOPPER = "customer@lunas.test";

let stack: Stack;
let shop: string;
let database: pg.Client;
let visitor: Visit;

beforeAll(async () => {
  stack = await startStack();
  shop = stack.apiUrls[0] as string;
  database = new pg.Client({ connectionString: stack.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await stack?.stop();
});
beforeEach(async () => {
  visitor = await visit(SIZES[1]);
});
afterEach(() => visitor?.close());

/** Empties the shopper's cart, so that the tests don't see each other's. */
async function emptyCart(): Promise<string> {
  const { data } = await stack.graphql<{ login: { accessToken: string } }>(
    "mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { accessToken } }",
    { email: SHOPPER, password: PASSWORD },
  );
  const token = data?.login.accessToken as string;
  await stack.graphql("mutation { clearCart { id } }", {}, { token });
  return token;
}

const slugOf = (address: string) => new URL(address).pathname.split("/")[2];

test("a price that changed meanwhile is shown, and paid only when the new total is accepted", async () => {
  const { page, look, complaints } = visitor;
  const token = await emptyCart();
  await arrive(page, shop, SHOPPER);
  await putInBasket(page, shop, "batik");
  const slug = slugOf(page.url());
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  const before = await page.getByTestId("checkout-total").innerText();
  await database.query("update products set price = price + 5000 where slug = $1", [slug]);
  await page.getByTestId("checkout-submit").click();
  await page.getByTestId("change-total").waitFor();
  const found = await look("20-total-changed");
  const after = await page.getByTestId("checkout-total").innerText();
  expect(after).not.toBe(before);
  const orders = await stack.graphql<{ orders: { totalCount: number } }>("{ orders { totalCount } }", {}, { token });
  expect(orders.data?.orders.totalCount).toBe(0);
  await page.getByTestId("checkout-submit").click();
  await page.getByTestId("payment-amount").waitFor();
  expect(await page.getByTestId("payment-amount").innerText()).toBe(after);
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
});

test("stock that others bought meanwhile is shown, and what is left can be taken", async () => {
  const { page, look, complaints } = visitor;
  await emptyCart();
  await arrive(page, shop, SHOPPER);
  await openProduct(page, shop, "sambal");
  await page.getByRole("button", { name: "Tambah" }).click();
  await page.getByTestId("add-to-cart").click();
  await page.getByTestId("cart-link").getByText("2").waitFor();
  const slug = slugOf(page.url());
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  await database.query("update products set stock = 1 where slug = $1", [slug]);
  await page.getByTestId("checkout-submit").click();
  await page.getByTestId("change-stock").waitFor();
  const found = await look("21-stock-changed");
  await page.getByTestId("accept-stock").click();
  await page.getByTestId("change-stock").waitFor({ state: "detached" });
  await page.getByTestId("checkout-submit").click();
  await page.getByTestId("payment-amount").waitFor();
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
});

test("a double click on the button buys once", async () => {
  const { page, complaints } = visitor;
  const token = await emptyCart();
  const ordersOf = async () => {
    const answer = await stack.graphql<{ orders: { totalCount: number } }>("{ orders { totalCount } }", {}, { token });
    return answer.data?.orders.totalCount ?? Number.NaN;
  };
  const before = await ordersOf();
  await arrive(page, shop, SHOPPER);
  await putInBasket(page, shop, "keripik");
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  await page.getByTestId("checkout-submit").dblclick();
  await page.getByTestId("payment-amount").waitFor();
  expect(await ordersOf()).toBe(before + 1);
  expect(complaints).toEqual([]);
});
