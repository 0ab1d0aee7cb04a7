import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buyId } from "../../../web/ui/words/buy.id.ts";
import { deskId } from "../../../web/ui/words/desk.id.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { arrive, atTheGateway, checkOut, chooseWay, fillAddress, logIn, openProduct, putInBasket } from "./steps.ts";
import { SIZES, type Visit, visit } from "./visit.ts";

/** What the first page of the shop may weigh. */
const FIRST_PAGE_JS_BYTES = 200_000;

let stack: Stack;
let shop: string;

beforeAll(async () => {
  stack = await startStack();
  shop = stack.apiUrls[0] as string;
});
afterAll(() => stack?.stop());

describe.each(SIZES)("on a $size", (screen) => {
  const shopper = screen.size === "desktop" ? "customer@lunas.test" : "customer2@lunas.test";
  let visitor: Visit;
  beforeEach(async () => {
    visitor = await visit(screen);
  });
  afterEach(async () => {
    await visitor?.close();
  });

  // One thing: it is one visit from the first look to the invoice, and each step needs the one before.
  test("a shopper finds, buys and pays, and the order turns PAID while it is watched", async () => {
    const { page, look, complaints } = visitor;
    const seen = (id: string) => page.getByTestId(id).first().waitFor();
    const found: string[] = [];
    const inspect = async (name: string) => found.push(...(await look(name)));

    await page.goto(shop);
    await seen("product-card");
    await inspect("01-catalogue");
    await page.getByTestId("search-input").fill("kopi");
    await page.waitForURL(/q=kopi/);
    await page.getByRole("heading", { level: 1, name: /kopi/ }).waitFor();
    await inspect("02-search");
    await page.goto(`${shop}/cart`);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await inspect("03-empty-cart");
    await openProduct(page, shop, "kopi");
    await inspect("04-product");
    await page.getByTestId("add-to-cart").click();
    await page.getByTestId("cart-link").click();
    await seen("cart-line");
    await inspect("05-cart");

    await page.getByTestId("go-checkout").click();
    await seen("login-email");
    await inspect("06-login");
    await logIn(page, shopper, "salah-sandi");
    await seen("failure");
    await logIn(page, shopper);
    await seen("destination-search");
    await fillAddress(page);
    await page.getByTestId("shipping-option").last().click();
    await chooseWay(page, "SNAP");
    await inspect("07-checkout");
    const button = page.getByTestId("checkout-submit");
    const total = (await page.getByTestId("checkout-total").innerText()).trim();
    expect((await button.innerText()).trim()).toBe(`Bayar ${total}`);
    await button.click();
    await seen("pay-now");
    expect(await page.getByTestId("payment-amount").innerText()).toBe(total);
    await inspect("08-payment");

    // A second tab of the same person stays on the order, and is never touched again.
    const watching = await page.context().newPage();
    await watching.goto(`${shop}/orders`);
    await watching.getByTestId("order-card").first().getByRole("link").first().click();
    await watching.locator('[data-testid="order-status"][data-status="PENDING_PAYMENT"]').waitFor();

    await page.getByTestId("pay-now").click();
    await page.getByTestId("method-qris").click();
    await atHostedPage(visitor, "09-hosted-page");
    await page.getByTestId("sim-pay").click();
    await page.getByTestId("back-to-shop").first().click();
    await page.waitForURL(/\/payments\/[^/]+\/result/);
    await page.locator('[data-testid="payment-status"][data-status="PAID"]').waitFor();
    await inspect("10-result-paid");
    await watching.locator('[data-testid="order-status"][data-status="PAID"]').waitFor();
    await watching.close();

    await page.getByTestId("see-order").first().click();
    await page.getByTestId("invoice-link").waitFor();
    await inspect("11-order-paid");
    const invoice = await page.request.get((await page.getByTestId("invoice-link").getAttribute("href")) as string);
    expect([invoice.status(), (await invoice.body()).subarray(0, 5).toString()]).toEqual([200, "%PDF-"]);
    await page.goto(`${shop}/orders`);
    await seen("order-card");
    await inspect("12-orders");
    await page.goto(`${shop}/packages`);
    await seen("package-card");
    await inspect("13-packages");
    await page.getByTestId("package-card").filter({ hasText: "Satu Kelas Pilihan" }).getByTestId("see-package").click();
    await seen("ask-account");
    await page.goto(`${shop}/account`);
    await seen("logout");
    await inspect("14-account");
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a payment that was refused is tried again and succeeds", async () => {
    const { page, look, complaints } = visitor;
    await arrive(page, shop, shopper);
    await putInBasket(page, shop, "madu");
    const paymentId = await checkOut(page, shop);
    await page.getByTestId("pay-now").click();
    await atTheGateway(page, "gopay", "deny");
    await page.goto(`${shop}/payments/${paymentId}/result`);
    await page.getByTestId("pay-again").waitFor();
    const found = await look("15-result-failed-try");
    await page.getByTestId("pay-again").click();
    await atTheGateway(page, "bca_va", "pay");
    await page.goto(`${shop}/payments/${paymentId}/result`);
    await page.locator('[data-testid="payment-status"][data-status="PAID"]').waitFor();
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("an order that is not wanted any more is cancelled with a reason, and says so", async () => {
    const { page, look, complaints } = visitor;
    await arrive(page, shop, shopper);
    await putInBasket(page, shop, "teh");
    await checkOut(page, shop);
    await page.goto(`${shop}/orders`);
    await page.getByTestId("order-card").first().getByRole("link").first().click();
    await page.getByTestId("cancel-order").click();
    await page.getByTestId("reason-own").check();
    await page.getByTestId("reason-words").fill("Salah alamat");
    const found = await look("16-order-cancel");
    await page.getByTestId("cancel-confirm").click();
    await page.locator('[data-testid="order-status"][data-status="CANCELLED"]').waitFor();
    expect([...found, ...(await look("17-order-cancelled"))]).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("chosen English is remembered, and a lost line is said", async () => {
    const { page, look } = visitor;
    await page.goto(`${shop}/account`);
    await page.getByTestId("language-en").click();
    await page.getByRole("heading", { level: 1, name: "Account" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Account" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await page.context().setOffline(true);
    await page.getByTestId("offline-banner").waitFor();
    // A page that was never loaded can't come; the ways to the others stay, and it comes when the line is back.
    await page.getByTestId("cart-link").click();
    await page.getByRole("heading", { name: "This page stumbled" }).waitFor();
    await page.getByTestId("cart-link").waitFor();
    await page.context().setOffline(false);
    await page.getByRole("heading", { level: 1, name: "Basket" }).waitFor();
    await page.goto(`${shop}/account`);
    await page.getByRole("heading", { level: 1, name: "Account" }).waitFor();
    expect(await look("18-account-english")).toEqual([]);
  });
});

test("a page whose code a new release took away is loaded anew by itself", async () => {
  const { page, close } = await visit(SIZES[1]);
  try {
    await page.goto(shop);
    await page.getByTestId("product-card").first().waitFor();
    await page.route(/\/assets\/CartPage-.*\.js$/, (route) => route.fulfill({ status: 404 }), { times: 1 });
    await page.getByTestId("cart-link").click();
    await page.getByRole("heading", { level: 1, name: "Keranjang" }).waitFor();
  } finally {
    await close();
  }
});

test("who comes back to a long list finds it as long as he left it, and where he was in it", async () => {
  const { page, close } = await visit(SIZES[1]);
  try {
    const cards = page.getByTestId("product-card");
    await page.goto(shop);
    await cards.first().waitFor();
    const first = await cards.count();
    await page.getByTestId("load-more").click();
    await cards.nth(first).waitFor();
    const loaded = await cards.count();
    await cards
      .nth(first + 2)
      .getByRole("link")
      .click();
    await page.getByTestId("add-to-cart").waitFor();
    const asked = page.waitForResponse((answer) => answer.request().postData()?.includes("query Products") ?? false);
    await page.goBack();
    await cards.first().waitFor();
    // Asked anew on arrival: the answer must take nothing away.
    await (await asked).finished();
    await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
    expect(await cards.count()).toBe(loaded);
    expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
  } finally {
    await close();
  }
});

/** The gateway's page is not ours to judge; its picture belongs to the story. */
async function atHostedPage({ page }: Visit, name: string): Promise<void> {
  await page.getByTestId("sim-pay").waitFor();
  const size = (page.viewportSize()?.width ?? 0) > 1000 ? "desktop" : "phone";
  await page.screenshot({ path: `tests/screenshots/${size}-${name}.png` });
}

test("the first page of the shop carries less than 200 kB of JavaScript, and nothing of other rooms", async () => {
  const { page, close } = await visit(SIZES[1]);
  try {
    const scripts: Promise<Buffer>[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() === "script") scripts.push(response.body());
    });
    await page.goto(shop);
    await page.getByTestId("product-card").first().waitFor();
    const bodies = await Promise.all(scripts);
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)).toBeLessThan(FIRST_PAGE_JS_BYTES);
    const ofOtherRooms = ["adminOrders(", "startPayment(", deskId["admin.staffOnlyText"], buyId["checkout.safe"]];
    expect(ofOtherRooms.filter((text) => bodies.some((body) => body.includes(text)))).toEqual([]);
  } finally {
    await close();
  }
});
