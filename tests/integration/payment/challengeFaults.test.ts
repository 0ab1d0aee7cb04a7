import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { acceptChallenge, answers, challenged, denyChallenge, HELD } from "./challengeFacts.ts";
import { interleaved, PAID, type Person, path, standing, UNPAID } from "./facts.ts";

const MINUTE = 60_000;
/** Every way in which a call may go wrong before its effect, and after it. */
const BEFORE = ["500", "503", "429", "timeout", "reset", "html", "empty"];
const AFTER = ["timeout_after", "reset_after", "half"];

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

/** The shop whose gateway takes the answer, of which the shop hears nothing; `is` false: not even the gateway does. */
function losing(call: "approve" | "deny", is: "taken" | "lost" = "taken"): App {
  const lose = async (id: string) => {
    if (is === "taken") await shop.app.payments[call](id);
    throw new GatewayUnavailable("midtrans", "no answer");
  };
  return { ...shop.app, payments: { ...shop.app.payments, [call]: lose } };
}

describe("an answer to a challenge that is lost", () => {
  test("after its effect is what the status says", async () => {
    const order = await challenged(shop, buyer);
    await acceptChallenge(losing("approve"), staff, order);
    expect(await standing(shop, order)).toEqual(PAID);
    const denied = await challenged(shop, buyer);
    await denyChallenge(losing("deny"), staff, denied);
    expect(await standing(shop, denied)).toEqual(UNPAID);
  });

  test("before its effect may be given again", async () => {
    const order = await challenged(shop, buyer);
    await expect(acceptChallenge(losing("approve", "lost"), staff, order)).rejects.toThrow(GatewayUnavailable);
    expect(await standing(shop, order)).toEqual(HELD);
    await acceptChallenge(shop.app, staff, order);
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("with the gateway away right after it is found by the next poll, and who gave it is known", async () => {
    const order = await challenged(shop, buyer);
    let isGiven = false;
    const payments: App["payments"] = {
      ...shop.app.payments,
      approve: async (id) => {
        isGiven = true;
        return shop.app.payments.approve(id);
      },
      fetchStatus: async (id) => {
        if (isGiven) throw new GatewayUnavailable("midtrans", "away");
        return shop.app.payments.fetchStatus(id);
      },
    };
    await expect(acceptChallenge({ ...shop.app, payments }, staff, order)).rejects.toThrow(GatewayUnavailable);
    expect(await standing(shop, order)).toEqual(HELD);
    expect(await answers(shop, order)).toEqual([[staff.userId, "ACCEPT"]]);
    shop.advance(11 * MINUTE);
    await pollPayments(shop.app);
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("because the gateway has cancelled it meanwhile is a conflict, and the payment is open again", async () => {
    const order = await challenged(shop, buyer);
    const cancelFirst = () => shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "cancel" });
    const app = interleaved(shop.app, "approve", cancelFirst, "before");
    await expect(acceptChallenge(app, staff, order)).rejects.toMatchObject({
      code: "CONFLICT",
      details: { status: "cancel" },
    });
    expect(await standing(shop, order)).toEqual(UNPAID);
  });
});

const ANSWERS = [
  ["approve", acceptChallenge, PAID],
  ["deny", denyChallenge, UNPAID],
] as const;

describe.each(ANSWERS)("the gateway's call %s", (call, answer, end) => {
  const fault = (kind: string) => shop.gatewayFaults({ target: `midtrans.${call}`, kind, times: 1 });

  test.each(BEFORE)("that meets %s has no effect: nothing of ours moves, and it works the next time", async (kind) => {
    const order = await challenged(shop, buyer);
    await fault(kind);
    await expect(answer(shop.app, staff, order)).rejects.toThrow(GatewayUnavailable);
    expect(await standing(shop, order)).toEqual(HELD);
    await answer(shop.app, staff, order);
    expect(await standing(shop, order)).toEqual(end);
  });

  test.each(AFTER)("that meets %s had its effect: the status says so, and nobody is asked again", async (kind) => {
    const order = await challenged(shop, buyer);
    await fault(kind);
    await answer(shop.app, staff, order);
    expect(await standing(shop, order)).toEqual(end);
    expect(await answers(shop, order)).toHaveLength(1);
    expect(await path(shop, order)).toEqual(end === PAID ? ["PENDING_PAYMENT", "PAID"] : ["PENDING_PAYMENT"]);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
