import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { openCounter } from "../api/shopper.ts";
import { type Bought, bookCourier, buyPaid } from "./bought.ts";
import { openParcels, type Parcels, QUICK_COURIERS, signedIn } from "./parcelSteps.ts";
import { checkOut, putInBasket } from "./steps.ts";
import { SIZES } from "./visit.ts";

const SAID = "Wangi dan segar, kemasannya rapi.";

let stack: Stack;
let shop: string;
let parcels: Parcels;

beforeAll(async () => {
  stack = await startStack({ env: QUICK_COURIERS });
  shop = stack.apiUrls[0] as string;
  parcels = await openParcels(stack);
});
afterAll(async () => {
  await parcels?.close();
  await stack?.stop();
});

/** An order that the courier has brought. */
async function delivered(email: string): Promise<Bought> {
  const order = await buyPaid(stack, { email, search: "kopi", method: "VA_BCA" });
  await bookCourier(stack, order);
  await parcels.courierMoves(order.orderId, "picked_up");
  await parcels.courierMoves(order.orderId, "delivered");
  return order;
}

const orderIs = (page: Page, status: string) =>
  page.locator(`[data-testid="order-status"][data-status="${status}"]`).waitFor();

/** Whether the browser would ask before the tab is closed or loaded anew. */
const wouldAsk = (page: Page) =>
  page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));

describe.each(SIZES)("on a $size", (screen) => {
  const shopper = screen.size === "desktop" ? "customer@lunas.test" : "customer2@lunas.test";

  test("a buyer finds an old order, says what it was worth, changes his mind, and puts the order away", async () => {
    // One thing: what is left to do with an order once it has come, each step resting on the one before it.
    const order = await delivered(shopper);
    const { page, look, complaints, close } = await signedIn(screen, `${shop}/orders`, shopper);
    const found: string[] = [];
    const inspect = async (name: string) => found.push(...(await look(name)));
    const it = (id: string) => page.getByTestId(id).first();
    const cards = page.getByTestId("order-card");
    try {
      await cards.first().waitFor();
      await it("stage-toPay").click();
      await page.getByRole("heading", { name: "Tidak ada yang cocok" }).waitFor();
      await inspect("70-orders-none");
      await it("clear-filters").click();
      await it("more-filters").click();
      await it("orders-from").fill("2030-01-02");
      await it("orders-to").fill("2030-01-01");
      await page.getByRole("alert").waitFor();
      await it("orders-to").fill("");
      await it("orders-from").fill("2020-01-01");
      await it("orders-payment").selectOption("PAID");
      await page.getByTestId("orders-found").getByText("1 pesanan").waitFor();
      await inspect("71-orders-filtered");
      // The address is the view: it can be kept and come back to.
      await page.reload();
      await page.getByTestId("orders-found").getByText("1 pesanan").waitFor();
      await cards.first().getByRole("link").first().click();
      await orderIs(page, "COMPLETED");

      await it("review-write").click();
      await it("review-send").click();
      await page.getByText("Pilih satu sampai lima bintang").waitFor();
      // By keyboard as by hand.
      await page.getByTestId("star-1").locator("input").focus();
      for (let star = 1; star < 5; star += 1) await page.keyboard.press("ArrowRight");
      await page.getByTestId("review-comment").fill("Lihat toko-lain.com, di sana lebih murah.");
      await it("review-send").click();
      await page.getByText("jangan pakai tautan").waitFor();
      await inspect("72-review-refused");
      // What is typed is not lost by a slip of the thumb.
      await page.getByTestId("cart-link").click();
      await page.getByTestId("leave-question").waitFor();
      await inspect("72-review-leave");
      await page.getByTestId("leave-stay").click();
      await page.getByTestId("leave-question").waitFor({ state: "detached" });
      expect(await page.getByTestId("review-comment").inputValue()).toContain("toko-lain");
      expect(await wouldAsk(page)).toBe(true);
      await page.getByTestId("review-comment").fill(`${SAID} (${screen.size})`);
      await page.getByTestId("review-send").dblclick();
      await it("own-review").waitFor();
      expect(await wouldAsk(page)).toBe(false);
      await inspect("73-order-reviewed");

      await page.getByRole("link", { name: /Kopi/ }).first().click();
      const reviews = page.getByTestId("product-review");
      await reviews.first().getByText(SAID).waitFor();
      expect(await reviews.filter({ hasText: `(${screen.size})` }).count()).toBe(1);
      await inspect("74-product-reviews");
      await page.goto(`${shop}/account/reviews`);
      await it("review-edit").click();
      await page.getByTestId("star-3").click();
      await it("review-send").click();
      await it("own-review").getByText("3 dari 5 bintang").waitFor({ state: "attached" });
      await inspect("75-my-reviews");
      await it("review-delete").click();
      await it("review-delete-confirm").click();
      await page.getByRole("heading", { name: "Belum ada ulasan" }).waitFor();

      await page.goto(`${shop}/orders/${order.orderId}`);
      await it("review-write").waitFor();
      await it("archive").click();
      await inspect("76-order-archive-asked");
      await it("archive-confirm").click();
      await page.getByText("diarsipkan").first().waitFor();
      await page.waitForURL(/\/orders$/);
      await page.getByRole("heading", { name: "Belum ada pesanan" }).waitFor();
      await page.goto(`${shop}/orders/${order.orderId}`);
      await page.getByRole("heading", { name: "Tidak ada di sini" }).waitFor();
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });
});

test("who comes back to a basket sees what changed and is unpaid, and is reminded only where he said so", async () => {
  const { page, look, complaints, close } = await signedIn(SIZES[1], `${shop}/orders`);
  const counter = openCounter(stack);
  const found: string[] = [];
  const it = (id: string) => page.getByTestId(id).first();
  try {
    await page.getByRole("heading", { level: 1, name: "Pesanan saya" }).waitFor();
    await putInBasket(page, shop, "teh");
    await checkOut(page, shop, "VA_BCA");
    await putInBasket(page, shop, "madu");
    await counter.sql(`update products p set price = price + 5000 from cart_items i where i.product_id = p.id`);
    await page.goto(`${shop}/cart`);
    await it("price-changed").getByText("Naik, sebelumnya").waitFor();
    await it("unpaid-first").waitFor();
    found.push(...(await look("77-basket-changed")));
    await it("accept-changes").click();
    await it("price-changed").waitFor({ state: "detached" });
    // What had the focus is gone.
    await page.locator("h1:focus").waitFor();
    await page.goto(`${shop}/checkout`);
    await it("continue-unpaid").click();
    await it("instrument").waitFor();

    await page.goto(`${shop}/account`);
    await it("consent").click();
    await page.getByText("Pengingat dinyalakan").waitFor();
    await page.reload();
    await page.locator('[data-testid="consent"]:checked').waitFor();
    found.push(...(await look("78-account-reminders")));
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await counter.close();
    await close();
  }
});
