import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { createMidtransGateway } from "../../../gateways/midtrans/http.ts";
import { DEMO_KEYS } from "../../../platform/config.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT, HANG_LIMIT_MS } from "../../support/until.ts";
import { order as buyUnstarted, choose, newest, states } from "./chargeFacts.ts";
import { alerts, buyTwo, cases, type Order, type Person, standing, UNPAID } from "./facts.ts";

const MINUTE = 60_000;
const AWAY = { name: "GatewayUnavailable" };

let shop: LiveShop;
let buyer: Person;
let hostile: http.Server;
/** What the gateway answers to everything. */
let answer: (response: http.ServerResponse) => void;
/** The shop whose gateway is the hostile one. */
let app: App;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
  hostile = http.createServer((request, response) => {
    request.resume();
    answer(response);
  });
  await new Promise<void>((done) => hostile.listen(0, "127.0.0.1", done));
});
beforeEach(() => {
  const url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
  const payments = createMidtransGateway({
    serverKey: DEMO_KEYS.midtransServer,
    clientKey: "SB-Mid-client-test",
    signatureKey: DEMO_KEYS.midtransServer,
    coreUrl: url,
    snapUrl: url,
    isProduction: false,
    timeoutMs: HANG_LIMIT_MS,
    recordCall: async () => undefined,
  });
  app = { ...shop.app, payments };
});
afterAll(async () => {
  hostile.closeAllConnections();
  hostile.close();
  await shop.close();
});

const json = (body: unknown) => (response: http.ServerResponse) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
};
const html = (response: http.ServerResponse) => {
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><title>settlement</title><p>gross_amount 50000.00");
};
const blackHole = () => undefined;
const settled = (order: Pick<Order, "gatewayOrderId">, change: object) => ({
  status_code: "200",
  order_id: order.gatewayOrderId,
  transaction_id: `hostile-${order.gatewayOrderId}`,
  transaction_status: "settlement",
  fraud_status: "accept",
  payment_type: "qris",
  currency: "IDR",
  merchant_id: null,
  gross_amount: "61000.00",
  ...change,
});
const padded = (order: Order) => settled(order, { metadata: { text: "x".repeat(5_000_000) } });

describe("an answer that says nothing that can be believed", () => {
  test.each<[string, (order: Order) => typeof answer]>([
    ["none at all, on an open socket", () => blackHole],
    ["a page of a proxy with 200", () => html],
    ["5 MB of JSON", (order) => json(padded(order))],
    ["an array", () => json([{ transaction_status: "settlement" }])],
    ["a word", () => json("settlement")],
    ["null", () => json(null)],
    ["a status without its order", (order) => json({ ...settled(order, {}), order_id: undefined })],
  ])("moves nothing and ends nothing: %s", async (_, answers) => {
    const order = await buyTwo(shop, buyer);
    answer = answers(order);
    await expect(syncPayment(app, buyer, order)).rejects.toMatchObject(AWAY);
    await expect(cancelPayment(app, buyer, order)).rejects.toMatchObject(AWAY);
    expect(await standing(shop, order)).toEqual(UNPAID);
  });

  test.each<[string, unknown]>([
    ["with a fraction of a rupiah", "61000.50"],
    ["with an exponent", "61e3"],
    ["as hexadecimal", "0xEE48"],
    ["with a comma", "61000,00"],
    ["with three decimals", "61000.000"],
    ["with a sign", "+61000.00"],
    ["below nothing", "-61000.00"],
    ["with a space", " 61000.00"],
    ["beyond what a number holds", "99999999999999999999.00"],
    ["as no number", "NaN"],
    ["as nothing", null],
    ["as an object", { value: "61000.00" }],
  ])("is an amount %s: it never pays, never ends, and a person is told", async (_, gross_amount) => {
    const order = await buyTwo(shop, buyer);
    answer = json(settled(order, { gross_amount }));
    await expect(cancelPayment(app, buyer, order)).rejects.toMatchObject(AWAY);
    shop.advance(2 * MINUTE);
    await pollPayments(app);
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await cases(shop, order)).toEqual([]);
    expect(await alerts(shop, order.gatewayOrderId)).toEqual({ POLL_FAILED: 1 });
  });

  test("is told to nobody while the gateway is only away: that ends by itself", async () => {
    const order = await buyTwo(shop, buyer);
    answer = html;
    shop.advance(2 * MINUTE);
    await pollPayments(app);
    expect(await alerts(shop, order.gatewayOrderId)).toEqual({});
  });

  test.each<[string, string]>([
    ["a fee on top", "66000.00"],
    ["as it was asked", "61000.00"],
  ])("with %s and the amount that we asked for beside it, pays", async (_, gross_amount) => {
    const order = await buyTwo(shop, buyer);
    const info = { original_amount: "61000.00", gross_amount, customer_imposed_payment_fee: "5000.00" };
    answer = json(settled(order, { gross_amount, metadata: { extra_info: { gross_amount_info: info } } }));
    await syncPayment(app, buyer, order);
    expect(await standing(shop, order)).toMatchObject({ payment: "PAID" });
  });

  test("that puts the fee's own sum in place of ours never pays", async () => {
    const order = await buyTwo(shop, buyer);
    const info = { original_amount: "61000.50", gross_amount: "66000.00" };
    answer = json(settled(order, { gross_amount: "66000.00", extra_info: { gross_amount_info: info } }));
    await syncPayment(app, buyer, order);
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await cases(shop, order)).toEqual(["AMOUNT_MISMATCH"]);
  });
});

describe("a charge that is answered so", () => {
  test.each<[string, (id: string) => typeof answer]>([
    ["none at all, on an open socket", () => blackHole],
    ["a page of a proxy with 200", () => html],
    ["5 MB of JSON", (gatewayOrderId) => json(settled({ gatewayOrderId }, { pad: "x".repeat(5_000_000) }))],
    ["an amount with a fraction", (gatewayOrderId) => json(settled({ gatewayOrderId }, { gross_amount: "1.50" }))],
  ])("is UNKNOWN and not sent again: %s", async (_, answers) => {
    const bought = await buyUnstarted(shop, buyer);
    const { number } = await shop.one<{ number: string }>(
      "select number from payments where id = $1",
      bought.paymentId,
    );
    let charges = 0;
    answer = (response) => {
      if (response.req.url === "/v2/charge") charges += 1;
      answers(`${number}-01A`)(response);
    };
    await choose(app, buyer, bought, "VA_BCA");
    expect(await states(shop, bought)).toEqual(["UNKNOWN"]);
    expect((await newest(shop, bought)).instructions).toEqual({});
    expect(charges).toBe(1);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
