import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cancelPayment, expirePayment } from "../../../domain/payment/cancelPayment.ts";
import { endPaymentWindow } from "../../../domain/payment/endPaymentWindow.ts";
import { API_KINDS } from "../../../sandbox/faults.ts";
import { freePort } from "../../../scripts/postgresProcess.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT, until } from "../../support/until.ts";
import { calls } from "./chargeFacts.ts";
import {
  alerts,
  buyTwo,
  CANCELLED,
  count,
  interleaved,
  newestTry,
  type Order,
  type Person,
  path,
  standing,
  triesOf,
  tryAgain,
  UNPAID,
} from "./facts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const AWAY = { name: "GatewayUnavailable" };
/** Every way in which a call may go wrong before its effect, and after it. */
const BEFORE = ["500", "503", "429", "timeout", "reset", "html", "html with 502", "empty"];
const AFTER = ["timeout_after", "reset_after", "half"];

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterEach(() => noFaults());
afterAll(() => shop.close());

/** A read that fails at once is repeated twice; one that hangs, breaks off or is one too many is not. */
const callsOf = (target: string, way: string) =>
  target === "midtrans.status" && !/^(timeout|half|429)/.test(way) ? 3 : 1;
const faults = (target: string, way: string, times = callsOf(target, way)) => {
  const [kind = "", status] = way.split(" with ");
  const more = status ? { status: Number(status) } : {};
  return shop.gatewayFaults({ target, kind, times, ...more });
};
const noFaults = () => fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
interface GatewayView {
  readonly transaction_status: string | null;
  readonly pages: { token: string; state: string }[];
}
const atGateway = async (id: string) =>
  (await (await fetch(`${shop.sandbox.url}/sandbox/transactions/${id}`)).json()) as GatewayView;
/** The page that the shop sends its customer to can be paid on. */
const pageWorks = async (order: Order) => {
  const { token, gatewayOrderId } = await newestTry(shop, order);
  return (await atGateway(gatewayOrderId)).pages
    .filter(({ state }) => state === "open")
    .map((page) => page.token)
    .includes(token as string);
};

test("every way in which the sandbox can fail a call is met below", () => {
  const met = new Set([...BEFORE, ...AFTER].map((way) => way.split(" ")[0]));
  expect(API_KINDS.filter((kind) => kind !== "slow" && !met.has(kind))).toEqual([]);
});

test("an answer that is slow, but in time, is an answer to every call", async () => {
  await shop.gatewayFaults({ target: "midtrans.*", kind: "slow", times: 50, ms: 50 });
  const [one, other] = [await buyTwo(shop, buyer), await buyTwo(shop, buyer)];
  await shop.drain();
  for (const { gatewayOrderId } of [one, other])
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
  await cancelPayment(shop.app, buyer, { paymentId: one.paymentId });
  await expirePayment(shop.app, staff, { paymentId: other.paymentId });
  expect(await standing(shop, one)).toEqual(CANCELLED);
  expect((await standing(shop, other)).payment).toBe("EXPIRED");
});

test("a gateway that refuses connections keeps nobody from buying, and nothing is ended meanwhile", async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const alone = await openLiveShop({ MIDTRANS_CORE_URL: nowhere, MIDTRANS_SNAP_URL: nowhere });
  try {
    const person = await alone.addBuyer();
    const order = await buyTwo(alone, person);
    expect(await newestTry(alone, order)).toMatchObject({ state: "STARTING" });
    await expect(cancelPayment(alone.app, person, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    alone.advance(DAY + MINUTE);
    await expect(endPaymentWindow(alone.app, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    expect(await standing(alone, order)).toEqual(UNPAID);
  } finally {
    await alone.close();
  }
});

describe("opening the page", () => {
  test.each([...BEFORE, ...AFTER])(
    "that meets %s leaves the try STARTING, and the worker finishes it with one page that works",
    async (kind) => {
      await faults("midtrans.snap", kind);
      const order = await buyTwo(shop, buyer);
      expect(await newestTry(shop, order)).toMatchObject({ state: "STARTING", token: null });
      expect(await standing(shop, order)).toEqual(UNPAID);
      // A call that hangs outlives the checkout: until it has ended nobody asks again.
      await until("a page", async () => {
        await shop.drain();
        return (await newestTry(shop, order)).state === "LIVE";
      });
      expect(await pageWorks(order)).toBe(true);
      expect(await triesOf(shop, order)).toHaveLength(1);
    },
  );

  test("by a gateway that is down does not keep the customer waiting until it answers, and sells", async () => {
    const slow = await openLiveShop();
    try {
      const other = await slow.addBuyer();
      await slow.gatewayFaults({ target: "midtrans.snap", kind: "timeout", times: 1, ms: 60_000 });
      const order = await buyTwo(slow, other);
      // The call for its page hangs on: it has no outcome yet.
      expect(await calls(slow, "openPage", order.gatewayOrderId)).toBe(0);
      expect(await slow.one("select state from payment_transactions where payment_id = $1", order.paymentId)).toEqual({
        state: "STARTING",
      });
      slow.advance(26_000);
      await slow.drain();
      expect(await slow.one("select state from payment_transactions where payment_id = $1", order.paymentId)).toEqual({
        state: "LIVE",
      });
    } finally {
      await slow.close();
    }
  });

  test("that is refused for good ends the try and not the payment: staff is told, and another may come", async () => {
    await faults("midtrans.snap", "empty");
    const order = await buyTwo(shop, buyer);
    const { gatewayOrderId } = await newestTry(shop, order);
    // Somebody used the id at the gateway before us: it will never open this page.
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement", force: true, gross_amount: 1 });
    await shop.drain();
    expect(await newestTry(shop, order)).toMatchObject({ state: "CLOSED", token: null });
    expect(await alerts(shop, gatewayOrderId)).toEqual({ PAGE_REFUSED: 1, MONEY_CASE_AMOUNT_MISMATCH: 1 });
    expect(await standing(shop, order)).toEqual(UNPAID);
    await tryAgain(shop.app, buyer, order, "after-a-refusal");
    expect(await newestTry(shop, order)).toMatchObject({ state: "LIVE" });
    expect(await pageWorks(order)).toBe(true);
  });

  test.each(["before", "after"])(
    "twice at once, the other one %s this one, gives the customer the page that lives",
    async (when) => {
      await faults("midtrans.snap", "reset");
      const order = await buyTwo(shop, buyer);
      // The gateway keeps one page an order id: the one that it was asked for last.
      const other = () => tryAgain(shop.app, buyer, order, `other-${order.paymentId}`);
      await tryAgain(
        interleaved(shop.app, "openPage", other, when as "before"),
        buyer,
        order,
        `this-${order.paymentId}`,
      );
      expect(await newestTry(shop, order)).toMatchObject({ state: "LIVE" });
      expect(await pageWorks(order)).toBe(true);
      expect(await triesOf(shop, order)).toHaveLength(1);
    },
  );
});

describe("another try", () => {
  test.each([...BEFORE, ...AFTER])(
    "whose look at the earlier one meets %s changes nothing and can be made again",
    async (kind) => {
      const order = await buyTwo(shop, buyer);
      await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
      await faults("midtrans.status", kind);
      await expect(tryAgain(shop.app, buyer, order, "try-by-look-1")).rejects.toMatchObject(AWAY);
      expect((await triesOf(shop, order)).map(({ state }) => state)).toEqual(["LIVE"]);
      await tryAgain(shop.app, buyer, order, `try-by-look-${kind.replaceAll(" ", "-")}`);
      expect((await triesOf(shop, order)).map(({ state }) => state)).toEqual(["CLOSED", "LIVE"]);
      expect(await pageWorks(order)).toBe(true);
    },
  );

  test.each(AFTER)(
    "whose closing of the earlier one meets %s finds it closed the next time, and begins one new try",
    async (kind) => {
      const order = await buyTwo(shop, buyer);
      await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
      await faults("midtrans.cancel", kind);
      await expect(tryAgain(shop.app, buyer, order, "try-by-close-1")).rejects.toMatchObject(AWAY);
      expect((await atGateway(order.gatewayOrderId)).transaction_status).toBe("cancel");
      await tryAgain(shop.app, buyer, order, `try-by-close-${kind}`);
      expect((await triesOf(shop, order)).map(({ state }) => state)).toEqual(["CLOSED", "LIVE"]);
    },
  );
});

describe("cancelling", () => {
  const ways = [...BEFORE, ...AFTER].flatMap((kind) =>
    ["midtrans.status", "midtrans.cancel"].map((target) => ({ kind, target })),
  );

  test.each(ways)(
    "a number whose $target meets $kind changes nothing of ours, and works the next time",
    async ({ kind, target }) => {
      const order = await buyTwo(shop, buyer);
      await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
      await faults(target, kind);
      await expect(cancelPayment(shop.app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
      expect(await standing(shop, order)).toEqual(UNPAID);
      await cancelPayment(shop.app, buyer, { paymentId: order.paymentId });
      expect(await standing(shop, order)).toEqual(CANCELLED);
      expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
      expect((await atGateway(order.gatewayOrderId)).transaction_status).toBe("cancel");
    },
  );

  test.each([...BEFORE, ...AFTER])(
    "a page on which nothing was chosen, whose closing meets %s, is not taken for done",
    async (kind) => {
      const order = await buyTwo(shop, buyer);
      await faults("midtrans.cancel", kind);
      await expect(cancelPayment(shop.app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
      expect(await standing(shop, order)).toEqual(UNPAID);
      await cancelPayment(shop.app, buyer, { paymentId: order.paymentId });
      expect(await standing(shop, order)).toEqual(CANCELLED);
      expect((await atGateway(order.gatewayOrderId)).pages.map(({ state }) => state)).toEqual(["canceled"]);
    },
  );

  test("a try whose page never reached us closes that page, too", async () => {
    await faults("midtrans.snap", "reset_after");
    const order = await buyTwo(shop, buyer);
    const { gatewayOrderId } = await newestTry(shop, order);
    await cancelPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect((await atGateway(gatewayOrderId)).pages.filter(({ state }) => state === "open")).toEqual([]);
    await shop.drain();
    expect((await atGateway(gatewayOrderId)).pages.filter(({ state }) => state === "open")).toEqual([]);
  });

  test("while the gateway stays away is never done on a guess", async () => {
    const order = await buyTwo(shop, buyer);
    await faults("midtrans.*", "503", 50);
    for (let n = 0; n < 3; n++) {
      await expect(cancelPayment(shop.app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
      await expect(expirePayment(shop.app, staff, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    }
    await noFaults();
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await count(shop, "audit_logs where entity_id = $1", order.paymentId)).toBe(0);
  });
});

describe("the end of the window", () => {
  const ways = [...BEFORE, ...AFTER].flatMap((kind) =>
    ["midtrans.status", "midtrans.expire"].map((target) => ({ kind, target })),
  );

  test.each(ways)("whose $target meets $kind comes later, once", async ({ kind, target }) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    shop.advance(DAY + MINUTE);
    await faults(target, kind);
    await expect(endPaymentWindow(shop.app, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    expect(await standing(shop, order)).toEqual(UNPAID);
    await shop.drain();
    expect(await standing(shop, order)).toEqual({
      payment: "EXPIRED",
      order: "CANCELLED",
      shown: "EXPIRED",
      session: "EXPIRED",
      stock: 10,
    });
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
