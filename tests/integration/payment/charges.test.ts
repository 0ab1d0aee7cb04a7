import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Refusal } from "../../../domain/kernel/errors.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { METHODS, type PaymentMethod } from "../../../domain/payment/methods.rules.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { atGateway, calls, choose, newest, order, paymentOf, states, tries } from "./chargeFacts.ts";
import { cases, interleaved, type Person } from "./facts.ts";

const DAY = 86_400_000;
const CHARGED = METHODS.flatMap(({ method, charge }) => (charge ? [method] : []));
const SHOWN: Readonly<Partial<Record<PaymentMethod, readonly string[]>>> = {
  QRIS: ["qrImageUrl", "qrString"],
  GOPAY: ["deeplinkUrl", "qrImageUrl"],
  SHOPEEPAY: ["deeplinkUrl"],
  MANDIRI_BILL: ["billKey", "billerCode"],
  INDOMARET: ["bank", "paymentCode"],
  ALFAMART: ["bank", "paymentCode"],
};

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

const start = (paymentId: string, method: PaymentMethod, paymentToken: string, key: string) =>
  startPayment(shop.app, buyer, { paymentId, method, paymentToken, idempotencyKey: key });

describe("a method that we charge ourselves", () => {
  test.each(CHARGED)("%s gives what the customer pays by, and is paid by its settlement", async (method) => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, method);
    const one = await newest(shop, bought);
    expect(one).toMatchObject({ state: "LIVE", method, gatewayStatus: "pending" });
    expect(Object.keys(one.instructions).sort()).toEqual(SHOWN[method] ?? ["bank", "vaNumber"]);
    expect(one.gatewayOrderId).toMatch(/^LNS-\d{8}-[0-9A-Z]{6}-01A$/);
    expect(await calls(shop, "charge", one.gatewayOrderId)).toBe(1);
    await shop.gatewayMoves(one.gatewayOrderId, { transaction_status: "settlement" });
    await syncPayment(shop.app, buyer, { paymentId: bought.paymentId });
    expect(await paymentOf(shop, bought)).toEqual({ status: "PAID", method });
  });

  test("lives until the payment's window is over, or the method's own where that is shorter", async () => {
    const long = await openLiveShop({ PAYMENT_WINDOW: "7d" });
    try {
      const other = await long.addBuyer();
      const ends = async (method: PaymentMethod) => {
        const bought = await order(long, other);
        await choose(long.app, other, bought, method);
        const { createdAt, expiresAt } = await newest(long, bought);
        return Math.round((expiresAt.getTime() - createdAt.getTime()) / 1000);
      };
      // The gateway counts in whole seconds, and the order is a moment older than the try.
      expect((5 * DAY) / 1000 - (await ends("SHOPEEPAY"))).toBeLessThan(10);
      expect((7 * DAY) / 1000 - (await ends("VA_BCA"))).toBeLessThan(10);
    } finally {
      await long.close();
    }
  });

  test("is the same on another device: nothing is charged a second time", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "VA_BRI");
    const first = await newest(shop, bought);
    await choose(shop.app, buyer, bought, "VA_BRI");
    expect(await tries(shop, bought)).toEqual([first]);
    expect(await calls(shop, "charge", first.gatewayOrderId)).toBe(1);
  });

  test("may begin with the checkout", async () => {
    const product = await shop.addProduct({ price: 50_000 });
    const bought = await shop.buy(buyer, shop.order([{ ...product, quantity: 1 }], { method: "VA_BNI" }));
    await shop.drain();
    expect(await newest(shop, bought)).toMatchObject({ state: "LIVE", method: "VA_BNI" });
  });

  test("of cards is a page that offers cards alone", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "CREDIT_CARD");
    const one = await newest(shop, bought);
    expect(one).toMatchObject({ state: "LIVE", gatewayStatus: null });
    const page = await (await fetch(one.instructions["redirectUrl"] as string)).text();
    expect(page).toContain("credit_card");
    expect(page).not.toContain("bca_va");
    // A card that is denied leaves the page for another one.
    await shop.gatewayMoves(one.gatewayOrderId, { transaction_status: "deny", method: "credit_card" });
    await syncPayment(shop.app, buyer, { paymentId: bought.paymentId });
    expect(await newest(shop, bought)).toMatchObject({ state: "LIVE", gatewayStatus: "deny" });
  });
});

describe("what a method takes", () => {
  const inRange = METHODS.filter(({ kind }) => kind !== "OFFLINE");
  const sums = (min: number, max: number) =>
    [...new Set([min - 1, min, max, max + 1, Number.MAX_SAFE_INTEGER])].filter(
      (sum) => sum >= 1 && Number.isSafeInteger(sum),
    );

  test.each(inRange.map(({ method, min, max }) => ({ method, min, max })))(
    "$method: its least and its most, and not a rupiah beyond, asked before anything is called",
    async ({ method, min, max }) => {
      for (const amount of sums(min, max)) {
        const bought = await order(shop, buyer);
        // The sum of a real order cannot be chosen to the rupiah; what is checked is the payment's.
        await shop.app.db.sql("update payments set amount = $2 where id = $1", [bought.paymentId, amount]);
        const { paymentToken } = await renewPaymentToken(shop.app, buyer, { paymentId: bought.paymentId });
        const started = start(bought.paymentId, method, paymentToken, `sum-${method}-${amount}`);
        if (amount < min || amount > max) {
          await expect(started).rejects.toMatchObject({ code: "AMOUNT_OUT_OF_RANGE", details: { min, max } });
          expect(await tries(shop, bought)).toEqual([]);
        } else {
          await started;
          expect(await tries(shop, bought)).toHaveLength(1);
        }
        await shop.app.db.sql(
          "delete from outbox_messages where key in (select id::text from payment_transactions where payment_id = $1)",
          [bought.paymentId],
        );
      }
    },
  );

  test.each([
    ["an e-mail address that is none", { email: "not an address" }, { "user.email": expect.any(String) }],
    ["a phone number that is none", { phone: "12" }, { "user.phone": expect.any(String) }],
  ])("%s is refused before any call", async (_, change, fields) => {
    const other = await shop.addBuyer();
    const bought = await order(shop, other);
    await shop.app.db.sql("update users set email = coalesce($2, email), phone = coalesce($3, phone) where id = $1", [
      other.userId,
      (change as { email?: string }).email ?? null,
      (change as { phone?: string }).phone ?? null,
    ]);
    await shop.app.db.sql(
      `update orders set shipping_address = jsonb_set(shipping_address, '{phone}', '"12"') where session_id = $1`,
      [bought.sessionId],
    );
    const code = { code: "INVALID_INPUT", details: { fields } };
    await expect(choose(shop.app, other, bought, "VA_BCA")).rejects.toMatchObject(code);
    expect(await tries(shop, bought)).toEqual([]);
  });

  test("a saved card, and a transfer with a proof, are no methods of an order", async () => {
    const bought = await order(shop, buyer);
    await expect(choose(shop.app, buyer, bought, "MANUAL_TRANSFER")).rejects.toMatchObject({
      code: "PAYMENT_METHOD_UNAVAILABLE",
    });
  });
});

describe("another method", () => {
  /** The pages of its first try on which the customer could still choose. */
  async function openPages(bought: Bought): Promise<object[]> {
    const [first] = await tries(shop, bought);
    const { pages } = (await atGateway(shop, first?.gatewayOrderId ?? "")) as { pages: { state: string }[] };
    return pages.filter(({ state }) => state === "open");
  }

  test("closes the number at the gateway first", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "VA_BCA");
    const first = await newest(shop, bought);
    await choose(shop.app, buyer, bought, "QRIS");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
    expect(await atGateway(shop, first.gatewayOrderId)).toMatchObject({ transaction_status: "cancel" });
  });

  test("of a page on which nothing was chosen closes the page", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "SNAP");
    await choose(shop.app, buyer, bought, "VA_BCA");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
    expect(await openPages(bought)).toEqual([]);
  });

  test("may be chosen when a page cannot be opened anew, which is closed for good then", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "SNAP");
    const openPage = async () => {
      throw new Refusal("GATEWAY_REJECTED", "Midtrans refuses to open a page (400)");
    };
    await choose({ ...shop.app, payments: { ...shop.app.payments, openPage } }, buyer, bought, "SNAP");
    expect(await states(shop, bought)).toEqual(["CLOSED"]);
    expect(await openPages(bought)).toEqual([]);
  });

  test("is not begun beside a page that was opened anew meanwhile", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "SNAP");
    const app = interleaved(shop.app, "closePage", () => choose(shop.app, buyer, bought, "SNAP"), "before");
    await expect(choose(app, buyer, bought, "VA_BCA")).rejects.toMatchObject({ code: "CONFLICT" });
    const all = await tries(shop, bought);
    expect(all).toMatchObject([{ state: "LIVE", method: "SNAP" }]);
    const page = await fetch(all[0]?.instructions["redirectUrl"] as string);
    expect(await page.text()).toContain("method-qris");
  });

  test("is not begun for a number that was paid a second ago", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "VA_BCA");
    const first = await newest(shop, bought);
    await shop.gatewayMoves(first.gatewayOrderId, { transaction_status: "settlement" });
    await expect(choose(shop.app, buyer, bought, "QRIS")).rejects.toMatchObject({ code: "ALREADY_PAID" });
    expect(await states(shop, bought)).toEqual(["PAID"]);
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
  });

  test("loses no money that lands on the old number all the same", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "VA_BCA");
    const first = await newest(shop, bought);
    await choose(shop.app, buyer, bought, "QRIS");
    const second = await newest(shop, bought);
    await shop.gatewayMoves(first.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.notify(first.gatewayOrderId);
    await shop.drain();
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
    // The other one is paid, too: its money goes back.
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.notify(second.gatewayOrderId);
    await shop.drain();
    expect(await cases(shop, bought as never)).toContain("PAID_TWICE");
  });

  test("after one that ran out is begun at once", async () => {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "QRIS");
    const first = await newest(shop, bought);
    await shop.gatewayMoves(first.gatewayOrderId, { transaction_status: "expire" });
    await choose(shop.app, buyer, bought, "QRIS");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PENDING" });
  });

  test("is offered where the gateway cannot make a number", async () => {
    const bought = await order(shop, buyer);
    await shop.app.db.sql("update users set phone = null where id = $1", [buyer.userId]);
    const gateway = { ...shop.app.payments };
    gateway.charge = (request) =>
      shop.app.payments.charge({ ...request, charge: { paymentType: "dompet", parts: {} } });
    await choose({ ...shop.app, payments: gateway }, buyer, bought, "VA_BCA");
    expect(await states(shop, bought)).toEqual(["CLOSED"]);
    await choose(shop.app, buyer, bought, "VA_BRI");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
  });
});

describe("many at once", () => {
  test("20 starts of several methods leave one live instrument here and at the gateway", async () => {
    const bought = await order(shop, buyer);
    const methods = Array.from({ length: 20 }, (_, i) => CHARGED[i % CHARGED.length] as PaymentMethod);
    const ends = await Promise.allSettled(methods.map((method) => choose(shop.app, buyer, bought, method)));
    for (const end of ends) {
      if (end.status === "fulfilled") continue;
      expect(end.reason).toMatchObject({ name: expect.stringMatching(/^(Refusal|GatewayUnavailable)$/) });
    }
    await shop.drain();
    const all = await tries(shop, bought);
    expect(all.filter(({ state }) => state !== "CLOSED")).toHaveLength(1);
    const there = await Promise.all(all.map((one) => atGateway(shop, one.gatewayOrderId)));
    expect(there.filter((one) => one?.["transaction_status"] === "pending")).toHaveLength(1);
  });

  test("a payment that is cancelled while it is charged leaves nothing that can be paid", async () => {
    const bought = await order(shop, buyer);
    await Promise.allSettled([
      choose(shop.app, buyer, bought, "VA_BCA"),
      cancelPayment(shop.app, buyer, { paymentId: bought.paymentId }),
    ]);
    await cancelPayment(shop.app, buyer, { paymentId: bought.paymentId });
    await shop.drain();
    for (const { gatewayOrderId } of await tries(shop, bought)) {
      expect((await atGateway(shop, gatewayOrderId))?.["transaction_status"]).not.toBe("pending");
    }
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "CANCELLED" });
  });
});
