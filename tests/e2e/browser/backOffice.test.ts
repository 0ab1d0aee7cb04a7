import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { arrive, atTheGateway, checkOut, logIn, putInBasket } from "./steps.ts";
import { SIZES, visit } from "./visit.ts";

const SHOPPER = "customer@lunas.test";

let stack: Stack;
let shop: string;

beforeAll(async () => {
  stack = await startStack();
  shop = stack.apiUrls[0] as string;
  const { page, close } = await visit(SIZES[0]);
  try {
    await arrive(page, shop, SHOPPER);
    await putInBasket(page, shop, "kopi");
    const paymentId = await checkOut(page, shop);
    await page.getByTestId("pay-now").click();
    await atTheGateway(page, "qris", "pay");
    await page.goto(`${shop}/payments/${paymentId}/result`);
    await page.locator('[data-testid="payment-status"][data-status="PAID"]').waitFor();
  } finally {
    await close();
  }
});
afterAll(() => stack?.stop());

test("a customer does not get into the back office", async () => {
  const { page, look, close, complaints } = await visit(SIZES[0]);
  try {
    await arrive(page, shop, SHOPPER);
    await page.goto(`${shop}/admin/orders`);
    await page.getByRole("heading", { level: 1, name: "Khusus staf" }).waitFor();
    expect(await look("30-not-staff")).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test.each(SIZES)(
  "on a $size staff reads alerts, orders, payments, calls, verdicts, the notifications of Midtrans and the mails",
  // One thing: one walk through the rooms of one shop, each page a few lines.
  async (screen) => {
    const { page, look, close, complaints } = await visit(screen);
    const found: string[] = [];
    const open = async (place: string, name: string, first: string) => {
      await page.goto(`${shop}/admin${place}`);
      await page.getByTestId(first).first().waitFor();
      found.push(...(await look(name)));
    };
    try {
      await page.goto(`${shop}/admin`);
      await logIn(page, "staff@lunas.test");
      await page.getByRole("link", { name: /^Kasus uang \d/ }).waitFor();
      await page.getByRole("link", { name: /^Penjualan hari ini Rp/ }).waitFor();
      await page.locator('[data-testid="backup-state"][data-status="none"]').waitFor();
      found.push(...(await look("31-desk")));
      await page.goto(`${shop}/admin/alerts`);
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      found.push(...(await look("32-alerts")));
      await open("/orders", "33-orders", "row");
      await page.getByTestId("admin-search").fill(SHOPPER);
      await page.waitForURL(/q=customer/);
      await page.getByTestId("row").first().getByRole("link").click();
      await page.getByTestId("money-strip").waitFor();
      found.push(...(await look("34-order")));
      await page.getByTestId("check-now").click();
      await page.getByText("Midtrans sudah ditanya").waitFor();
      await page.getByTestId("calls-link").click();
      await page.getByRole("heading", { level: 1, name: "Panggilan ke gateway" }).waitFor();
      expect(new URL(page.url()).searchParams.get("q")).toMatch(/^LNS-/);
      await page.getByTestId("row").first().waitFor();
      const about = await page.getByTestId("row").locator("td:nth-child(2)").allInnerTexts();
      expect(new Set(about)).toEqual(new Set([new URL(page.url()).searchParams.get("q")]));
      await page.getByTestId("open-row").first().click();
      await page.getByTestId("request").waitFor();
      expect(await page.getByTestId("response").innerText()).toContain("transaction_status");
      found.push(...(await look("34-order-calls")));
      await open("/calls?gateway=rajaongkir", "34-calls", "row");
      await open("/payments", "35-payments", "row");
      await page.getByTestId("row").first().getByRole("link").first().click();
      await page.getByTestId("verdict").first().waitFor();
      await page.getByTestId("verdict-more").first().click();
      await page.getByTestId("figures").first().waitFor();
      found.push(...(await look("35-payment")));
      await open("/notifications?state=APPLIED", "36-notifications", "row");
      await page.getByTestId("open-row").first().click();
      const payload = await page.getByTestId("payload").innerText();
      expect(payload).toContain(`"transaction_status"`);
      expect(payload).toMatch(/"signature_key": "\[/);
      await page.getByTestId("replay").click();
      await page.getByText(/diterapkan ulang/).waitFor();
      await open("/notices", "37-notices", "row");
      await page.getByTestId("open-row").first().click();
      await page
        .frameLocator('[data-testid="notice-body"]')
        .getByText(/Pembayaran/)
        .first()
        .waitFor();
      await page.screenshot({ path: `tests/screenshots/${screen.size}-38-notice.png` });
      await page.goto(`${shop}/admin/subscriptions`);
      await page.getByText("Belum ada langganan").waitFor();
      found.push(...(await look("38-subscriptions")));
      await open("/fraud?all=1", "39-fraud", "row");
      await page.getByTestId("open-row").first().click();
      await page.getByTestId("figures").waitFor();
      found.push(...(await look("39-fraud-row")));
      await open("/midtrans", "39-midtrans", "connection");
      expect(await page.getByTestId("url-paymentNotification").innerText()).toBe(
        `${shop}/api/webhooks/midtrans/payment-notification`,
      );
      await page.getByTestId("check-keys").click();
      await page.getByTestId("key-answer").locator('[data-status="OK"]').nth(1).waitFor();
      found.push(...(await look("39-midtrans-checked")));
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  },
);
