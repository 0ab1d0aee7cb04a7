import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { signIn } from "./bought.ts";
import { arrive, checkOut, logIn, putInBasket } from "./steps.ts";
import { SIZES, type Visit, visit } from "./visit.ts";

const SHOPPER = "customer@lunas.test";
const STRAY = "STATIC-QR-0007";

let stack: Stack;
let shop: string;
let staff: Visit;

beforeAll(async () => {
  stack = await startStack();
  shop = stack.apiUrls[0] as string;
});
afterAll(() => stack?.stop());
afterEach(() => staff?.close());

/** Has the gateway move a transaction and tell the shop. */
async function gatewayMoves(orderId: string, move: object): Promise<void> {
  const response = await fetch(`${stack.sandboxUrl}/sandbox/transactions/${orderId}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(move),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function atTheDesk(screen: (typeof SIZES)[number], place: string): Promise<Page> {
  staff = await visit(screen);
  await staff.page.goto(`${shop}/admin${place}`);
  await logIn(staff.page, "staff@lunas.test");
  return staff.page;
}

const statusOn = (page: Page, status: string) =>
  page.locator(`[data-testid="payment-status"][data-status="${status}"]`).first().waitFor();

test("a payment under challenge is accepted by staff, and the shopper sees it paid by itself", async () => {
  const shopper = await visit(SIZES[1]);
  try {
    await arrive(shopper.page, shop, SHOPPER);
    await putInBasket(shopper.page, shop, "kopi");
    const paymentId = await checkOut(shopper.page, shop);
    const page = await atTheDesk(SIZES[0], `/payments/${paymentId}`);
    await statusOn(page, "PENDING");
    const orderId = await page
      .getByText(/^LNS-\d{8}-\w{6}-\d\dA$/)
      .first()
      .innerText();
    await shopper.page.goto(`${shop}/payments/${paymentId}/result`);
    await gatewayMoves(orderId, { transaction_status: "challenge" });
    await statusOn(shopper.page, "CHALLENGED");
    await page.goto(`${shop}/admin/payments?status=CHALLENGED`);
    await page.getByTestId("row").first().getByRole("link").first().click();
    await statusOn(page, "CHALLENGED");
    const found = [...(await staff.look("39-challenge"))];
    await page.getByTestId("accept-challenge").click();
    found.push(...(await staff.look("40-challenge-asked")));
    await page.getByTestId("accept-challenge-confirm").click();
    await statusOn(page, "PAID");
    await statusOn(shopper.page, "PAID");
    await page.getByTestId("accept-challenge").first().waitFor({ state: "detached" });
    expect(found).toEqual([]);
    expect([...staff.complaints, ...shopper.complaints]).toEqual([]);
  } finally {
    await shopper.close();
  }
});

test.each(SIZES)("on a $size staff takes a money case and ends it with a word", async (screen) => {
  const stray = `${STRAY}-${screen.size}`;
  const page = await atTheDesk(screen, "/cases");
  const found: string[] = [];
  await page.getByText("Tidak ada apa-apa di sini").waitFor();
  // The list is open, and the case comes to it by itself.
  await gatewayMoves(stray, { transaction_status: "settlement", force: true, gross_amount: 75_000 });
  await page.getByTestId("row").first().waitFor();
  // What the server says in English alone is folded away from who reads Indonesian.
  const technical = page.getByTestId("technical").first();
  expect(await technical.evaluate((fold: HTMLDetailsElement) => fold.open)).toBe(false);
  await technical.locator("summary").click();
  await page.getByText("no payment of ours").first().waitFor();
  found.push(...(await staff.look("41-cases")));
  await page.getByTestId("case-link").first().click();
  await page.getByText("Rp75.000").first().waitFor();
  expect(await page.getByTestId("evidence").innerText()).toContain(stray);
  await page.getByTestId("take-case").click();
  await page.locator('[data-testid="case-state"][data-status="TAKEN"]').waitFor();
  await page.getByTestId("resolve-case").click();
  await page.getByText("Pilih salah satu").waitFor();
  found.push(...(await staff.look("42-case")));
  await page.getByTestId("action-DISMISS").click();
  await page.getByTestId("case-note").fill("QRIS statis di toko: dicatat di kas toko.");
  await page.getByTestId("resolve-case").click();
  await page.getByTestId("case-end").getByText("QRIS statis").waitFor();
  found.push(...(await staff.look("43-case-ended")));
  await page.goto(`${shop}/admin/cases?state=ended`);
  await page.getByTestId("row").first().waitFor();
  expect(found).toEqual([]);
  expect(staff.complaints).toEqual([]);
});

test("what staff types about a case stays when a colleague takes it, who is named there", async () => {
  const token = await signIn(stack, "admin@lunas.test");
  const admin = async (mutation: string) => {
    const { errors } = await stack.graphql(`mutation { ${mutation} { id } }`, {}, { token });
    expect(errors).toEqual([]);
  };
  const page = await atTheDesk(SIZES[0], "/cases");
  await gatewayMoves(`${STRAY}-two`, { transaction_status: "settlement", force: true, gross_amount: 81_000 });
  await page.getByTestId("row").filter({ hasText: "Rp81.000" }).getByTestId("case-link").click();
  await page.getByTestId("case-note").fill("Bank sudah ditelepon");
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await admin(`takeMoneyCase(id: "${id}")`);
  await page.locator('[data-testid="case-state"][data-status="TAKEN"]').waitFor();
  expect(await page.getByTestId("case-note").inputValue()).toBe("Bank sudah ditelepon");
  expect(await page.getByTestId("resolve-case").isDisabled()).toBe(true);
  await admin(`resolveMoneyCase(id: "${id}", action: "DISMISS", note: "Dicatat di kas toko")`);
  await page.getByTestId("case-end").getByText("Dicatat di kas toko").waitFor();
  expect(staff.complaints).toEqual([]);
});
