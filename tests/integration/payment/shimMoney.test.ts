import http from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { midtransWebhook } from "../../../api/http/midtransWebhook.ts";
import { signatureOf } from "../../../gateways/midtrans/wire.ts";
import { DEMO_KEYS } from "../../../platform/config.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, cases, count, type Order, PAID, type Person, standing } from "./facts.ts";
import { statesOf } from "./inboxFacts.ts";

let shop: LiveShop;
let buyer: Person;
let shim: http.Server;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  const raw = express.raw({ type: () => true, limit: "64kb" });
  shim = http.createServer(
    express().post(
      "/",
      raw,
      midtransWebhook(shop.app, async () => null),
    ),
  );
  await new Promise<void>((done) => shim.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  shim.closeAllConnections();
  shim.close();
  await shop.close();
});

/** Delivers a body over HTTP as the gateway does, and has the worker apply it. */
async function deliver(body: Record<string, unknown>): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${(shim.address() as AddressInfo).port}/`, {
    method: "POST",
    headers: { "user-agent": "Veritrans", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await shop.drain();
  return answer.status;
}
const bodyOf = async (id: string) => JSON.parse(await shop.signedBody(id)) as Record<string, string>;
const signed = (body: Record<string, string>) => ({
  ...body,
  signature_key: signatureOf(
    body["order_id"] ?? "",
    body["status_code"] ?? "",
    body["gross_amount"] ?? "",
    DEMO_KEYS.midtransServer,
  ),
});
const amountOf = async ({ paymentId }: Order) =>
  (await shop.one<{ amount: number }>("select amount from payments where id = $1", paymentId)).amount;

/** The page of an order, opened as the gateway opens it where its fee is the customer's. */
async function pageWithFee({ gatewayOrderId }: Order, amount: number): Promise<void> {
  const answer = await fetch(`${shop.sandbox.url}/snap/v1/transactions`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${DEMO_KEYS.midtransServer}:`).toString("base64")}`,
      accept: "application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify({
      transaction_details: { order_id: gatewayOrderId, gross_amount: amount },
      customer_imposed_payment_fee: {
        enable: true,
        payment_fee_configs: [{ payment_type: "gopay", customer_percentage: 100 }],
      },
    }),
  });
  expect(answer.status).toBe(201);
}

describe("a notification of money", () => {
  test("with a fee that the gateway adds for the customer pays, and the fee is booked apart", async () => {
    const order = await buyTwo(shop, buyer);
    const amount = await amountOf(order);
    await pageWithFee(order, amount);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    const body = await bodyOf(order.gatewayOrderId);
    const fee = Number(body["gross_amount"]) - amount;
    expect(fee).toBeGreaterThan(0);
    expect(await deliver(body)).toBe(200);
    expect(await standing(shop, order)).toEqual(PAID);
    const row = await shop.one(
      "select captured_amount, fee_amount from payment_transactions where payment_id = $1",
      order.paymentId,
    );
    expect(row).toEqual({ capturedAmount: amount, feeAmount: fee });
  });

  test.each([
    ["whose pending we have heard of", true],
    ["of which we have heard nothing", false],
  ])("with the transaction's id where the order's belongs pays: one %s", async (_, isHeard) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    if (isHeard) await deliver(await bodyOf(order.gatewayOrderId));
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    const body = await bodyOf(order.gatewayOrderId);
    const id = body["transaction_id"] as string;
    expect(await deliver(signed({ ...body, order_id: id }))).toBe(200);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await cases(shop, order)).toEqual([]);
    expect((await statesOf(shop, id)).at(-1)).toBe("APPLIED");
  });

  test("that is nobody's is kept with a case, and one of nothing at all is put aside", async () => {
    const subject = "STATIC-QR-0001";
    await shop.gatewayMoves(subject, { transaction_status: "settlement", force: true, gross_amount: 75_000 });
    expect(await deliver(await bodyOf(subject))).toBe(200);
    expect(await statesOf(shop, subject)).toEqual(["PARKED"]);
    const open = "money_cases where kind = 'UNMATCHED' and subject = $1 and amount = 75000 and resolved_at is null";
    expect(await count(shop, open, subject)).toBe(1);
    const nothing = signed({ ...(await bodyOf(subject)), order_id: "NOTHING-0001", transaction_id: "none" });
    expect(await deliver(nothing)).toBe(200);
    expect(await statesOf(shop, "NOTHING-0001")).toEqual(["REJECTED"]);
    expect(await count(shop, "money_cases where subject = 'NOTHING-0001'")).toBe(0);
  });
});

test("after all of it every invariant holds", async () => {
  expect(await shop.audit()).toEqual([]);
});
