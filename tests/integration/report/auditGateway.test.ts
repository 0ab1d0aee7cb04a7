import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import type { PaymentReport } from "../../../domain/payment/paymentGateway.ts";
import { GATEWAY_INVARIANTS } from "../../../domain/reconciliation/gatewayTruth.rules.ts";
import { auditGateway } from "../../../domain/report/auditGateway.ts";
import { loadConfig } from "../../../platform/config.ts";
import { auditAtGateway } from "../../../scripts/gatewayAudit.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { addCustomer, addOrder, addStore, openTestShop } from "../../support/shopRows.ts";
import { buyTwo, happens, type Order, type Person } from "../payment/facts.ts";
import { addAdmin, approved, settle } from "../refund/byHandFacts.ts";
import { owe, paidBy } from "../refund/refundFacts.ts";

let shop: LiveShop;
let buyer: Person;
let pending: Order;
let paid: Order;
let cancelled: Order;
let refunded: Order;

/** What went back of one of them, in rupiah. */
const PART = 7_000;
const AT_REST = { since: null, until: null, ratePerSecond: 1_000, mayAwait: false };

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  await buyTwo(shop, buyer); // its page is never opened
  [pending, paid, cancelled] = [await buyTwo(shop, buyer), await buyTwo(shop, buyer), await buyTwo(shop, buyer)];
  await shop.drain();
  await happens(shop, pending, { transaction_status: "pending", method: "bca_va" });
  await happens(shop, paid, { transaction_status: "settlement", method: "other_qris" });
  await happens(shop, cancelled, { transaction_status: "pending", method: "bca_va" });
  await cancelPayment(shop.app, buyer, { paymentId: cancelled.paymentId });
  await shop.drain();
  refunded = await paidBy(shop, buyer, "gopay");
  await owe(shop, refunded, PART);
  await shop.drain();
});
afterAll(() => shop.close());

const find = async (app: App = shop.app) =>
  (await auditGateway(app, AT_REST)).breaches.map(({ invariant, subject }) => `${invariant} ${subject}`);

/** The shop with a gateway that says something else about one order id; null: nothing. */
function lying(order: Order, change: Partial<PaymentReport> | null): App {
  const fetchStatus: App["payments"]["fetchStatus"] = async (id) => {
    const report = await shop.app.payments.fetchStatus(id);
    if (report?.gatewayOrderId !== order.gatewayOrderId) return report;
    return change && { ...report, ...change };
  };
  return { ...shop.app, payments: { ...shop.app.payments, fetchStatus } };
}

const books = () => {
  const config = loadConfig(
    { DATABASE_URL: "postgres://x@127.0.0.1/x", SANDBOX_PORT: String(shop.sandbox.port) },
    "/nowhere",
  );
  return auditAtGateway(config, shop.app.db, AT_REST);
};

interface Planted {
  readonly breach: string;
  readonly of: (typeof GATEWAY_INVARIANTS)[number]["id"];
  readonly about: () => Order;
  readonly lie: Partial<PaymentReport> | null;
}

const LIES: readonly Planted[] = [
  { breach: "a paid transaction that is gone there", of: "GATEWAY_KNOWN", about: () => paid, lie: null },
  { breach: "a number that is gone there", of: "GATEWAY_KNOWN", about: () => pending, lie: null },
  {
    breach: "a transaction of another merchant",
    of: "GATEWAY_KNOWN",
    about: () => paid,
    lie: { merchantId: "G000000000" },
  },
  {
    breach: "a challenge that nobody heard of",
    of: "GATEWAY_MISSED",
    about: () => pending,
    lie: { status: "capture", statusText: "capture", fraudStatus: "challenge" },
  },
  {
    breach: "a refund of all of it that nobody heard of",
    of: "GATEWAY_MISSED",
    about: () => paid,
    lie: { status: "refund", statusText: "refund" },
  },
  {
    breach: "a word that we do not know",
    of: "GATEWAY_MISSED",
    about: () => pending,
    lie: { status: "unknown", statusText: "paused" },
  },
  { breach: "another currency", of: "GATEWAY_SUMS", about: () => paid, lie: { currency: "SGD" } },
  {
    breach: "another amount",
    of: "GATEWAY_SUMS",
    about: () => pending,
    lie: { grossAmount: 1 as never, originalAmount: 1 as never },
  },
  {
    breach: "a part that went back and is not on record",
    of: "GATEWAY_SUMS",
    about: () => paid,
    lie: { refundedAmount: 1_000 as never },
  },
  {
    breach: "a refund under a key that was never sent",
    of: "GATEWAY_REFUNDS",
    about: () => refunded,
    lie: { refunds: [{ id: "9", key: "of-another", amount: PART as never, bankConfirmedAt: null }] },
  },
  {
    breach: "money for an unpaid payment",
    of: "GATEWAY_PAID",
    about: () => pending,
    lie: { status: "settlement", statusText: "settlement", fraudStatus: "accept" },
  },
  {
    breach: "money for a cancelled payment",
    of: "GATEWAY_PAID",
    about: () => cancelled,
    lie: { status: "settlement", statusText: "settlement", fraudStatus: "accept" },
  },
  {
    breach: "a payment here whose money the bank took back",
    of: "GATEWAY_UNPAID",
    about: () => paid,
    lie: { status: "deny", statusText: "deny" },
  },
  {
    breach: "a payment here that still waits there",
    of: "GATEWAY_UNPAID",
    about: () => paid,
    lie: { status: "pending", statusText: "pending" },
  },
  {
    breach: "a number of a cancelled payment that can still be paid",
    of: "GATEWAY_LIVE",
    about: () => cancelled,
    lie: { status: "pending", statusText: "pending", expiresAt: null },
  },
];

describe("the audit at the gateway", () => {
  test("finds nothing in a shop with an unopened, a waiting, a paid, a refunded and a cancelled payment", async () => {
    expect(await auditGateway(shop.app, AT_REST)).toMatchObject({ breaches: [], awaited: [], notAsked: 0, asked: 5 });
    expect(await books()).toMatchObject({ breaches: [], awaited: [], notAsked: 0, asked: 5 });
  });

  test.each(LIES)("catches $breach", async ({ of, about, lie }) => {
    expect(await find(lying(about(), lie))).toEqual([`${of} ${about().gatewayOrderId}`]);
  });

  test("has a planted breach for each of its invariants", () => {
    expect([...new Set(LIES.map(({ of }) => of))].sort()).toEqual(GATEWAY_INVARIANTS.map(({ id }) => id).sort());
  });

  test("tells what a poll may still bring apart from what nothing will bring", async () => {
    const app = lying(pending, { status: "settlement", statusText: "settlement", fraudStatus: "accept" });
    const audit = await auditGateway(app, { ...AT_REST, mayAwait: true });
    expect(audit.breaches).toEqual([]);
    expect(audit.awaited).toMatchObject([{ invariant: "GATEWAY_PAID", subject: pending.gatewayOrderId }]);
  });

  test("asks a second time where there was no answer, and proves nothing of what has none", async () => {
    await shop.gatewayFaults({ target: "midtrans.status", kind: "503", times: 3 });
    expect(await auditGateway(shop.app, AT_REST)).toMatchObject({ breaches: [], asked: 5, notAsked: 0 });
    let calls = 0;
    const fetchStatus = async () => {
      calls++;
      throw new GatewayUnavailable("midtrans", "no answer");
    };
    const away = { ...shop.app, payments: { ...shop.app.payments, fetchStatus } };
    expect(await auditGateway(away, AT_REST)).toMatchObject({ breaches: [], asked: 0, notAsked: 5 });
    expect(calls).toBe(10);
  });

  test("stops asking a gateway that is away", async () => {
    const rows = await openTestShop();
    try {
      const [userId, shelf] = [await addCustomer(rows.db), await addStore(rows.db)];
      for (let i = 0; i < 40; i++) await addOrder(rows.db, userId, shelf);
      let calls = 0;
      const fetchStatus = async () => {
        calls++;
        throw new GatewayUnavailable("midtrans", "no answer");
      };
      const app = { ...shop.app, db: rows.db, payments: { ...shop.app.payments, fetchStatus } };
      const audit = await auditGateway(app, AT_REST);
      expect(audit).toMatchObject({ breaches: [], asked: 0, notAsked: 40 });
      expect(audit.whyNot).toHaveLength(20);
      expect(calls).toBeLessThan(30);
    } finally {
      await rows.drop();
    }
  });

  test("keeps to its range", async () => {
    const later = new Date(shop.app.clock.now().getTime() + 1_000);
    expect(await auditGateway(shop.app, { ...AT_REST, since: later })).toMatchObject({ asked: 0, breaches: [] });
    expect(await auditGateway(shop.app, { ...AT_REST, until: later })).toMatchObject({ asked: 5, breaches: [] });
  });

  test("is content with money that a case is about, and with money that goes back", async () => {
    const [mismatched, late] = [await buyTwo(shop, buyer), await buyTwo(shop, buyer)];
    await shop.drain();
    await happens(shop, mismatched, { transaction_status: "settlement", method: "other_qris", gross_amount: 1_000 });
    await cancelPayment(shop.app, buyer, { paymentId: late.paymentId });
    await happens(shop, late, { transaction_status: "settlement", method: "other_qris", force: true });
    await shop.drain();
    expect(await find()).toEqual([]);
    expect(await shop.audit()).toEqual([]);
  });

  test("is content with what was paid back by hand, of which the gateway knows nothing", async () => {
    const [approver, settler] = [await addAdmin(shop), await addAdmin(shop)];
    const { order, id } = await approved(shop, buyer, approver, 10_000);
    await settle(shop, settler, id);
    expect(await find()).toEqual([]);
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 4_000, force: true });
    expect(await find()).toEqual([]);
  });

  test("finds what only the gateway knows: a second payment of a page, and an order of nobody", async () => {
    await shop.gatewayMoves(paid.gatewayOrderId, { transaction_status: "settlement", method: "bca_va", new: true });
    await shop.gatewayMoves(paid.gatewayOrderId, { transaction_status: "pending", method: "bni_va", new: true });
    const { startsAt, expiresAt } = { startsAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) };
    await shop.app.payments.openPage({
      gatewayOrderId: "LNS-20261120-STRAY0-01A",
      amount: 5_000 as never,
      items: [{ id: "a", name: "a", price: 5_000, quantity: 1 }],
      customer: { name: "Pembeli Uji", email: "a@lunas.test", phone: null },
      address: null,
      returnUrl: "http://127.0.0.1/",
      startsAt,
      expiresAt,
    });
    await shop.gatewayMoves("LNS-20261120-STRAY0-01A", { transaction_status: "settlement", method: "other_qris" });
    expect(await find()).toEqual([]);
    const { breaches } = await books();
    expect(breaches.map(({ invariant, subject }) => `${invariant} ${subject}`)).toEqual([
      "GATEWAY_KNOWN LNS-20261120-STRAY0-01A",
      `GATEWAY_PAID ${paid.gatewayOrderId}`,
    ]);
  });
});
