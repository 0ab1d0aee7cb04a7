import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stand, stand } from "./support.ts";

const PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Mobile Safari/537.36";

describe("the hosted page", () => {
  let rig: Stand;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const open = async (orderId: string, more: Record<string, unknown> = {}): Promise<string> =>
    (await rig.create(orderId, more)).body.token;
  const show = (token: string, query = "") => rig.call("GET", `/snap/v4/redirection/${token}${query}`);
  const backLink = (text: string): URL => {
    const link = /href="([^"]*)" data-testid="back-to-shop"/.exec(text)?.[1] ?? "";
    return new URL(link.replaceAll("&amp;", "&"));
  };

  it("shows amount, order and a button for each method, and loads nothing from elsewhere", async () => {
    const { text, headers } = await show(await open("P-SHOW-A"));
    expect(text).toContain("Rp150.000");
    expect(text).toContain("P-SHOW-A");
    for (const id of [
      "qris",
      "gopay",
      "shopeepay",
      "bca_va",
      "bni_va",
      "bri_va",
      "cimb_va",
      "permata_va",
      "echannel",
      "credit_card",
      "indomaret",
      "alfamart",
    ]) {
      expect(text).toContain(`data-testid="method-${id}"`);
    }
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(text).not.toMatch(/(src|href)="https?:\/\/(?!127|shop)/);
  });

  it("offers only what the shop enabled, and disables what the amount does not fit", async () => {
    const token = await open("P-FEW-A", {
      enabled_payments: ["bca_va", "alfamart"],
      transaction_details: { order_id: "P-FEW-A", gross_amount: 9_000 },
    });
    const { text } = await show(token);
    expect(text).toMatch(/data-testid="method-bca_va" disabled/);
    expect(text).toContain('data-testid="method-alfamart"');
    expect(text).not.toContain('data-testid="method-qris"');
    const refused = await rig.press(token, "pay", { method: "bca_va" });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('data-testid="problem"');
    expect((await rig.press(token, "pay", { method: "other_qris" })).status).toBe(400);
    expect((await rig.look("P-FEW-A")).transaction_status).toBeNull();
  });

  it("escapes what the shop sends", async () => {
    const details = { order_id: "P-XSS-A", gross_amount: 1_000 };
    const items = [{ name: "<script>alert(1)</script>", price: 1_000, quantity: 1 }];
    const { text } = await show(await open("P-XSS-A", { transaction_details: details, item_details: items }));
    expect(text).toContain("&lt;script&gt;alert(1)");
    expect(text).not.toContain("<script>alert(1)");
  });

  it("draws a QR, takes the simulator's payment and sends the buyer back with the result", async () => {
    const token = await open("P-PAY-A", { callbacks: { finish: "https://shop.test/selesai?o=1" } });
    await rig.press(token, "pay", { method: "other_qris" });
    const waiting = await show(token);
    expect(waiting.text).toMatch(/data-testid="qr"[^>]*><svg/);
    for (const id of ["sim-pay", "sim-deny", "sim-expire", "countdown"])
      expect(waiting.text).toContain(`data-testid="${id}"`);
    expect(backLink(waiting.text).searchParams.get("transaction_status")).toBe("pending");
    await rig.press(token, "simulate", { action: "pay" });
    const { text } = await show(token);
    expect(text).toContain('data-testid="outcome-paid"');
    expect(text).toMatch(/data-back="https:\/\/shop\.test\/selesai\?o=1&amp;order_id=P-PAY-A/);
    expect(text).not.toContain('http-equiv="refresh"');
    const back = backLink(text);
    expect(Object.fromEntries(back.searchParams)).toEqual({
      o: "1",
      order_id: "P-PAY-A",
      status_code: "200",
      transaction_status: "settlement",
    });
  });

  it("goes to callbacks.error after a failure, and to the configured address where the shop named none", async () => {
    const token = await open("P-ERR-A", { callbacks: { error: "https://shop.test/gagal" } });
    expect(backLink((await show(token)).text).href).toBe("http://shop.test/?order_id=P-ERR-A");
    await rig.press(token, "pay", { method: "bca_va" });
    await rig.press(token, "simulate", { action: "expire" });
    const { text } = await show(token);
    expect(text).toContain('data-testid="outcome-ended"');
    expect(backLink(text).href).toBe(
      "https://shop.test/gagal?order_id=P-ERR-A&status_code=202&transaction_status=expire",
    );
  });

  it("turns GoPay on a desktop into QRIS and leaves it GoPay on a phone", async () => {
    await rig.press(await open("P-GO-A"), "pay", { method: "gopay" });
    await rig.press(await open("P-GO-B"), "pay", { method: "gopay" }, PHONE);
    expect(await rig.look("P-GO-A")).toMatchObject({ payment_type: "qris", acquirer: "gopay" });
    expect(await rig.look("P-GO-B")).toMatchObject({ payment_type: "gopay" });
  });

  it.each([
    ["approve", "capture", "accept", "outcome-paid"],
    ["challenge", "capture", "challenge", "outcome-review"],
    ["deny", "deny", "accept", "denied"],
  ])("lets a test card be answered with %s", async (outcome, status, fraud, testId) => {
    const token = await open(`P-CARD-${outcome}`);
    expect((await show(token, "?method=credit_card")).text).toContain(`data-testid="card-${outcome}"`);
    await rig.press(token, "card", { outcome });
    expect(await rig.look(`P-CARD-${outcome}`)).toMatchObject({ transaction_status: status, fraud_status: fraud });
    expect((await show(token)).text).toContain(`data-testid="${testId}"`);
  });

  it("opens one transaction however often the method is pressed", async () => {
    const token = await open("P-TWICE-A");
    await Promise.all(Array.from({ length: 5 }, () => rig.press(token, "pay", { method: "bca_va" })));
    expect((await rig.look("P-TWICE-A")).transactions).toHaveLength(1);
  });

  it("refuses a BNI account for a phone number that BNI does not take", async () => {
    const token = await open("P-BNI-A", { customer_details: { phone: "8120000001" } });
    const refused = await rig.press(token, "pay", { method: "bni_va" });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("BNI menolak");
  });

  it("tells a changed state to the page that asks, and 404 for an unknown token", async () => {
    const token = await open("P-STATE-A");
    expect((await show(token, "/state")).body).toEqual({ stage: "choosing", status: "none" });
    await rig.call("POST", "/sandbox/transactions/P-STATE-A", { transaction_status: "settlement" });
    expect((await show(token, "/state")).body).toEqual({ stage: "paid", status: "settlement" });
    expect((await show("nobody")).status).toBe(404);
  });
});
