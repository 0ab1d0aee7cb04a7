import { expect, test } from "vitest";
import { createChance } from "../../../scripts/drill/chance.ts";
import { faultFindings } from "../../../scripts/drill/findings.ts";
import { BadOption, readOptions } from "../../../scripts/drill/options.ts";
import { reconcile, type ThreeBooks } from "../../../scripts/drill/reconcile.ts";
import type { SubscriptionTold } from "../../../scripts/drill/told.ts";

const REFUND = "01a1fd69-390c-79aa-ae7c-a65465448a89";

/** Two checkouts of 50,000: one paid, of which 5,000 went back, and one cancelled; 2 pieces held of 10. */
function wholeBooks() {
  // One thing: the three books of one small day, which are read against each other line by line.
  const shopper = {
    n: 1,
    story: "pays at once",
    userId: "u1",
    key: "drill-1",
    lines: [{ productId: "g1", quantity: 2 }],
    checkout: { sessionId: "s1", paymentId: "p1", orderIds: ["o1"], total: 50_000 },
    refusal: null as string | null,
    paid: [{ gatewayOrderId: "P1-01A", amount: 50_000 }],
    paidLate: [],
    toldPaid: true,
    cancelled: [] as string[],
    toldRefunded: [{ id: REFUND, amount: 5_000 }],
    decided: [{ refundId: REFUND as string | null, amount: 5_000 }],
    transferred: [] as { refundId: string; reference: string }[],
    dashboard: [],
    unanswered: [],
    subscription: null as SubscriptionTold | null,
  };
  const leaver = {
    ...shopper,
    n: 2,
    key: "drill-2",
    checkout: { ...shopper.checkout, sessionId: "s2", paymentId: "p2", orderIds: ["o2"] },
    paid: [],
    toldPaid: false,
    cancelled: ["o2"],
    toldRefunded: [],
    decided: [],
  };
  const checkout = {
    sessionId: "s1",
    userId: "u1",
    key: "drill-1" as string | null,
    total: 50_000,
    status: "PAID",
    paymentId: "p1",
    paymentStatus: "PAID",
    amount: 50_000,
    covering: "P1-01A" as string | null,
    paidNotices: 1,
    owedNotices: 0,
  };
  const gone = {
    ...checkout,
    sessionId: "s2",
    key: "drill-2",
    status: "CANCELLED",
    paymentId: "p2",
    paymentStatus: "CANCELLED",
    covering: null,
    paidNotices: 0,
  };
  const order = {
    id: "o1",
    sessionId: "s1",
    number: "ORD-1",
    status: "PAID",
    total: 50_000,
    isPaid: true,
    invoices: 1,
  };
  const transaction = {
    gatewayOrderId: "P1-01A",
    gatewayTransactionId: "t1",
    paymentId: "p1",
    method: "QRIS",
    captured: 50_000,
    refunds: 5_000,
    goodwill: 5_000,
    openCases: 0,
  };
  const none = { refunds: 0, goodwill: 0 };
  const refund = {
    id: REFUND,
    paymentId: "p1",
    gatewayOrderId: "P1-01A",
    gatewayTransactionId: "t1" as string | null,
    amount: 5_000,
    status: "SUCCEEDED",
    cause: "STAFF",
    gatewayRefundId: "g1" as string | null,
    approvedBy: null as string | null,
    settledBy: null as string | null,
    bankReference: null,
    orderTotal: 50_000,
  };
  const settled = { status: "settlement", refunded: 0, isVoided: false, refunds: [] };
  const refunds = [{ id: "g1", key: `${REFUND}-01`, amount: 5_000 }];
  return {
    shop: {
      checkouts: [checkout, gone],
      orders: [
        order,
        { ...order, id: "o2", sessionId: "s2", number: "ORD-2", status: "CANCELLED", isPaid: false, invoices: 0 },
      ],
      items: [
        { sessionId: "s1", productId: "g1", quantity: 2 },
        { sessionId: "s2", productId: "g1", quantity: 2 },
      ],
      transactions: [
        transaction,
        {
          ...{ ...transaction, ...none },
          ...{ gatewayOrderId: "LSUB-1-x", gatewayTransactionId: "c1", paymentId: "p3", captured: 99_000 },
        },
        {
          ...{ ...transaction, ...none },
          ...{ gatewayOrderId: "P2-01A", gatewayTransactionId: null, paymentId: "p2", captured: 0 },
        },
      ],
      subscriptions: [
        {
          id: "m1",
          number: "LSUB-1",
          state: "ACTIVE",
          charges: [{ transactionId: "c1", status: "PAID", period: 0 as number | null }],
        },
      ],
      goods: [{ productId: "g1", opening: 10, stock: 8, movements: -2, held: 2 }],
      shipments: [
        {
          bookingNo: "KOM1" as string | null,
          status: "DELIVERED",
          orderNumber: "ORD-1",
          orderStatus: "COMPLETED",
          isConfirmed: false,
        },
      ],
      refunds: [refund],
      unfinished: [] as string[],
    },
    gateway: {
      transactions: [
        { ...settled, orderId: "P1-01A", transactionId: "t1", captured: 50_000, refunded: 5_000, refunds },
        { ...settled, orderId: "LSUB-1-x", transactionId: "c1", captured: 99_000, refunds: [] as typeof refunds },
      ],
      subscriptions: [{ name: "LSUB-1", isActive: true, transactionIds: ["c1"] }],
      bookings: [{ orderNo: "KOM1", stage: "delivered", notes: "ORD-1" }],
      totals: { count: 2, captured: 149_000, refunded: 5_000 },
    },
    shoppers: [shopper, leaver],
  } satisfies ThreeBooks;
}
type Books = ReturnType<typeof wholeBooks>;
type Row<T> = T extends readonly (infer R)[] ? R : never;
const first = <T>(rows: readonly T[]): T => rows[0] as T;
const last = <T>(rows: readonly T[]): T => rows.at(-1) as T;

/** Money at the gateway for the checkout that was cancelled. */
function payLate({ shop, gateway }: Books): void {
  const late = { ...last(gateway.transactions), orderId: "P2-01A", transactionId: "t2", captured: 50_000 };
  gateway.transactions.push(late);
  last<Row<Books["shop"]["transactions"]>>(shop.transactions).captured = 50_000;
  gateway.totals = { count: 3, captured: 199_000, refunded: 5_000 };
}

const TOLD: SubscriptionTold = { id: "m1", number: "LSUB-1", taken: 1, toldCancelled: false };

test("books of a shop that lost nothing agree", () => {
  expect(reconcile(wholeBooks())).toEqual([]);
});

const PLANTED: Readonly<Record<string, (books: Books) => unknown>> = {
  CHECKOUT_LOST: ({ shop }) => Object.assign(first(shop.checkouts), { sessionId: "s9" }),
  CHECKOUT_TWICE: ({ shop }) => shop.checkouts.push({ ...first(shop.checkouts) }),
  CHECKOUT_UNASKED: ({ shop }) => Object.assign(last(shop.checkouts), { key: null }),
  CHECKOUT_REFUSED: ({ shoppers }) => Object.assign(last(shoppers), { refusal: "OUT_OF_STOCK" }),
  CHECKOUT_TOTAL: ({ shop }) => Object.assign(last(shop.checkouts), { total: 1 }),
  CHECKOUT_LINES: ({ shop }) => Object.assign(last(shop.items), { quantity: 3 }),
  TOLD_PAID: ({ shoppers }) => Object.assign(last(shoppers), { toldPaid: true }),
  TOLD_CANCELLED: ({ shoppers }) => first(shoppers).cancelled.push("o1"),
  MONEY_LOST: payLate,
  MONEY_INVENTED: ({ gateway }) => Object.assign(first(gateway.transactions), { captured: 0 }),
  MONEY_UNKNOWN: ({ gateway }) => Object.assign(gateway.totals, { count: 2, captured: 60_000 }),
  GATEWAY_LOST: ({ shoppers }) => Object.assign(first(first(shoppers).paid), { amount: 1 }),
  METHOD: ({ shop }) => Object.assign(first(shop.transactions), { method: "GOPAY", captured: 0 }),
  SUBSCRIPTION_LOST: ({ shoppers }) => Object.assign(first(shoppers), { subscription: { ...TOLD, id: "m9" } }),
  SUBSCRIPTION_TWICE: ({ gateway }) => gateway.subscriptions.push({ ...first(gateway.subscriptions) }),
  SUBSCRIPTION_OVER: ({ shop }) => Object.assign(first(shop.subscriptions), { state: "CANCELLED" }),
  CHARGE_LOST: ({ gateway }) => first(gateway.subscriptions).transactionIds.push("c2"),
  CHARGE_INVENTED: ({ gateway }) => Object.assign(first(gateway.subscriptions), { transactionIds: [] }),
  CHARGE_MONEY: ({ shop }) => Object.assign(first(first(shop.subscriptions).charges), { status: "FAILED" }),
  CHARGE_MONTH: ({ shop }) => Object.assign(first(first(shop.subscriptions).charges), { period: null }),
  PARCEL_LOST: ({ gateway }) => gateway.bookings.push({ orderNo: "KOM2", stage: "packed", notes: "ORD-1" }),
  PARCEL_INVENTED: ({ gateway }) => gateway.bookings.pop(),
  PARCEL_TWICE: ({ shop }) => shop.shipments.push({ ...first(shop.shipments) }),
  PARCEL_STATE: ({ shop }) => Object.assign(first(shop.shipments), { status: "TRANSIT" }),
  PARCEL_ORDER: ({ shop }) => Object.assign(first(shop.shipments), { orderStatus: "SHIPPED" }),
  REFUND_TWICE: ({ gateway }) => {
    const paid = first(gateway.transactions);
    paid.refunds.push({ id: "g2", key: `${REFUND}-02`, amount: 5_000 });
    paid.refunded += 5_000;
  },
  REFUND_UNKNOWN: ({ shop }) => shop.refunds.pop(),
  REFUND_UNBOOKED: ({ shop }) => Object.assign(first(shop.refunds), { status: "FAILED" }),
  REFUND_AMOUNT: ({ shop }) => Object.assign(first(shop.refunds), { amount: 4_000 }),
  REFUND_ELSEWHERE: ({ shop }) => Object.assign(first(shop.refunds), { gatewayTransactionId: "c1" }),
  REFUND_INVENTED: ({ gateway }) => Object.assign(first(gateway.transactions), { refunds: [], refunded: 0 }),
  REFUND_LOST: ({ gateway }) => {
    const paid = first(gateway.transactions);
    paid.refunds.push({ id: "g2", key: "dashboard-1", amount: 5_000 });
    paid.refunded += 5_000;
  },
  REFUND_BY_HAND: ({ shop }) => Object.assign(first(shop.refunds), { approvedBy: "a1", settledBy: "a1" }),
  REFUND_CEILING: ({ shop }) => shop.refunds.push({ ...first(shop.refunds), id: "r2", amount: 46_000 }),
  TOLD_REFUNDED: ({ shop }) => Object.assign(first(shop.refunds), { status: "PENDING" }),
  STOCK: ({ shop }) => Object.assign(first(shop.goods), { stock: 7 }),
  INVOICE: ({ shop }) => Object.assign(first(shop.orders), { invoices: 0 }),
  NOTICE: ({ shop }) => Object.assign(first(shop.checkouts), { paidNotices: 2 }),
  UNFINISHED: ({ shop }) => shop.unfinished.push("job applyNotification:1"),
};

test.each(Object.entries(PLANTED))("names a planted loss of the kind %s", (kind, plant) => {
  const books = wholeBooks();
  plant(books);
  expect(reconcile(books).map((loss) => loss.kind)).toContain(kind);
});

test("money that came too late is no loss where it is owed back, or a person decides", () => {
  const owed = wholeBooks();
  payLate(owed);
  last<Row<Books["shop"]["transactions"]>>(owed.shop.transactions).refunds = 50_000;
  expect(reconcile(owed)).toEqual([]);
  const open = wholeBooks();
  payLate(open);
  last<Row<Books["shop"]["transactions"]>>(open.shop.transactions).openCases = 1;
  expect(reconcile(open)).toEqual([]);
});

test("money that is owed back twice is a loss", () => {
  const books = wholeBooks();
  first<Row<Books["shop"]["transactions"]>>(books.shop.transactions).refunds = 55_000;
  expect(reconcile(books).map(({ kind }) => kind)).toEqual(["MONEY_INVENTED"]);
});

test("a refund that nobody decided about is one too many", () => {
  const books = wholeBooks();
  first(books.shoppers).decided.pop();
  expect(reconcile(books).map(({ kind }) => kind)).toEqual(["REFUND_TWICE"]);
});

test("money that two people transferred is not looked for at the gateway", () => {
  const books = wholeBooks();
  Object.assign(first(books.shop.refunds), { approvedBy: "a1", settledBy: "a2", gatewayRefundId: null });
  Object.assign(first(books.gateway.transactions), { refunds: [], refunded: 0 });
  books.gateway.totals.refunded = 0;
  expect(reconcile(books)).toEqual([]);
});

test("the same seed sends the same shoppers", () => {
  const [one, other] = [createChance(5), createChance(5)];
  expect(Array.from({ length: 50 }, () => one.next())).toEqual(Array.from({ length: 50 }, () => other.next()));
});

test("recovery counts from the moment that a fault begins to be put right to the first success begun after it", () => {
  const attempt = (code: string, at: number, until: number) => ({ kind: "checkout" as const, code, at, until });
  const [found] = faultFindings({
    attempts: [attempt("NO_ANSWER", 1_000, 1_100), attempt("OK", 1_900, 2_100), attempt("OK", 2_200, 2_500)],
    waits: [{ from: 1_500, until: 5_000 }],
    books: [],
    errors: [],
    turnedAway: 0,
    lengthMs: 9_000,
    faults: [{ name: "no-api", skipped: null, from: 1_000, until: 2_000 }],
  });
  expect(found).toMatchObject({ broken: 1, caughtUpS: 3, recoveredS: { checkout: 0.5, look: null } });
});

test("a wrong option is told in one line", () => {
  const read = (...args: string[]) => readOptions(args, ["no-api"], { hasRedis: false, seed: 1 });
  expect(read("--minutes", "3").queues).toEqual(["postgres"]);
  const wrong = [["--queue", "both"], ["--faults", "none"], ["--rate", "x"], ["--seed", "1.5"], ["--colour"]];
  for (const args of wrong) expect(() => read(...args)).toThrow(BadOption);
});
