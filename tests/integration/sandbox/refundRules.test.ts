import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHARGEABLE } from "./chargeable.ts";
import { chargeOf, DAY, HOUR, MINUTE, type Stand, stand } from "./support.ts";

describe("what can be given back", () => {
  let rig: Stand;
  let count = 0;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const next = (): string => {
    count += 1;
    return `RR-${count}-A`;
  };
  const charge = (orderId: string, body: object) => chargeOf(rig, orderId, body);
  const post = (id: string, path: string, body?: object) => rig.call("POST", `/v2/${id}/${path}`, body);
  const settle = (id: string, more: object = {}) =>
    rig.call("POST", `/sandbox/transactions/${id}`, { transaction_status: "settlement", notify: false, ...more });
  /** A settled payment by that method, with its transaction_id. */
  const paid = async (code: string, more: object = {}): Promise<string> => {
    const orderId = next();
    const method = CHARGEABLE.find((row) => row.code === code);
    await charge(orderId, { ...method?.body(orderId, 150_000), ...more });
    return (await settle(orderId)).body.transaction_id;
  };

  it("reverses a paid Permata, Mandiri or Indomaret payment, and no other", async () => {
    const answers = await Promise.all(
      CHARGEABLE.map(async ({ code }) => {
        const id = await paid(code);
        const moved = await rig.call("POST", `/sandbox/transactions/${id}`, { transaction_status: "deny" });
        return [code, moved.status] as const;
      }),
    );
    expect(answers.filter(([, http]) => http === 200).map(([code]) => code)).toEqual([
      "permata_va",
      "echannel",
      "indomaret",
    ]);
  });

  it.each([
    ["gopay", 45],
    ["shopeepay", 365],
    ["dana", 45],
    ["ovo", 7],
    ["akulaku", 180],
    ["kredivo", 14],
  ])("takes refunds of %s for %p days", async (code, days) => {
    const early = await paid(code);
    await rig.pass(days * DAY);
    expect((await post(early, "refund")).body.status_code).toBe("200");
    const late = await paid(code);
    await rig.pass(days * DAY + MINUTE);
    expect((await post(late, "refund")).body.status_code).toBe("412");
  });

  it.each([
    ["gopay", "200"],
    ["shopeepay", "200"],
    ["akulaku", "200"],
    ["kredivo", "200"],
    ["dana", "412"],
    ["ovo", "412"],
    ["bca_va", "412"],
    ["alfamart", "412"],
  ])("answers a direct refund of %s with %s", async (code, expected) => {
    expect((await post(await paid(code), "refund/online/direct")).body.status_code).toBe(expected);
  });

  it("refunds a QR within its own app for 45 days, from another bank's app over airpay never", async () => {
    const own = next();
    await charge(own, { payment_type: "qris" });
    await settle(own, { issuer: "gopay" });
    const foreign = next();
    await charge(foreign, { payment_type: "qris", qris: { acquirer: "airpay shopee" } });
    await settle(foreign, { issuer: "bca" });
    expect((await post(foreign, "refund")).body.status_code).toBe("412");
    await rig.pass(44 * DAY);
    expect((await post(own, "refund")).body.status_code).toBe("200");
  });

  it("refuses a refund that the merchant's balance does not cover with 414", async () => {
    const id = await paid("gopay");
    await rig.call("POST", "/sandbox/faults", { target: "midtrans.refund", kind: "funds" });
    expect((await post(id, "refund")).body.status_code).toBe("414");
    expect((await post(id, "refund")).body.status_code).toBe("200");
  });

  it("lets ShopeePay sleep from 23:55 to 06:00 where that is wanted", async () => {
    const strict = await stand({ shopeepayNight: "refuse" });
    await chargeOf(strict, "NIGHT-A", { payment_type: "shopeepay" });
    await strict.call("POST", "/sandbox/transactions/NIGHT-A", { transaction_status: "settlement", notify: false });
    const refund = async (): Promise<string> =>
      (await strict.call("POST", "/v2/NIGHT-A/refund", { refund_key: "night" })).body.status_code;
    // The clock starts at 10:00.
    await strict.pass(13 * HOUR + 55 * MINUTE);
    expect(await refund()).toBe("412");
    await strict.pass(6 * HOUR + 4 * MINUTE);
    expect(await refund()).toBe("412");
    await strict.pass(MINUTE);
    expect(await refund()).toBe("200");
    await strict.close();
  });
});
