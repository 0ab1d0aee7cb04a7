import jsqr from "jsqr";
import pg from "pg";
import type { Page } from "playwright-core";
import { PNG } from "pngjs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { arrive, checkOut, chooseWay, fillAddress, PASSWORD, putInBasket } from "./steps.ts";
import { SIZES, type Visit, visit } from "./visit.ts";

/** What a scanner reads in a picture; null where it finds no code. */
const readQr = jsqr as unknown as (pixels: Uint8ClampedArray, width: number, height: number) => { data: string } | null;

let stack: Stack;
let shop: string;
let database: pg.Client;

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

interface Try {
  readonly gatewayOrderId: string;
  readonly method: string;
  readonly state: string;
  readonly instructions: { readonly qrString: string | null; readonly vaNumber: string | null };
}

/** The tries of a payment as the shop's own interface tells them to its owner, oldest first. */
async function triesOf(email: string, paymentId: string): Promise<readonly Try[]> {
  const signedIn = await stack.graphql<{ login: { accessToken: string } }>(
    "mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { accessToken } }",
    { email, password: PASSWORD },
  );
  const { data } = await stack.graphql<{ payment: { transactions: Try[] } }>(
    `query ($id: ID!) { payment(id: $id) { transactions {
      gatewayOrderId method state instructions { qrString vaNumber } } } }`,
    { id: paymentId },
    { token: signedIn.data?.login.accessToken as string },
  );
  return data?.payment.transactions ?? [];
}

/** The one try that can be paid now. */
async function liveTry(email: string, paymentId: string): Promise<Try> {
  const live = (await triesOf(email, paymentId)).filter(({ state }) => state === "LIVE");
  expect(live).toHaveLength(1);
  return live[0] as Try;
}

async function atTheSandbox(gatewayOrderId: string, move?: object): Promise<Record<string, unknown>> {
  const url = `${stack.sandboxUrl}/sandbox/transactions/${gatewayOrderId}`;
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(move) };
  const response = await fetch(url, move ? init : {});
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

const settle = (gatewayOrderId: string) => atTheSandbox(gatewayOrderId, { transaction_status: "settlement" });

/** Reads the code on the screen as a phone held before it would. */
async function scan(page: Page): Promise<string | undefined> {
  const picture = page.getByTestId("qr");
  await picture.waitFor();
  await picture.evaluate((image) => (image as HTMLImageElement).decode());
  const { data, width, height } = PNG.sync.read(await picture.screenshot());
  return readQr(new Uint8ClampedArray(data), width, height)?.data;
}

const turnsPaid = (page: Page) => page.locator('[data-testid="payment-status"][data-status="PAID"]').waitFor();

describe.each(SIZES)("on a $size", (screen) => {
  const shopper = screen.size === "desktop" ? "customer@lunas.test" : "customer2@lunas.test";
  let visitor: Visit;
  beforeEach(async () => {
    visitor = await visit(screen);
    await visitor.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await arrive(visitor.page, shop, shopper);
  });
  afterEach(async () => {
    await visitor?.close();
  });

  test("the QR code on the screen is the payment's own, and the page turns to paid once it is", async () => {
    const { page, look, complaints } = visitor;
    await putInBasket(page, shop, "kopi");
    await page.goto(`${shop}/checkout`);
    await fillAddress(page);
    await chooseWay(page, "QRIS");
    const found = [...(await look("40-method-choice"))];
    await page.getByTestId("checkout-submit").click();
    await page.waitForURL(/\/payments\/[^/]+$/);
    const paymentId = new URL(page.url()).pathname.split("/")[2] as string;
    const scanned = await scan(page);
    const { gatewayOrderId, instructions } = await liveTry(shopper, paymentId);
    expect(scanned).toBe(instructions.qrString);
    expect(scanned).toMatch(/^000201/);
    found.push(...(await look("41-qris")));
    await settle(gatewayOrderId);
    await turnsPaid(page);
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a virtual account's number is copied with one press, stands on another device too, and is paid", async () => {
    const { page, look, complaints } = visitor;
    await putInBasket(page, shop, "madu");
    const paymentId = await checkOut(page, shop, "VA_BCA");
    const { gatewayOrderId, instructions } = await liveTry(shopper, paymentId);
    const number = await page.getByTestId("va-number").textContent();
    expect(number).toBe(instructions.vaNumber);
    await page.getByTestId("copy-va-number").click();
    await page.getByRole("status").getByText("Nomor virtual account disalin").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(number);
    await page.getByTestId("copy-amount").click();
    await page.getByRole("status").getByText("Jumlah disalin").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^\d+$/);
    await page.getByTestId("guide").first().locator("summary").click();
    await page.getByTestId("guide").first().getByRole("listitem").first().waitFor();
    const found = [...(await look("42-virtual-account"))];
    expect(await page.getByTestId("countdown").innerText()).toMatch(/^\d\d:\d\d:\d\d$/);

    const elsewhere = await visit(SIZES[1]);
    try {
      await arrive(elsewhere.page, shop, shopper);
      await elsewhere.page.goto(`${shop}/payments/${paymentId}`);
      expect(await elsewhere.page.getByTestId("va-number").textContent()).toBe(number);
      await elsewhere.page.goto(`${shop}/orders`);
      await elsewhere.page.getByTestId("order-card").first().getByRole("link").first().click();
      await elsewhere.page.getByTestId("order-instrument").getByTestId("va-number").waitFor();
      expect(await elsewhere.page.getByTestId("va-number").textContent()).toBe(number);
      expect(await elsewhere.page.getByTestId("countdown").innerText()).toMatch(/^\d\d:\d\d:\d\d$/);
      found.push(...(await elsewhere.look(`42-order-unpaid-by-${screen.size}`)));
      await page.reload();
      expect(await page.getByTestId("va-number").textContent()).toBe(number);
      await settle(gatewayOrderId);
      const order = elsewhere.page.locator('[data-testid="order-status"][data-status="PAID"]');
      await Promise.all([turnsPaid(page), order.waitFor()]);
      await elsewhere.page.getByTestId("order-instrument").first().waitFor({ state: "detached" });
    } finally {
      await elsewhere.close();
    }
    await page.goto(`${shop}/account`);
    await page.getByTestId("payment-line").first().getByText("BCA Virtual Account").waitFor();
    found.push(...(await look("43-account-payments")));
    await page.getByTestId("language-en").click();
    await page.getByTestId("payment-line").first().getByText("BCA virtual account").waitFor();
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("another method closes the old number at the gateway before the new one can be paid", async () => {
    const { page, look, complaints } = visitor;
    await putInBasket(page, shop, "teh");
    const paymentId = await checkOut(page, shop, "VA_BNI");
    const old = await liveTry(shopper, paymentId);
    await page.getByTestId("change-method").click();
    await page.getByTestId("closes-first").getByText("BNI Virtual Account").waitFor();
    await chooseWay(page, "GOPAY");
    const found = [...(await look("44-switch"))];
    await page.getByTestId("pay-again").click();
    await page.getByTestId("method-label").getByText("GoPay").waitFor();
    await page.getByText("BNI Virtual Account yang lama sudah ditutup").waitFor();
    found.push(...(await look("45-gopay")));
    const link = await page.getByTestId("open-app").getAttribute("href");
    expect(link).toMatch(/^https?:/);
    // The message stands over the code on a phone.
    await page.getByRole("status").getByRole("button", { name: "Tutup" }).click();
    if (screen.size === "phone") await page.getByTestId("scan-instead").click();
    expect(await scan(page)).toMatch(/^000201/);
    const closed = await atTheSandbox(old.gatewayOrderId);
    expect(["cancel", "expire"]).toContain(closed["transaction_status"]);
    const live = await liveTry(shopper, paymentId);
    expect([live.method, live.gatewayOrderId === old.gatewayOrderId]).toEqual(["GOPAY", false]);
    await page.goto(link as string);
    await page.getByTestId("sim-pay").click();
    await page.goto(`${shop}/payments/${paymentId}`);
    await turnsPaid(page);
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a wallet without a code is opened on the phone by its link, and English is read in English", async () => {
    const { page, look, complaints } = visitor;
    await page.goto(`${shop}/account`);
    await page.getByTestId("language-en").click();
    await putInBasket(page, shop, "sambal");
    await checkOut(page, shop, "SHOPEEPAY");
    await page.getByTestId("method-label").getByText("Pay by ShopeePay").waitFor();
    const link = await page.getByTestId("open-app").getAttribute("href");
    if (screen.size === "phone") await page.getByTestId("scan-instead").click();
    expect(await scan(page)).toBe(link);
    await page.getByTestId("guide").first().locator("summary").click();
    await page.getByText("Approve the payment with your PIN.").waitFor();
    expect(await look("39-shopeepay-english")).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a bill has two numbers, a counter a code, and a number whose time is over asks for another way", async () => {
    const { page, look, complaints } = visitor;
    await putInBasket(page, shop, "keripik");
    const paymentId = await checkOut(page, shop, "MANDIRI_BILL");
    await page.getByTestId("biller-code").waitFor();
    await page.getByTestId("bill-key").waitFor();
    const found = [...(await look("46-bill"))];
    const bill = await liveTry(shopper, paymentId);
    await atTheSandbox(bill.gatewayOrderId, { transaction_status: "expire" });
    await page.getByTestId("try-failed").waitFor();
    await chooseWay(page, "INDOMARET");
    found.push(...(await look("47-number-over")));
    await page.getByTestId("pay-again").click();
    await page.getByTestId("payment-code").waitFor();
    found.push(...(await look("48-counter")));
    await database.query("update payments set expires_at = now() - interval '1 minute' where id = $1", [paymentId]);
    await page.getByRole("heading", { name: "Waktu bayar sudah habis" }).waitFor();
    found.push(...(await look("49-expired")));
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
