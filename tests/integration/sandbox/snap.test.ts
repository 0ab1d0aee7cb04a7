import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, type Stand, stand } from "./support.ts";

describe("Snap", () => {
  let rig: Stand;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const tokenOf = async (orderId: string): Promise<string> => (await rig.create(orderId)).body.token;
  const usedUp = "transaction_details.order_id has been paid and utilized, please use another order ID";

  it("answers 201 with a token and an address that opens", async () => {
    const made = await rig.create("S-CREATE-A");
    expect(made.status).toBe(201);
    expect(made.body.token).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.body.redirect_url).toBe(`${rig.sandbox.url}/snap/v4/redirection/${made.body.token}`);
    expect((await fetch(made.body.redirect_url)).status).toBe(200);
    expect((await fetch(made.body.redirect_url.replace("/v4/", "/v3/"))).status).toBe(200);
  });

  it.each([
    ["no key", { Authorization: "" }, 401],
    ["a foreign key", { Authorization: `Basic ${Buffer.from("SB-Mid-server-other:").toString("base64")}` }, 401],
    ["another Accept", { Accept: "*/*" }, 403],
    ["another Content-Type", { "Content-Type": "text/plain" }, 403],
  ])("turns away a call with %s, in Snap's form", async (_name, headers, status) => {
    const answer = await rig.create("S-AUTH-A", {}, headers);
    expect(answer.status).toBe(status);
    expect(answer.body.error_messages).toEqual(expect.arrayContaining([expect.any(String)]));
    expect(answer.body).not.toHaveProperty("status_code");
  });

  it("answers malformed JSON and a body of more than 16 kB with error_messages", async () => {
    const broken = await rig.call("POST", "/snap/v1/transactions", "{");
    expect([broken.status, broken.body.error_messages]).toEqual([400, ["request body is not valid JSON"]]);
    const huge = await rig.create("S-BIG-A", { metadata: { x: "x".repeat(16_000) } });
    expect([huge.status, huge.body.error_messages]).toEqual([413, ["Request body is larger than 16 kB"]]);
  });

  it("lists every fault of a request at once", async () => {
    const answer = await rig.create("S BAD", { transaction_details: { order_id: "S BAD", gross_amount: 0 } });
    expect(answer.status).toBe(400);
    expect(answer.body.error_messages).toHaveLength(2);
  });

  it("replaces the token of an order whose buyer has not chosen a method", async () => {
    const first = await tokenOf("S-AGAIN-A");
    const second = await tokenOf("S-AGAIN-A");
    expect(second).not.toBe(first);
    const old = await rig.press(first, "pay", { method: "bca_va" });
    expect(old.status).toBe(303);
    expect((await rig.look("S-AGAIN-A")).transaction_status).toBeNull();
    expect((await rig.press(second, "pay", { method: "bca_va" })).status).toBe(303);
    expect((await rig.look("S-AGAIN-A")).transaction_status).toBe("pending");
  });

  it.each(["pending", "settlement"])("refuses an order_id that is %s", async (status) => {
    const orderId = `S-USED-${status}`;
    await rig.create(orderId);
    await rig.call("POST", `/sandbox/transactions/${orderId}`, { transaction_status: status, notify: false });
    const again = await rig.create(orderId);
    expect([again.status, again.body.error_messages]).toEqual([400, [usedUp]]);
  });

  it.each(["deny", "expire", "cancel"])("takes an order_id again whose payment ended as %s", async (status) => {
    const orderId = `S-FREE-${status}`;
    await rig.create(orderId);
    await rig.call("POST", `/sandbox/transactions/${orderId}`, { transaction_status: status, notify: false });
    expect((await rig.create(orderId)).status).toBe(201);
  });

  it("lets a buyer who was denied try another method on the same page", async () => {
    const token = await tokenOf("S-RETRY-A");
    await rig.press(token, "card", { outcome: "deny" });
    expect((await rig.look("S-RETRY-A")).transaction_status).toBe("deny");
    await rig.press(token, "pay", { method: "bri_va" });
    const seen = await rig.look("S-RETRY-A");
    expect(seen.transactions).toHaveLength(2);
    expect(seen).toMatchObject({ transaction_status: "pending", payment_type: "bank_transfer" });
  });

  describe("cancelling a page", () => {
    const cancel = (token: string) => rig.call("POST", `/snap/v1/transactions/${token}/cancel`);

    it("closes it once and says so the second time", async () => {
      const token = await tokenOf("S-CANCEL-A");
      const done = await cancel(token);
      expect(done.status).toBe(200);
      expect(done.body.canceled_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect((await cancel(token)).body.error_messages).toEqual(["token already canceled"]);
      await rig.press(token, "pay", { method: "bca_va" });
      expect((await rig.look("S-CANCEL-A")).transaction_status).toBeNull();
    });

    it("is refused while a payment is on its way, and for a token that nobody gave out", async () => {
      const token = await tokenOf("S-CANCEL-B");
      await rig.press(token, "pay", { method: "bca_va" });
      const busy = await cancel(token);
      expect([busy.status, busy.body.error_messages]).toEqual([400, ["Transaction is on progress"]]);
      const none = await cancel("00000000-0000-4000-8000-000000000000");
      expect([none.status, none.body.error_messages]).toEqual([404, ["token not found"]]);
    });
  });

  describe("deadlines", () => {
    it("closes an unused page without a notification", async () => {
      const before = rig.shop.received.length;
      const { body } = await rig.create("S-PAGE-A", { page_expiry: { duration: 5, unit: "minutes" } });
      await rig.pass(5 * MINUTE);
      await rig.press(body.token, "pay", { method: "bca_va" });
      const seen = await rig.look("S-PAGE-A");
      expect(seen.transaction_status).toBeNull();
      expect(seen.pages[0].state).toBe("expired");
      expect(rig.shop.received.slice(before).filter((got) => got.body["order_id"] === "S-PAGE-A")).toEqual([]);
    });

    it("counts a payment's life from the choice of the method, or from start_time where there is one", async () => {
      const open = await rig.create("S-LIFE-A", {
        expiry: { duration: 2, unit: "hour" },
        page_expiry: { duration: 1, unit: "day" },
      });
      const wall = new Date(rig.clock.now() + 7 * HOUR).toISOString().slice(0, 19).replace("T", " ");
      const fixed = await rig.create("S-LIFE-B", {
        expiry: { start_time: `${wall} +0700`, duration: 2, unit: "hour" },
      });
      await rig.pass(HOUR);
      await rig.press(open.body.token, "pay", { method: "bca_va" });
      await rig.press(fixed.body.token, "pay", { method: "bca_va" });
      await rig.pass(HOUR);
      expect((await rig.look("S-LIFE-A")).transaction_status).toBe("pending");
      expect((await rig.look("S-LIFE-B")).transaction_status).toBe("expire");
      await rig.pass(HOUR);
      expect((await rig.look("S-LIFE-A")).transaction_status).toBe("expire");
    });

    it("expires QRIS after 15 minutes and a virtual account after a day where the shop names no time", async () => {
      const qris = await tokenOf("S-DEFAULT-A");
      const va = await tokenOf("S-DEFAULT-B");
      await rig.press(qris, "pay", { method: "other_qris" });
      await rig.press(va, "pay", { method: "bca_va" });
      await rig.pass(15 * MINUTE);
      expect((await rig.look("S-DEFAULT-A")).transaction_status).toBe("expire");
      expect((await rig.look("S-DEFAULT-B")).transaction_status).toBe("pending");
      await rig.pass(DAY);
      expect((await rig.look("S-DEFAULT-B")).transaction_status).toBe("expire");
    });
  });

  it("adds the buyer's fee to the amount and tells both", async () => {
    const fees = { enable: true, payment_fee_configs: [{ payment_type: "bank_transfer", customer_percentage: 100 }] };
    const { body } = await rig.create("S-FEE-A", { customer_imposed_payment_fee: fees });
    await rig.press(body.token, "pay", { method: "bca_va" });
    const status = await rig.call("GET", "/v2/S-FEE-A/status");
    expect(status.body.gross_amount).toBe("154440.00");
    expect(status.body.metadata.extra_info.gross_amount_info).toEqual({
      original_amount: 150_000,
      gross_amount: 154_440,
      customer_imposed_payment_fee: 4_440,
    });
  });
});
