import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { endPaymentWindow } from "../../../domain/payment/endPaymentWindow.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { sweepChallenges } from "../../../domain/payment/sweepChallenges.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { acceptChallenge, answers, challenged as challengedIn, denyChallenge, HELD } from "./challengeFacts.ts";
import {
  alerts,
  buyTwo,
  count,
  interleaved,
  newestTry,
  type Order,
  PAID,
  type Person,
  path,
  standing,
  tryAgain,
  UNPAID,
} from "./facts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EXPIRED = { payment: "EXPIRED", order: "CANCELLED", shown: "EXPIRED", session: "EXPIRED", stock: 10 };

let shop: LiveShop;
let buyer: Person;
let staff: Person;
let second: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  [staff, second] = [await shop.addStaff(), await shop.addStaff()];
});
afterAll(() => shop.close());

const challenged = () => challengedIn(shop, buyer);
const numberOf = async ({ paymentId }: Order) =>
  (await shop.one<{ number: string }>("select number from payments where id = $1", paymentId)).number;

describe("a fraud challenge", () => {
  test("that staff accepts is paid at once, with who did it on record", async () => {
    const order = await challenged();
    await acceptChallenge(shop.app, staff, order);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await answers(shop, order)).toEqual([[staff.userId, "ACCEPT"]]);
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });

  test("that staff denies leaves the payment open for another try", async () => {
    const order = await challenged();
    await denyChallenge(shop.app, staff, order);
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await answers(shop, order)).toEqual([[staff.userId, "DENY"]]);
    await tryAgain(shop.app, buyer, order, `denied-${order.paymentId}`);
    await shop.gatewayMoves((await newestTry(shop, order)).gatewayOrderId, {
      transaction_status: "settlement",
      method: "gopay",
    });
    await shop.notify((await newestTry(shop, order)).gatewayOrderId);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("denied after its window is over: the pieces are on the shelf again", async () => {
    const order = await challenged();
    shop.advance(DAY + MINUTE);
    await denyChallenge(shop.app, staff, order);
    expect(await standing(shop, order)).toMatchObject({ payment: "FAILED", order: "CANCELLED", stock: 10 });
  });

  test("that nobody has told us of is found when it is answered", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "challenge" });
    await acceptChallenge(shop.app, staff, order);
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("is staff's to answer, and only where there is one", async () => {
    const order = await challenged();
    await expect(acceptChallenge(shop.app, buyer, order)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const plain = await buyTwo(shop, buyer);
    await expect(acceptChallenge(shop.app, staff, plain)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await expect(denyChallenge(shop.app, staff, { paymentId: "none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await standing(shop, plain)).toEqual(UNPAID);
    expect(await answers(shop, plain)).toEqual([]);
  });

  test("answered twice alike is answered once; answered otherwise is a conflict that changes nothing", async () => {
    const order = await challenged();
    await acceptChallenge(shop.app, staff, order);
    await acceptChallenge(shop.app, second, order);
    await expect(denyChallenge(shop.app, second, order)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await answers(shop, order)).toEqual([[staff.userId, "ACCEPT"]]);
    const denied = await challenged();
    await denyChallenge(shop.app, staff, denied);
    await denyChallenge(shop.app, second, denied);
    await expect(acceptChallenge(shop.app, second, denied)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await standing(shop, denied)).toEqual(UNPAID);
  });
});

describe("answers that race", () => {
  test("against each other have one outcome, and the other person is told", async () => {
    const order = await challenged();
    const ends = await Promise.allSettled([
      acceptChallenge(shop.app, staff, order),
      denyChallenge(shop.app, second, order),
    ]);
    const [accepted, denied] = ends.map(({ status }) => status === "fulfilled");
    expect(accepted).not.toBe(denied);
    expect(await standing(shop, order)).toEqual(accepted ? PAID : UNPAID);
    const refused = ends.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: "CONFLICT" });
  });

  test("a denial between our look and our approval wins, whole", async () => {
    const order = await challenged();
    const app = interleaved(shop.app, "approve", () => denyChallenge(shop.app, second, order), "before");
    await expect(acceptChallenge(app, staff, order)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await standing(shop, order)).toEqual(UNPAID);
  });

  test("against the customer's cancel: what the bank looks at he cannot call off", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "challenge" });
    const [accepted, cancelled] = await Promise.allSettled([
      acceptChallenge(shop.app, staff, order),
      cancelPayment(shop.app, buyer, { paymentId: order.paymentId }),
    ]);
    expect(accepted.status).toBe("fulfilled");
    expect(cancelled).toMatchObject({ status: "rejected", reason: { code: expect.stringMatching(/REVIEW|PAID/) } });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("against the end of the window: accepted is paid", async () => {
    const order = await challenged();
    shop.advance(DAY + MINUTE);
    await Promise.all([
      acceptChallenge(shop.app, staff, order),
      endPaymentWindow(shop.app, { paymentId: order.paymentId }),
      shop.drain(),
    ]);
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("for a payment that another try has paid can only be denials", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await tryAgain(shop.app, buyer, order, `other-${order.paymentId}`);
    const other = await newestTry(shop, order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    await shop.gatewayMoves(other.gatewayOrderId, { transaction_status: "challenge" });
    await shop.notify(other.gatewayOrderId);
    await shop.drain();
    await expect(acceptChallenge(shop.app, staff, order)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await denyChallenge(shop.app, staff, order);
    expect(await standing(shop, order)).toEqual(PAID);
    expect((await shop.app.payments.fetchStatus(other.gatewayOrderId))?.status).toBe("deny");
  });
});

describe("a challenge that nobody answers", () => {
  test("is told to people after four hours, once, and the alert goes with it", async () => {
    const order = await challenged();
    const number = await numberOf(order);
    shop.advance(4 * HOUR - MINUTE);
    await sweepChallenges(shop.app);
    expect(await alerts(shop, number)).toEqual({});
    shop.advance(2 * MINUTE);
    await Promise.all(Array.from({ length: 8 }, () => sweepChallenges(shop.app)));
    await sweepChallenges(shop.app);
    expect(await alerts(shop, number)).toEqual({ CHALLENGE_UNANSWERED: 1 });
    await acceptChallenge(shop.app, staff, order);
    expect(await alerts(shop, number)).toEqual({});
  });

  test("and was answered in time is told to nobody", async () => {
    const order = await challenged();
    await denyChallenge(shop.app, staff, order);
    shop.advance(5 * HOUR);
    await sweepChallenges(shop.app);
    expect(await alerts(shop, await numberOf(order))).toEqual({});
  });

  test("is cancelled by the gateway the next day: found without a word of it, stock back, customer told", async () => {
    const order = await challenged();
    shop.advance(DAY + HOUR);
    await sweepChallenges(shop.app);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(HELD);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "cancel" });
    shop.advance(2 * HOUR);
    await pollPayments(shop.app);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(EXPIRED);
    expect(await alerts(shop, await numberOf(order))).toEqual({});
    expect(await count(shop, "notices where event like $1", `%${order.paymentId}%`)).toBe(1);
  });

  test("and is still open two days later is still asked about", async () => {
    const order = await challenged();
    shop.advance(2 * DAY + HOUR);
    await pollPayments(shop.app);
    const { next } = await shop.one<{ next: Date | null }>(
      "select next_poll_at as next from payment_transactions where gateway_order_id = $1",
      order.gatewayOrderId,
    );
    expect(next).not.toBeNull();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "cancel" });
    shop.advance(2 * HOUR);
    await pollPayments(shop.app);
    expect(await standing(shop, order)).toEqual(EXPIRED);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
