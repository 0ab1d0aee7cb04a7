import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, MINUTE, type Stand, stand } from "./support.ts";

describe("a charge without a page", () => {
  let rig: Stand;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const charge = (orderId: string, body: object, headers?: Record<string, string>) => {
    const details = { order_id: orderId, gross_amount: 150_000 };
    return rig.call("POST", "/v2/charge", { transaction_details: details, ...body }, headers);
  };

  it.each([
    [
      "bank_transfer",
      { bank_transfer: { bank: "bca" } },
      { va_numbers: [{ bank: "bca", va_number: expect.any(String) }] },
    ],
    ["bank_transfer", { bank_transfer: { bank: "permata" } }, { permata_va_number: expect.any(String) }],
    [
      "echannel",
      { echannel: { bill_info1: "a", bill_info2: "b" } },
      { biller_code: "70012", bill_key: expect.any(String) },
    ],
    ["cstore", { cstore: { store: "alfamart" } }, { store: "alfamart", payment_code: expect.any(String) }],
    ["qris", { qris: { acquirer: "gopay" } }, { acquirer: "gopay", qr_string: expect.any(String) }],
    ["gopay", {}, { actions: expect.arrayContaining([expect.objectContaining({ name: "deeplink-redirect" })]) }],
    ["shopeepay", {}, { actions: [expect.objectContaining({ name: "deeplink-redirect" })] }],
  ])("by %s %p gives what the buyer needs", async (type, object, expected) => {
    const orderId = `CH-${type}-${JSON.stringify(object).length}-A`;
    const answer = await charge(orderId, { payment_type: type, ...object });
    expect(answer.body).toMatchObject({
      status_code: "201",
      transaction_status: "pending",
      order_id: orderId,
      payment_type: type,
      ...expected,
    });
    await rig.pass(0);
    expect(rig.shop.received.some((got) => got.body["order_id"] === orderId && got.body["status_code"] === "201")).toBe(
      true,
    );
  });

  it("is 406 for an order_id that is in use, and free again after its end", async () => {
    const body = { payment_type: "gopay" };
    await charge("CH-DUP-A", body);
    expect((await charge("CH-DUP-A", body)).body.status_code).toBe("406");
    await rig.call("POST", "/v2/CH-DUP-A/expire");
    expect((await charge("CH-DUP-A", body)).body.status_code).toBe("201");
  });

  it("lives as long as custom_expiry says, else as long as its method", async () => {
    await charge("CH-EXP-A", { payment_type: "gopay", custom_expiry: { expiry_duration: 30, unit: "second" } });
    await charge("CH-EXP-B", { payment_type: "gopay" });
    await rig.pass(30_000);
    expect((await rig.look("CH-EXP-A")).transaction_status).toBe("expire");
    expect((await rig.look("CH-EXP-B")).transaction_status).toBe("pending");
    await rig.pass(15 * MINUTE);
    expect((await rig.look("CH-EXP-B")).transaction_status).toBe("expire");
  });

  it.each([
    ["a type that is not activated", { payment_type: "danamon_online" }, "402"],
    ["a bank that only Snap knows", { payment_type: "bank_transfer", bank_transfer: { bank: "bsi" } }, "402"],
    ["a card without a token", { payment_type: "credit_card" }, "411"],
    ["no type", {}, "400"],
    ["no bank", { payment_type: "bank_transfer" }, "400"],
    ["a sum that differs", { payment_type: "gopay", item_details: [{ name: "Kopi", price: 1, quantity: 1 }] }, "400"],
    [
      "an amount below the bank's least",
      {
        payment_type: "bank_transfer",
        bank_transfer: { bank: "bca" },
        transaction_details: { order_id: "CH-NO-A", gross_amount: 9_999 },
      },
      "400",
    ],
    ["a life of 19 seconds", { payment_type: "gopay", custom_expiry: { expiry_duration: 19, unit: "second" } }, "400"],
    ["a life of 8 days", { payment_type: "gopay", custom_expiry: { expiry_duration: 8, unit: "day" } }, "400"],
  ])("is refused for %s", async (_name, body, code) => {
    expect((await charge("CH-NO-A", body)).body.status_code).toBe(code);
    expect((await rig.call("GET", "/sandbox/transactions/CH-NO-A")).status).toBe(404);
  });

  it("is made once under an Idempotency-Key, except where the method is not covered", async () => {
    const key = (name: string) => ({ "Idempotency-Key": name });
    const first = await charge("CH-KEY-A", { payment_type: "gopay" }, key("c-1"));
    expect((await charge("CH-KEY-A", { payment_type: "gopay" }, key("c-1"))).text).toBe(first.text);
    const indomaret = { payment_type: "cstore", cstore: { store: "indomaret" } };
    await charge("CH-KEY-B", indomaret, key("c-2"));
    expect((await charge("CH-KEY-B", indomaret, key("c-2"))).body.status_code).toBe("406");
  });

  it("has a picture of its QR, and a wallet that sends its buyer back with the result", async () => {
    const { body } = await charge("CH-APP-A", {
      payment_type: "gopay",
      gopay: { callback_url: "https://shop.test/gopay" },
    });
    const url = (name: string): string => body.actions.find((action: { name: string }) => action.name === name).url;
    const picture = await fetch(url("generate-qr-code"));
    expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/png"]);
    const app = url("deeplink-redirect");
    expect(await (await fetch(app)).text()).toContain('data-testid="sim-pay"');
    const press = (action: string) =>
      fetch(app, { method: "POST", redirect: "manual", body: new URLSearchParams({ action }) });
    expect((await press("leave")).headers.get("location")).toBe(
      "https://shop.test/gopay?order_id=CH-APP-A&result=failure",
    );
    expect((await rig.look("CH-APP-A")).transaction_status).toBe("pending");
    expect((await press("pay")).headers.get("location")).toBe(
      "https://shop.test/gopay?order_id=CH-APP-A&result=success",
    );
    expect((await rig.look("CH-APP-A")).transaction_status).toBe("settlement");
  });

  it("can be refunded 45 days long when paid by GoPay", async () => {
    await charge("CH-REF-A", { payment_type: "gopay" });
    await rig.call("POST", "/sandbox/transactions/CH-REF-A", { transaction_status: "settlement", notify: false });
    await rig.pass(44 * DAY);
    expect((await rig.call("POST", "/v2/CH-REF-A/refund", { refund_key: "g1", amount: 1_000 })).body.status_code).toBe(
      "200",
    );
    await rig.pass(2 * DAY);
    expect((await rig.call("POST", "/v2/CH-REF-A/refund", { refund_key: "g2", amount: 1_000 })).body.status_code).toBe(
      "412",
    );
  });
});
