import jsqr from "jsqr";
import { PNG } from "pngjs";
import { METHODS } from "../../../sandbox/midtrans/methods.ts";
import { chargeOf, DAY, HOUR, MINUTE, type Stand, stand } from "./support.ts";

/** The package's types describe another way of importing it. */
const readQr = jsqr as unknown as (
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  options: { inversionAttempts: "dontInvert" },
) => { data: string } | null;

const PARTS: Record<string, object> = {
  ovo: { ovo: { payer_phone_number: "08120000001" } },
  echannel: { echannel: { bill_info1: "Payment:", bill_info2: "Online" } },
};
const CREDIT = { customer_details: { first_name: "Siti", email: "siti@example.com", phone: "08120000001" } };

/** Methods that /v2/charge knows, cards aside, each with the body that charges it. */
const CHARGEABLE = METHODS.filter(({ code }) => !/danamon|bsi|seabank|saqu|credit_card/.test(code)).map((method) => {
  const { paymentType: type, bank, code, group } = method;
  const part = bank && type === "bank_transfer" ? { bank_transfer: { bank } } : PARTS[type];
  const own = part ?? (type === "cstore" ? { cstore: { store: code } } : {});
  const body = (orderId: string, amount: number): object => {
    const items = [{ id: "SKU-1", name: "Kopi", price: amount, quantity: 1 }];
    const details = { transaction_details: { order_id: orderId, gross_amount: amount } };
    return {
      payment_type: type,
      ...details,
      ...own,
      ...(group === "credit" ? { ...CREDIT, item_details: items } : {}),
    };
  };
  return { ...method, body };
});

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

    it("by Kredivo leads to the partner's page, which goes back to the dashboard's address with the state", async () => {
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

  it("reserves GoPay money where the shop asks for it, and takes it by a capture", async () => {
    const orderId = next();
    const { body } = await charge(orderId, { payment_type: "gopay", gopay: { pre_auth: true } });
    const app = body.actions.find((action: { name: string }) => action.name === "deeplink-redirect").url;
    await fetch(app, { method: "POST", redirect: "manual", body: new URLSearchParams({ action: "pay" }) });
    expect((await status(orderId)).transaction_status).toBe("authorize");
    await rig.call("POST", "/v2/capture", { transaction_id: body.transaction_id, gross_amount: 100_000 });
    expect(await status(orderId)).toMatchObject({ transaction_status: "settlement", gross_amount: "100000.00" });
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
