import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountSignature } from "../../../sandbox/midtrans/accounts.ts";
import { chargeOf, MINUTE, SERVER_KEY, type Stand, stand } from "./support.ts";

it("signs an account's news as the published example does", () => {
  const signed = accountSignature("3f5c1d2e-8a7b-4c6d-9e0f-112233445566", "ENABLED", "200", SERVER_KEY);
  expect(signed).toMatch(/^56638eaff16c7bd94e90f2968a27a3ae61dbf13c787faf17f2487d2c3941e40bb2d3d950be84c4be/);
});

describe("linked GoPay accounts", () => {
  let rig: Stand;
  let count = 0;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const link = (phone_number = "81234567890", headers?: Record<string, string>) => {
    const redirect_url = "https://shop.test/gopay/linked";
    const gopay_partner = { phone_number, country_code: "62", redirect_url };
    return rig.call("POST", "/v2/pay/account", { payment_type: "gopay", gopay_partner }, headers);
  };
  const read = async (id: string) => (await rig.call("GET", `/v2/pay/account/${id}`)).body;
  const press = (url: string, action: string) =>
    fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams({ action }) });
  const told = (id: string) => rig.shop.received.filter((got) => got.body["account_id"] === id);
  /** A linked account with its id and the token of its wallet. */
  const linked = async (): Promise<{ account_id: string; payment_option_token: string }> => {
    const { account_id, actions } = (await link()).body;
    await press(actions[0].url, "allow");
    const [option] = (await read(account_id)).metadata.payment_options;
    return { account_id, payment_option_token: option.token };
  };
  const pay = async (gopay: object) => {
    count += 1;
    return (await chargeOf(rig, `GP-${count}-A`, { payment_type: "gopay", gopay })).body;
  };

  it("wait for their owner, who is sent back once he allows it", async () => {
    const made = await link();
    expect(made.body).toMatchObject({ status_code: "201", payment_type: "gopay", account_status: "PENDING" });
    expect(made.body.actions.map((action: { name: string }) => action.name)).toEqual([
      "activation-deeplink",
      "activation-link-url",
      "activation-link-app",
    ]);
    const { account_id: id, actions } = made.body;
    const back = (await press(actions[1].url, "allow")).headers.get("location");
    expect(back).toBe(`https://shop.test/gopay/linked?account_id=${id}&result=success`);
    expect(await read(id)).toMatchObject({
      account_status: "ENABLED",
      metadata: {
        payment_options: [
          { name: "GOPAY_WALLET", active: true, balance: { value: "25000000.00", currency: "IDR" } },
          { name: "PAY_LATER", active: false },
        ],
      },
    });
  });

  it("tell the pay-account URL of every change, with a signature of their own", async () => {
    const { account_id: id } = await linked();
    await rig.call("POST", `/v2/pay/account/${id}/unbind`);
    await rig.pass(0);
    const news = told(id);
    expect(news.map((got) => [got.path, got.body["account_status"], got.body["status_code"]])).toEqual([
      ["/accounts", "ENABLED", "200"],
      ["/accounts", "DISABLED", "204"],
    ]);
    for (const { body } of news) {
      const text = `${body["account_id"]}${body["account_status"]}${body["status_code"]}${SERVER_KEY}`;
      expect(body["signature_key"]).toBe(createHash("sha512").update(text).digest("hex"));
    }
  });

  it("are over where their owner refuses, or does nothing for ten minutes", async () => {
    const refused = (await link()).body;
    await press(refused.actions[0].url, "refuse");
    expect((await read(refused.account_id)).account_status).toBe("DISABLED");
    const left = (await link()).body;
    await rig.pass(10 * MINUTE);
    expect((await read(left.account_id)).account_status).toBe("EXPIRED");
    await press(left.actions[0].url, "allow");
    expect((await read(left.account_id)).account_status).toBe("EXPIRED");
  });

  it.each([
    ["123450001", "202"],
    ["123450002", "410"],
    ["abc", "400"],
  ])("are refused for the phone %s with %s", async (phone, code) => {
    expect((await link(phone)).body.status_code).toBe(code);
  });

  it("are not covered by an Idempotency-Key", async () => {
    const key = { "Idempotency-Key": "gp-link" };
    expect((await link("81234567890", key)).body.account_id).not.toBe((await link("81234567890", key)).body.account_id);
  });

  it("answer 404 for an account that is unknown, and 412 for one that is not linked", async () => {
    expect((await read("nobody")).status_code).toBe("404");
    const { account_id: id } = (await link()).body;
    expect((await rig.call("POST", `/v2/pay/account/${id}/unbind`)).body.status_code).toBe("412");
  });

  it("pay at once, wait for a PIN or deny, as their owner's wallet behaves", async () => {
    const gopay = await linked();
    const behave = (body: object) => rig.call("POST", `/sandbox/accounts/${gopay.account_id}`, body);
    expect(await pay(gopay)).toMatchObject({ status_code: "200", transaction_status: "settlement" });
    await behave({ behaviour: "pin" });
    const waits = await pay(gopay);
    expect(waits).toMatchObject({ transaction_status: "pending", actions: expect.any(Array) });
    expect(await pay({ ...gopay, recurring: true })).toMatchObject({ transaction_status: "settlement" });
    await behave({ behaviour: "deny" });
    expect(await pay(gopay)).toMatchObject({ transaction_status: "deny", channel_response_code: "900" });
    await behave({ behaviour: "settle", balance: 149_999 });
    expect(await pay(gopay)).toMatchObject({ status_code: "202", transaction_status: "deny" });
    await behave({ balance: 150_000 });
    expect(await pay(gopay)).toMatchObject({ transaction_status: "settlement" });
    expect(await pay(gopay)).toMatchObject({ transaction_status: "deny" });
  });

  it("cannot be charged with an old token, or once they are unlinked", async () => {
    const gopay = await linked();
    await rig.call("POST", `/sandbox/accounts/${gopay.account_id}`, { rotate: true });
    expect((await pay(gopay)).status_code).toBe("411");
    const [option] = (await read(gopay.account_id)).metadata.payment_options;
    const fresh = { ...gopay, payment_option_token: option.token };
    expect((await pay(fresh)).transaction_status).toBe("settlement");
    expect((await pay({ account_id: gopay.account_id })).status_code).toBe("411");
    await rig.call("POST", `/v2/pay/account/${gopay.account_id}/unbind`);
    expect((await pay(fresh)).status_code).toBe("411");
  });
});
