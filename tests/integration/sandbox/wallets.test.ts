import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CREDIT } from "./chargeable.ts";
import { chargeOf, type Stand, stand } from "./support.ts";

describe("wallets and pay-later companies", () => {
  let rig: Stand;
  let count = 0;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const next = (): string => {
    count += 1;
    return `W-${count}-A`;
  };
  const charge = (orderId: string, body: object) => chargeOf(rig, orderId, body);
  const status = async (id: string) => (await rig.call("GET", `/v2/${id}/status`)).body;
  const post = (id: string, path: string, body?: object) => rig.call("POST", `/v2/${id}/${path}`, body);
  const settle = (id: string, more: object = {}) =>
    rig.call("POST", `/sandbox/transactions/${id}`, { transaction_status: "settlement", notify: false, ...more });

  describe("DANA", () => {
    const dana = () => charge(next(), { payment_type: "dana", dana: { callback_url: "https://shop.test/dana" } });

    it("has ids of its own form, and is known by them alone", async () => {
      const { order_id, transaction_id } = (await dana()).body;
      expect(transaction_id).toMatch(/^A1[0-9A-F]{30}$/);
      expect((await status(order_id)).status_code).toBe("404");
      expect((await post(order_id, "cancel")).body.status_code).toBe("404");
    });

    it("tells its status in capitals, and a waiting one under 200 with its deeplink", async () => {
      const { transaction_id } = (await dana()).body;
      expect(await status(transaction_id)).toMatchObject({
        status_code: "200",
        transaction_status: "PENDING",
        actions: [expect.objectContaining({ name: "deeplink-redirect" })],
      });
    });

    it("can be cancelled and not expired, and notifies in small letters", async () => {
      const { transaction_id, order_id } = (await dana()).body;
      expect((await post(transaction_id, "expire")).body.status_code).toBe("412");
      expect((await post(transaction_id, "cancel")).body.status_code).toBe("200");
      await rig.pass(0);
      const told = rig.shop.received.filter((got) => got.body["order_id"] === order_id);
      expect(told.map((got) => got.body["transaction_status"])).toEqual(["pending", "cancel"]);
    });
  });

  describe("OVO", () => {
    const ovo = (phone: string) => charge(next(), { payment_type: "ovo", ovo: { payer_phone_number: phone } });

    it("does not know the one number, and wants some number", async () => {
      expect((await ovo("+628249134000")).body).toMatchObject({
        status_code: "404",
        status_message: "User with requested phone number doesn't exist",
      });
      expect((await ovo("12")).body.status_code).toBe("400");
      expect((await charge(next(), { payment_type: "ovo" })).body.status_code).toBe("400");
    });

    it("is pushed to the phone, and is approved, refused or left there", async () => {
      const waits = (await ovo("08120000001")).body;
      expect(waits).toMatchObject({ payer_phone_number: "+628120000001", merchant_invoice: expect.any(String) });
      const refused = (await ovo("+628271939753")).body;
      expect(refused).not.toHaveProperty("channel_response_code");
      await rig.pass(10_000);
      expect(await status(refused.transaction_id)).toMatchObject({
        transaction_status: "deny",
        channel_response_code: "17",
      });
      await rig.pass(54_999);
      expect((await status(waits.transaction_id)).transaction_status).toBe("pending");
      await rig.pass(1);
      expect((await status(waits.transaction_id)).transaction_status).toBe("expire");
    });

    it("cannot be cancelled or expired by the shop, nor refunded in part", async () => {
      const { transaction_id: id } = (await ovo("08120000001")).body;
      for (const path of ["cancel", "expire"]) expect((await post(id, path)).body.status_code).toBe("412");
      await settle(id);
      expect((await post(id, "refund", { amount: 1_000 })).body.status_code).toBe("412");
      expect((await post(id, "refund")).body.transaction_status).toBe("refund");
    });
  });

  describe("pay later", () => {
    const items = [
      { id: "SKU-1", name: "Kopi", price: 100_000, quantity: 1 },
      { id: "SKU-1", name: "Teh", price: 50_000, quantity: 1 },
    ];

    it.each([
      ["akulaku", { ...CREDIT, item_details: items }, "item_details.id must be unique"],
      ["akulaku", { item_details: [items[0]] }, "customer_details is required"],
      ["kredivo", CREDIT, "item_details is required"],
    ])("by %s is refused without what the partner asks for", async (payment_type, more, problem) => {
      const { body } = await charge(next(), { payment_type, ...more });
      expect(body.validation_messages).toContain(problem);
    });

    it("by Kredivo leads to its page, which goes back to the dashboard's address with the state", async () => {
      const orderId = next();
      const { body } = await charge(orderId, { payment_type: "kredivo", ...CREDIT, item_details: kredivoItems });
      const press = new URLSearchParams({ action: "pay" });
      const back = await fetch(body.redirect_url, { method: "POST", redirect: "manual", body: press });
      expect(back.headers.get("location")).toBe(
        `http://shop.test/?order_id=${orderId}&status_code=200&transaction_status=settlement`,
      );
    });
    const kredivoItems = [{ id: "SKU-1", name: "Kopi", price: 150_000, quantity: 1 }];
  });

  it("reserves GoPay money where the shop asks for it, and takes it by a capture", async () => {
    const orderId = next();
    const { body } = await charge(orderId, { payment_type: "gopay", gopay: { pre_auth: true } });
    const app = body.actions.find((action: { name: string }) => action.name === "deeplink-redirect").url;
    await fetch(app, { method: "POST", redirect: "manual", body: new URLSearchParams({ action: "pay" }) });
    expect((await status(orderId)).transaction_status).toBe("authorize");
    await rig.call("POST", "/v2/capture", { transaction_id: body.transaction_id, gross_amount: 100_000 });
    expect(await status(orderId)).toMatchObject({ transaction_status: "settlement", gross_amount: "100000.00" });
  });
});
