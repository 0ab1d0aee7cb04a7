import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { atTheSandbox, type Bought, bookCourier, buyPaid, pickUp } from "./bought.ts";
import { logIn } from "./steps.ts";
import { SIZES, type Visit, visit } from "./visit.ts";

/** As many as a refund has tries. */
const REFUSALS = 12;
/** Longer than a page takes to come on an idle machine, shorter than the wait for the gateway's answer. */
const SLOW_MS = 3_000;

let stack: Stack;
let shop: string;
let visits: Visit[] = [];

beforeAll(async () => {
  // Tries follow each other at once, so that one that fails for good does so within the test.
  stack = await startStack({ env: { REFUND_BACKOFF: "1ms", RATE_LIMIT_SCALE: "0" } });
  shop = stack.apiUrls[0] as string;
});
afterAll(() => stack?.stop());
afterEach(async () => {
  await atTheSandbox(stack, "/faults", "DELETE");
  await Promise.all(visits.map(({ close }) => close()));
  visits = [];
});

type Screen = (typeof SIZES)[number];

/** Somebody who is signed in, at a place of the shop. */
async function come(screen: Screen, email: string, place: string): Promise<Visit> {
  const visitor = await visit(screen);
  visits.push(visitor);
  await visitor.page.goto(`${shop}/login?next=${encodeURIComponent(place)}`);
  await logIn(visitor.page, email);
  await visitor.page.waitForURL(`${shop}${place}`);
  return visitor;
}

const becomes = (page: Page, testId: string, status: string) =>
  page.locator(`[data-testid="${testId}"][data-status="${status}"]`).first().waitFor();

/** The next refund is answered late: what shows it has been on the screen for a while by then. */
const slowRefund = () =>
  atTheSandbox(stack, "/faults", "POST", { target: "midtrans.refund", kind: "slow", times: 1, ms: SLOW_MS });

const complaints = () => visits.flatMap((visitor) => visitor.complaints);

/** Chooses the first reason, and cancels. */
async function cancel(page: Page): Promise<void> {
  await page.getByTestId("cancel-order").click();
  await page.getByTestId("cancel-preview").waitFor();
  await page.getByTestId("reason-0").check();
  await page.getByTestId("cancel-confirm").click();
}

/** Opens the refund of an order in a queue at the desk. */
async function openRefund(page: Page, { number }: Bought): Promise<void> {
  const row = page.getByTestId("row").filter({ hasText: number });
  await row.getByTestId("open-row").click();
  await page.getByTestId("refund-detail").waitFor();
}

describe.each(SIZES)("on a $size", (screen) => {
  const email = screen.size === "desktop" ? "customer@lunas.test" : "customer2@lunas.test";

  test("a paid order says what a cancel does before it is confirmed, and then where the money is", async () => {
    const bought = await buyPaid(stack, { email, search: "kopi", method: "QRIS" });
    const { page, look } = await come(screen, email, `/orders/${bought.orderId}`);
    await page.getByTestId("cancel-order").click();
    await page.getByTestId("money-back").waitFor();
    await page.getByTestId("cancel-confirm").click();
    await page.getByText("Pilih atau tulis alasannya").waitFor();
    const found = [...(await look("60-cancel-preview"))];
    await page.getByTestId("reason-0").check();
    await page.getByTestId("cancel-confirm").click();
    await becomes(page, "order-status", "CANCELLED");
    await becomes(page, "refund-status", "SUCCEEDED");
    await page.getByTestId("credit-note").waitFor();
    found.push(...(await look("61-refund-sent")));
    expect(found).toEqual([]);
    expect(complaints()).toEqual([]);
  });

  // One thing: one refund by hand, through three people's hands.
  test("money that no gateway pays back is transferred by two people to the account that was given", async () => {
    const bought = await buyPaid(stack, { email, search: "teh", method: "VA_BCA" });
    const customer = await come(screen, email, `/orders/${bought.orderId}`);
    await cancel(customer.page);
    await becomes(customer.page, "refund-status", "MANUAL");
    await customer.page.getByTestId("keep-account").click();
    await customer.page.getByText("Pilih banknya").waitFor();
    const found = [...(await customer.look("62-account-form"))];
    await customer.page.getByTestId("account-bank").selectOption("BCA");
    await customer.page.getByTestId("account-number").fill("123-456-7890");
    await customer.page.getByTestId("account-name").fill("Siti Aminah");
    await customer.page.getByTestId("keep-account").click();
    await customer.page.getByTestId("refund-account").waitFor();
    expect(await customer.page.getByTestId("refund-account").innerText()).not.toContain("123456");
    await customer.page.getByTestId("change-account").click();
    await customer.page.getByTestId("account-bank").selectOption("MANDIRI");
    await customer.page.getByTestId("account-number").fill("9876543210123");
    await customer.page.getByTestId("account-name").fill("Siti Aminah");
    await customer.page.getByTestId("keep-account").click();
    await customer.page.getByTestId("refund-account").getByText("MANDIRI").waitFor();
    found.push(...(await customer.look("63-account-given")));

    const first = await come(screen, "admin@lunas.test", "/admin/refunds?queue=approve");
    await openRefund(first.page, bought);
    found.push(...(await first.look("64-to-approve")));
    await first.page.getByTestId("approve-refund").click();
    await first.page.getByTestId("approve-refund-confirm").click();
    await first.page.getByTestId("row").filter({ hasText: bought.number }).waitFor({ state: "detached" });
    await first.page.goto(`${shop}/admin/refunds?queue=settle`);
    await openRefund(first.page, bought);
    await first.page.getByTestId("second-person").waitFor();
    found.push(...(await first.look("65-second-person")));

    const second = await come(screen, "admin2@lunas.test", "/admin/refunds?queue=settle");
    await openRefund(second.page, bought);
    await second.page.getByTestId("reveal-account").click();
    expect(await second.page.getByTestId("full-account").innerText()).toContain("9876543210123");
    await second.page.getByTestId("settle-refund").click();
    await second.page.getByText("Tulis 4 sampai 64").waitFor();
    found.push(...(await second.look("66-to-transfer")));
    await second.page.getByTestId("bank-reference").fill("TRF-20261121-0007");
    await second.page.getByTestId("settle-refund").click();
    await second.page.getByTestId("row").filter({ hasText: bought.number }).waitFor({ state: "detached" });

    await becomes(customer.page, "refund-status", "SUCCEEDED");
    await customer.page.getByText("TRF-20261121-0007").waitFor();
    found.push(...(await customer.look("67-transferred")));
    expect(found).toEqual([]);
    expect(complaints()).toEqual([]);
  });

  test("an admin gives back pieces with their shares, and is told to cancel where nothing would be left", async () => {
    const bought = await buyPaid(stack, { email, search: "madu", method: "QRIS", quantity: 2 });
    const { page, look } = await come(screen, "admin@lunas.test", `/admin/orders/${bought.orderId}`);
    await page.getByTestId("give-back").click();
    await page.locator('[data-testid="refund-refused"][data-code="USE_CANCEL_ORDER"]').waitFor();
    expect(await page.getByTestId("give-back-confirm").isDisabled()).toBe(true);
    await page.getByTestId("give-back-items").check();
    await page.getByTestId("give-back-pieces").first().fill("1");
    await page.getByTestId("refund-preview").waitFor();
    expect(await page.getByTestId("give-back-restock").first().isChecked()).toBe(true);
    const found = [...(await look("68-give-back"))];
    const amount = (await page.getByTestId("give-back-confirm").innerText()).replace(/^\D*/, "Rp");
    await page.getByTestId("reason-1").check();
    await slowRefund();
    await page.getByTestId("give-back-confirm").click();
    await page.getByTestId("refund").getByText(amount).waitFor();
    await page.reload();
    await page.getByTestId("refund").getByText(amount).waitFor();
    await page.getByTestId("refund-more").click();
    await page.getByTestId("attempt-log").waitFor();
    await becomes(page, "refund-status", "SUCCEEDED");
    found.push(...(await look("69-order-refunds")));
    expect(found).toEqual([]);
    expect(complaints()).toEqual([]);
  });
});

test("an order with a booked courier says that the courier is asked first, and turns cancelled by itself", async () => {
  const email = "customer@lunas.test";
  const bought = await buyPaid(stack, { email, search: "kopi", method: "QRIS" });
  await bookCourier(stack, bought);
  const { page, look } = await come(SIZES[1], email, `/orders/${bought.orderId}`);
  await page.getByTestId("cancel-order").click();
  await page.getByTestId("cancel-preview").getByText("tanya kurir dulu").waitFor();
  const found = [...(await look("73-cancel-booked"))];
  await page.getByTestId("reason-own").check();
  await page.getByTestId("reason-words").fill("Salah ukuran");
  await page.getByTestId("cancel-confirm").click();
  await becomes(page, "order-status", "CANCELLED");
  await becomes(page, "refund-status", "SUCCEEDED");
  await page.getByText("Salah ukuran").first().waitFor();
  expect(found).toEqual([]);
  expect(complaints()).toEqual([]);
});

test("a courier who has the parcel already refuses the cancel, and its owner reads so where he asked", async () => {
  const email = "customer@lunas.test";
  const bought = await buyPaid(stack, { email, search: "kopi", method: "QRIS" });
  await bookCourier(stack, bought);
  const { page, look } = await come(SIZES[1], email, `/orders/${bought.orderId}`);
  await page.getByTestId("cancel-order").click();
  await page.getByTestId("cancel-preview").waitFor();
  await page.getByTestId("reason-0").check();
  await pickUp(stack, bought);
  await page.getByTestId("cancel-confirm").click();
  await page.getByTestId("cancel-refused").waitFor();
  await becomes(page, "order-status", "SHIPPED");
  expect(await page.getByTestId("refund").count()).toBe(0);
  expect(await look("75-cancel-refused")).toEqual([]);
  expect(complaints()).toEqual([]);
});

test("of a checkout of two stores one order is cancelled, and the other goes on as it is", async () => {
  const email = "customer@lunas.test";
  const bought = await buyPaid(stack, { email, search: "kopi", also: "batik", method: "QRIS" });
  const { page, look } = await come(SIZES[1], email, `/orders/${bought.orderId}`);
  await cancel(page);
  await becomes(page, "order-status", "CANCELLED");
  await becomes(page, "refund-status", "SUCCEEDED");
  const found = await look("76-one-of-two-cancelled");
  await page.goto(`${shop}/orders/${bought.other?.id}`);
  await becomes(page, "order-status", "PAID");
  expect(await page.getByTestId("refund").count()).toBe(0);
  expect(found).toEqual([]);
  expect(complaints()).toEqual([]);
});

test("staff cancels an order with a reason, after a look at what that does", async () => {
  const email = "customer@lunas.test";
  const bought = await buyPaid(stack, { email, search: "kopi", method: "QRIS" });
  const { page, look } = await come(SIZES[0], "staff@lunas.test", `/admin/orders/${bought.orderId}`);
  await page.getByTestId("cancel-order").click();
  await page.getByTestId("money-back").waitFor();
  const found = [...(await look("74-staff-cancel"))];
  await page.getByTestId("reason-1").check();
  await page.getByTestId("cancel-confirm").click();
  await becomes(page, "order-status", "CANCELLED");
  // Sent, so that what the next refund is to meet does not meet this one.
  await becomes(page, "refund-status", "SUCCEEDED");
  await page.getByTestId("cancel-order").first().waitFor({ state: "detached" });
  await page.getByTestId("give-back").first().waitFor({ state: "detached" });
  expect(found).toEqual([]);
  expect(complaints()).toEqual([]);
});

test("a refund that Midtrans refused for good stands among the failed with its tries, and is sent again", async () => {
  const email = "customer@lunas.test";
  const bought = await buyPaid(stack, { email, search: "batik", method: "QRIS" });
  const fault = { target: "midtrans.refund", kind: "denied", times: REFUSALS };
  await atTheSandbox(stack, "/faults", "POST", fault);
  const customer = await come(SIZES[1], email, `/orders/${bought.orderId}`);
  await cancel(customer.page);
  await becomes(customer.page, "refund-status", "FAILED");
  const found = [...(await customer.look("70-refund-failed"))];
  const desk = await come(SIZES[0], "admin@lunas.test", "/admin/refunds?queue=failed");
  await openRefund(desk.page, bought);
  expect(await desk.page.getByTestId("attempt-log").getByRole("listitem").count()).toBe(REFUSALS);
  found.push(...(await desk.look("71-failed")));
  await slowRefund();
  await desk.page.getByTestId("retry-refund").click();
  await desk.page.getByTestId("retry-refund-confirm").click();
  await desk.page.getByTestId("row").filter({ hasText: bought.number }).waitFor({ state: "detached" });
  await desk.page.goto(`${shop}/admin/refunds?queue=done`);
  await openRefund(desk.page, bought);
  found.push(...(await desk.look("72-refunds-done")));
  expect(found).toEqual([]);
  expect(complaints()).toEqual([]);
});
