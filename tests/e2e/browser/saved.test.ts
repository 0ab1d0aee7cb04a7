import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { arrive, checkOut, chooseWay, fillAddress, putInBasket } from "./steps.ts";
import { SIZES, visit } from "./visit.ts";

/** The test card that every bank of the simulator accepts ends so. */
const CARD = "BNI •••• 1114";

let stack: Stack;
let shop: string;

beforeAll(async () => {
  stack = await startStack();
  shop = stack.apiUrls[0] as string;
});
afterAll(() => stack?.stop());

const statusOn = (page: Page, testId: string, status: string) =>
  page.locator(`[data-testid="${testId}"][data-status="${status}"]`).first().waitFor();

/** Pays by card on the gateway's page, and lets it keep the card. */
async function payAndKeepCard(page: Page): Promise<void> {
  await putInBasket(page, shop, "kopi");
  const paymentId = await checkOut(page, shop, "CREDIT_CARD");
  await page.getByTestId("pay-now").click();
  await page.getByTestId("method-credit_card").click();
  await page.getByTestId("save-card").check();
  await page.getByTestId("card-approve").click();
  await page.goto(`${shop}/payments/${paymentId}/result`);
  await statusOn(page, "payment-status", "PAID");
}

/** The page of saved cards, to which the card comes by itself. */
async function cardsPage(page: Page): Promise<void> {
  await page.goto(`${shop}/account/saved`);
  await page.getByTestId("card-line").getByText(CARD).waitFor();
}

/** Has the gateway charge the newest subscription's month now. */
async function chargeNow(): Promise<void> {
  const url = `${stack.sandboxUrl}/sandbox/subscriptions`;
  const { subscriptions } = (await (await fetch(url)).json()) as { subscriptions: { id: string }[] };
  const response = await fetch(`${url}/${subscriptions[0]?.id}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ charge: "regular" }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** Staff ends the month of a customer who asked for it. Answers what is wrong with how that looks. */
async function endAtTheDesk(screen: (typeof SIZES)[number], shopper: string): Promise<readonly string[]> {
  const { page, look, close, complaints } = await visit(screen);
  try {
    await arrive(page, shop, "staff@lunas.test");
    await page.goto(`${shop}/admin/subscriptions`);
    const row = page.getByTestId("row").filter({ hasText: shopper }).first();
    await row.locator('[data-status="ACTIVE"]').waitFor();
    await row.getByTestId("open-row").click();
    await page.getByTestId("charge").waitFor();
    const found = await look("63-subscription-at-the-desk");
    await page.getByTestId("end-subscription").click();
    await page.getByTestId("end-subscription-confirm").click();
    await row.locator('[data-status="CANCELLED"]').waitFor();
    await page.getByTestId("end-subscription").waitFor({ state: "detached" });
    return [...found, ...complaints];
  } finally {
    await close();
  }
}

describe.each(SIZES)("on a $size", (screen) => {
  const shopper = screen.size === "desktop" ? "customer@lunas.test" : "customer2@lunas.test";

  test("a saved card pays without a page, is charged by the month, and is deleted when nothing needs it", async () => {
    // One thing: a card's whole life, each step resting on the one before it.
    const { page, look, close, complaints } = await visit(screen);
    const found: string[] = [];
    try {
      await arrive(page, shop, shopper);
      await page.goto(`${shop}/account/saved`);
      await page.getByTestId("no-cards").waitFor();
      found.push(...(await look("50-no-cards")));
      await payAndKeepCard(page);
      await cardsPage(page);
      // Bank and last digits: nothing that could be charged, and no number.
      expect(await page.getByTestId("card-line").innerText()).not.toMatch(/\d{5,}/);
      found.push(...(await look("51-saved-cards")));

      await putInBasket(page, shop, "madu");
      const paymentId = await checkOut(page, shop, "VA_BCA");
      await page.getByTestId("change-method").click();
      await chooseWay(page, "CREDIT_CARD");
      await page.getByTestId("another-card").waitFor();
      expect(await page.getByTestId("saved-card").getByRole("radio").isChecked()).toBe(true);
      found.push(...(await look("52-saved-card-choice")));
      await page.getByTestId("pay-again").click();
      await statusOn(page, "payment-status", "PAID");
      expect(new URL(page.url()).pathname).toBe(`/payments/${paymentId}`);

      await putInBasket(page, shop, "teh");
      await page.goto(`${shop}/checkout`);
      await fillAddress(page);
      await chooseWay(page, "CREDIT_CARD");
      found.push(...(await look("52-checkout-by-saved-card")));
      await page.getByTestId("checkout-submit").click();
      await page.waitForURL(/\/payments\/[^/]+$/);
      await statusOn(page, "payment-status", "PAID");

      await page.goto(`${shop}/packages`);
      await page.getByTestId("subscribe-link").first().click();
      await page.getByTestId("subscribe").waitFor();
      found.push(...(await look("53-subscribe")));
      await page.getByTestId("subscribe").click();
      await page.waitForURL(/\/account\/subscriptions$/);
      const subscription = page.getByTestId("subscription").first();
      await subscription.locator('[data-status="PENDING"]').waitFor();
      found.push(...(await look("54-subscription-pending")));
      await chargeNow();
      await subscription.locator('[data-status="ACTIVE"]').waitFor();
      await subscription.getByTestId("charges").click();
      await subscription.getByTestId("payment-line").locator('[data-status="PAID"]').waitFor();
      found.push(...(await look("55-subscription-active")));

      await page.goto(`${shop}/account/saved`);
      await page.getByTestId("delete-card").click();
      await page.getByTestId("delete-card-confirm").click();
      await page.getByTestId("card-in-use").waitFor();
      found.push(...(await look("56-card-in-use")));
      await page.getByTestId("card-in-use").getByRole("link").click();
      await page.getByTestId("cancel-subscription").click();
      found.push(...(await look("57-subscription-end-asked")));
      await page.getByTestId("cancel-subscription-confirm").click();
      await subscription.locator('[data-status="CANCELLED"]').waitFor();
      await subscription.getByText("terbuka").waitFor();
      found.push(...(await look("58-subscription-ended")));

      await page.goto(`${shop}/account/saved`);
      await page.getByTestId("delete-card").click();
      await page.getByTestId("delete-card-confirm").click();
      await page.getByTestId("no-cards").waitFor();
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test("an account whose owner agreed is charged by the month, and is let go when nothing needs it", async () => {
    const { page, look, close, complaints } = await visit(screen);
    const found: string[] = [];
    const inState = (state: string) => page.getByTestId("account-line").locator(`[data-status="${state}"]`).waitFor();
    try {
      await arrive(page, shop, shopper);
      await page.goto(`${shop}/account/saved`);
      await page.getByTestId("link-account").click();
      await inState("PENDING");
      found.push(...(await look("60-account-pending")));
      await page.getByTestId("agree").click();
      await page.getByTestId("link-allow").click();
      await page.waitForURL(/\/account\/saved/);
      await inState("LINKED");
      // Enough of the number for its owner to know it.
      expect(await page.getByTestId("account-line").innerText()).toMatch(/\+\d{5}\*+\d{4}/);
      found.push(...(await look("61-account-linked")));

      await page.goto(`${shop}/packages`);
      await page.getByTestId("subscribe-link").first().click();
      await page.getByTestId("linked-account").getByRole("radio").check();
      found.push(...(await look("62-subscribe-by-account")));
      await page.getByTestId("subscribe").click();
      await page.waitForURL(/\/account\/subscriptions$/);
      const subscription = page.getByTestId("subscription").first();
      await subscription.locator('[data-status="PENDING"]').waitFor();
      await chargeNow();
      await subscription.locator('[data-status="ACTIVE"]').waitFor();

      await page.goto(`${shop}/account/saved`);
      await page.getByTestId("unlink").click();
      await page.getByTestId("unlink-confirm").click();
      await page.getByTestId("account-in-use").getByRole("link").click();
      await page.getByTestId("cancel-subscription").waitFor();
      found.push(...(await endAtTheDesk(screen, shopper)));
      await page.reload();
      await subscription.locator('[data-status="CANCELLED"]').waitFor();
      await page.goto(`${shop}/account/saved`);
      await page.getByTestId("unlink").click();
      await page.getByTestId("unlink-confirm").click();
      await inState("UNLINKED");
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });
});
