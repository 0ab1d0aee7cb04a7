import jsqr from "jsqr";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METHODS } from "../../../sandbox/midtrans/methods.ts";
import { CHARGEABLE } from "./chargeable.ts";
import { chargeOf, type Stand, stand } from "./support.ts";

/** The package's types describe another way of importing it. */
const readQr = jsqr as unknown as (
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  options: { inversionAttempts: "dontInvert" },
) => { data: string } | null;

describe("every method", () => {
  let rig: Stand;
  let count = 0;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const next = (): string => {
    count += 1;
    return `M-${count}-A`;
  };
  const charge = (orderId: string, body: object) => chargeOf(rig, orderId, body);
  const status = async (id: string) => (await rig.call("GET", `/v2/${id}/status`)).body;
  const settle = (id: string, more: object = {}) =>
    rig.call("POST", `/sandbox/transactions/${id}`, { transaction_status: "settlement", notify: false, ...more });

  it.each(CHARGEABLE.map((row) => [row.code, row] as const))("takes %s from its least to its most", async (_c, row) => {
    const code = async (amount: number): Promise<string> => {
      const orderId = next();
      return (await charge(orderId, row.body(orderId, amount))).body.status_code;
    };
    expect(await code(row.min)).toBe("201");
    expect(await code(row.min - 1)).toBe("400");
    if (row.max === null) return;
    expect(await code(row.max)).toBe("201");
    expect(await code(row.max + 1)).toBe("400");
  });

  it.each(CHARGEABLE.map((row) => [row.code, row] as const))("lets %s run out after its own time", async (_c, row) => {
    const orderId = next();
    await charge(orderId, row.body(orderId, 150_000));
    await rig.pass((row.lifetime ?? 0) - 1);
    expect((await rig.look(orderId)).transaction_status).toBe("pending");
    await rig.pass(1);
    expect((await rig.look(orderId)).transaction_status).toBe("expire");
  });

  it.each([
    ["gopay", 20, "second", "201"],
    ["gopay", 19, "second", "400"],
    ["gopay", 7, "day", "201"],
    ["gopay", 8, "day", "400"],
    ["shopeepay", 5, "day", "201"],
    ["shopeepay", 6, "day", "400"],
    ["dana", 14, "minute", "400"],
    ["dana", 15, "minute", "201"],
    ["dana", 1, "day", "201"],
    ["dana", 25, "hour", "400"],
    ["bca_va", 180, "day", "201"],
    ["bca_va", 181, "day", "400"],
    ["ovo", 65, "second", "400"],
  ])("%s that shall live %p %ss is answered %s", async (code, expiry_duration, unit, expected) => {
    const orderId = next();
    const body = CHARGEABLE.find((row) => row.code === code)?.body(orderId, 150_000);
    const answer = await charge(orderId, { ...body, custom_expiry: { expiry_duration, unit } });
    expect(answer.body.status_code).toBe(expected);
  });

  describe("QR", () => {
    const pictureAt = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());
    /** What a reader sees from afar: every second row and column, which is plenty and four times as fast. */
    const scan = (file: Buffer): string | undefined => {
      const { width, height, data } = PNG.sync.read(file);
      const [half, pixels] = [width / 2, new Uint8ClampedArray((width / 2) * (height / 2) * 4)];
      for (let at = 0; at < half * (height / 2); at += 1) {
        const from = (Math.floor(at / half) * 2 * width + (at % half) * 2) * 4;
        pixels.set(data.subarray(from, from + 4), at * 4);
      }
      return readQr(pixels, half, height / 2, { inversionAttempts: "dontInvert" })?.data;
    };

    it.each(["gopay", "airpay shopee"])("of %s can be scanned, and holds what qr_string says", async (acquirer) => {
      const { body } = await charge(next(), { payment_type: "qris", qris: { acquirer } });
      expect(body).toMatchObject({ acquirer });
      const [picture, framed] = await Promise.all(body.actions.map((row: { url: string }) => pictureAt(row.url)));
      expect(scan(picture)).toBe(body.qr_string);
      expect(framed.equals(picture)).toBe(true);
    });

    it("of a GoPay charge can be scanned too", async () => {
      const { body } = await charge(next(), { payment_type: "gopay" });
      const url = body.actions.find((action: { name: string }) => action.name === "generate-qr-code").url;
      expect(scan(await pictureAt(url))).toMatch(/^000201010212.*5406150000/);
    });

    it("tells after payment whose app paid, and whether it is the acquirer's own", async () => {
      const own = next();
      await charge(own, { payment_type: "qris" });
      await settle(own, { issuer: "gopay" });
      expect(await status(own)).toMatchObject({
        transaction_type: "on-us",
        issuer: "gopay",
        merchant_cross_reference_id: expect.any(String),
      });
      const other = next();
      await charge(other, { payment_type: "qris", qris: { acquirer: "airpay shopee" } });
      await settle(other, { issuer: "bca" });
      expect(await status(other)).toMatchObject({
        transaction_type: "off-us",
        issuer: "bca",
        shopeepay_reference_number: expect.any(String),
      });
    });
  });

  describe("numbers of the shop's own choice", () => {
    const account = (va_number: string) =>
      charge(next(), { payment_type: "bank_transfer", bank_transfer: { bank: "bca", va_number } });
    const number = async (wanted: string): Promise<string> => (await account(wanted)).body.va_numbers[0].va_number;

    it("are padded where short and cut where long", async () => {
      expect(await number("123")).toBe("812780000000123");
      expect(await number("987654321012345")).toBe("812789876543210");
    });

    it("are replaced by another one while somebody waits under them", async () => {
      const first = await number("555");
      expect(await number("555")).not.toBe(first);
    });

    it("may hold only digits, on a page as well", async () => {
      expect((await account("12a")).body.status_code).toBe("400");
      expect((await rig.create(next(), { bca_va: { va_number: "12a" } })).status).toBe(400);
      const orderId = next();
      const { token } = (await rig.create(orderId, { bca_va: { va_number: "777" } })).body;
      await rig.press(token, "pay", { method: "bca_va" });
      expect((await status(orderId)).va_numbers).toEqual([{ bank: "bca", va_number: "812780000000777" }]);
    });
  });

  it.each([
    ["metadata" as const, "metadata"],
    ["top" as const, null],
  ])("tells a fee passed to the buyer under %s, within a larger amount", async (feeInfo, within) => {
    const told = await stand({ feeInfo });
    const fees = { enable: true, payment_fee_configs: [{ payment_type: "gopay", customer_percentage: 50 }] };
    const body = { payment_type: "gopay", customer_imposed_payment_fee: fees };
    expect((await chargeOf(told, "FEE-A", body)).body.gross_amount).toBe("151500.00");
    await told.call("POST", "/sandbox/transactions/FEE-A", { transaction_status: "settlement" });
    await told.pass(0);
    const gross_amount_info = { original_amount: 150_000, gross_amount: 151_500, customer_imposed_payment_fee: 1_500 };
    const extra = { extra_info: { gross_amount_info } };
    const expected = { gross_amount: "151500.00", ...(within === null ? extra : { [within]: extra }) };
    expect((await told.call("GET", "/v2/FEE-A/status")).body).toMatchObject(expected);
    expect(told.shop.received.at(-1)?.body).toMatchObject(expected);
    await told.close();
  });

  it("offers the banks that only a page knows, and everything else it knows", async () => {
    const { token } = (await rig.create(next())).body;
    const { text } = await rig.call("GET", `/snap/v4/redirection/${token}`);
    for (const { testId } of METHODS) expect(text).toContain(`data-testid="method-${testId}"`);
    const orderId = next();
    const bsi = (await rig.create(orderId)).body.token;
    await rig.press(bsi, "pay", { method: "bsi_va" });
    expect((await status(orderId)).va_numbers).toEqual([{ bank: "bsi", va_number: expect.any(String) }]);
  });
});
