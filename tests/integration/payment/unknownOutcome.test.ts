import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeSpareTries } from "../../../domain/payment/closeSpareTries.ts";
import { endPaymentWindow } from "../../../domain/payment/endPaymentWindow.ts";
import type { PaymentMethod } from "../../../domain/payment/methods.rules.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { sweepUnknownTries } from "../../../domain/payment/sweepUnknownTries.ts";
import { auditGateway } from "../../../domain/report/auditGateway.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { takeMoneyCase } from "../../../domain/report/takeMoneyCase.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { choose, livingThere, newest, order, paymentOf, states, tries } from "./chargeFacts.ts";
import { alerts, count, interleaved, lyingGateway, type Person } from "./facts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const AWAY = { name: "GatewayUnavailable" };

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
const noFaults = () => fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
beforeEach(noFaults);
afterAll(() => shop.close());

const silent = () => shop.gatewayFaults({ target: "midtrans.status", kind: "half", times: 200 });

/** A charge whose answer is lost, made at the gateway or not, while the status is silent. */
async function lost(isMade: boolean): Promise<Bought> {
  const bought = await order(shop, buyer);
  await silent();
  await shop.gatewayFaults({ target: "midtrans.charge", kind: isMade ? "reset_after" : "reset", times: 1 });
  await choose(shop.app, buyer, bought, "VA_BCA");
  expect(await states(shop, bought)).toEqual(["UNKNOWN"]);
  return bought;
}
/** As long as the first polls take, each without an answer. */
async function outlivesItsPolls(): Promise<void> {
  for (const wait of [2, 2, 8]) {
    shop.advance(wait * MINUTE);
    await pollPayments(shop.app);
  }
  await sweepUnknownTries(shop.app);
}
const openCase = async ({ paymentId }: Bought) => {
  const rows = await shop.app.db.sql<{ id: string; kind: string; amount: number; actions: string[] }>(
    "select id, kind, amount, actions from money_cases where payment_id = $1 and resolved_at is null",
    [paymentId],
  );
  return rows[0] ?? null;
};
const end = async (bought: Bought, action: string, note = "Sudah dicek di dasbor") =>
  resolveMoneyCase(shop.app, staff, { id: (await openCase(bought))?.id ?? "", action, note });

describe("a charge of which nobody knows when its polls are over", () => {
  test("is a case with its money, once, and none before", async () => {
    const bought = await lost(true);
    await sweepUnknownTries(shop.app);
    expect(await openCase(bought)).toBeNull();
    await outlivesItsPolls();
    await sweepUnknownTries(shop.app);
    const { amount } = await shop.one<{ amount: number }>(
      "select amount from payments where id = $1",
      bought.paymentId,
    );
    expect(await openCase(bought)).toMatchObject({ kind: "UNKNOWN_OUTCOME", amount, actions: ["SYNC", "DISMISS"] });
    expect(await count(shop, "money_cases where payment_id = $1", bought.paymentId)).toBe(1);
    expect(await states(shop, bought)).toEqual(["UNKNOWN"]);
    expect(await alerts(shop, (await newest(shop, bought)).gatewayOrderId)).toMatchObject({
      MONEY_CASE_UNKNOWN_OUTCOME: 1,
    });
  });

  test.each([
    ["made", true, "LIVE"],
    ["not made", false, "LIVE"],
  ])("is no case any more when the gateway tells by itself that it was %s", async (_, isMade, state) => {
    const bought = await lost(isMade);
    await outlivesItsPolls();
    expect(await openCase(bought)).not.toBeNull();
    await noFaults();
    shop.advance(MINUTE);
    await shop.drain();
    await sweepUnknownTries(shop.app);
    expect((await states(shop, bought)).at(-1)).toBe(isMade ? state : "CLOSED");
    expect(await openCase(bought)).toBeNull();
    expect(await alerts(shop, (await newest(shop, bought)).gatewayOrderId)).toEqual({});
  });

  test("stays the case of who has taken it, until he asks the gateway himself", async () => {
    const bought = await lost(true);
    await outlivesItsPolls();
    await takeMoneyCase(shop.app, staff, { id: (await openCase(bought))?.id ?? "" });
    await expect(end(bought, "SYNC")).rejects.toMatchObject(AWAY);
    expect(await openCase(bought)).not.toBeNull();
    await noFaults();
    shop.advance(MINUTE);
    await shop.drain();
    await sweepUnknownTries(shop.app);
    expect(await openCase(bought)).not.toBeNull();
    await end(bought, "SYNC");
    expect(await openCase(bought)).toBeNull();
  });

  test("ends when a person has looked at the dashboard: late money is not lost all the same", async () => {
    const bought = await lost(true);
    await outlivesItsPolls();
    await end(bought, "DISMISS");
    expect(await states(shop, bought)).toEqual(["CLOSED"]);
    await noFaults();
    const { gatewayOrderId } = await newest(shop, bought);
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement" });
    await shop.notify(gatewayOrderId);
    await shop.drain();
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
  });

  test("leaves the number that was found meanwhile as it is, whatever a person decides", async () => {
    const bought = await lost(true);
    await outlivesItsPolls();
    await takeMoneyCase(shop.app, staff, { id: (await openCase(bought))?.id ?? "" });
    await noFaults();
    shop.advance(MINUTE);
    await shop.drain();
    await end(bought, "DISMISS");
    expect(await states(shop, bought)).toEqual(["LIVE"]);
    expect(await livingThere(shop, bought)).toBe(1);
  });

  test("ends with its payment's window, when the gateway tells again", async () => {
    const bought = await lost(true);
    await outlivesItsPolls();
    shop.advance(DAY);
    await expect(endPaymentWindow(shop.app, bought)).rejects.toMatchObject(AWAY);
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PENDING" });
    await noFaults();
    await end(bought, "SYNC");
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "EXPIRED" });
    expect(await livingThere(shop, bought)).toBe(0);
    expect(await openCase(bought)).toBeNull();
  });
});

describe("money that comes late on an earlier number, beside a newer one,", () => {
  async function paidBeside(second: PaymentMethod = "VA_BNI"): Promise<Bought> {
    const bought = await order(shop, buyer);
    await choose(shop.app, buyer, bought, "VA_BCA");
    const first = await newest(shop, bought);
    await choose(shop.app, buyer, bought, second);
    await shop.gatewayMoves(first.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.notify(first.gatewayOrderId);
    await shop.drain();
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
    return bought;
  }

  test("pays, and the newer one is closed at the gateway: nobody pays twice", async () => {
    const bought = await paidBeside();
    expect(await livingThere(shop, bought)).toBe(1);
    await Promise.all([closeSpareTries(shop.app), closeSpareTries(shop.app)]);
    expect(await livingThere(shop, bought)).toBe(0);
    expect(await states(shop, bought)).toEqual(["PAID", "CLOSED"]);
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
  });

  test("pays, and the newer one that was paid just then is owed back", async () => {
    const bought = await paidBeside();
    const second = await newest(shop, bought);
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement" });
    await closeSpareTries(shop.app);
    expect(await states(shop, bought)).toEqual(["PAID", "PAID"]);
    expect(await count(shop, "refunds where payment_id = $1 and cause = 'ORPHAN'", bought.paymentId)).toBe(1);
  });

  test("pays, and the newer one that is paid between our look and our cancel is owed back", async () => {
    const bought = await paidBeside();
    const second = await newest(shop, bought);
    const pays = () => shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement" });
    await closeSpareTries(interleaved(shop.app, "fetchStatus", pays));
    expect(await states(shop, bought)).toEqual(["PAID", "PAID"]);
    expect(await count(shop, "refunds where payment_id = $1 and cause = 'ORPHAN'", bought.paymentId)).toBe(1);
  });

  test("waits behind all others while a person must look at the newer one first", async () => {
    const bought = await paidBeside();
    const second = await newest(shop, bought);
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement" });
    shop.advance(MINUTE);
    const now = shop.app.clock.now();
    await closeSpareTries(lyingGateway(shop.app, { merchantId: "G-ANOTHER" }));
    const [row] = await shop.app.db.sql<{ state: string; lookedAt: Date }>(
      "select state, updated_at as looked_at from payment_transactions where id = $1",
      [second.id],
    );
    expect(row?.state).toBe("LIVE");
    expect(row?.lookedAt.getTime()).toBeGreaterThanOrEqual(now.getTime());
    await closeSpareTries(shop.app);
    expect(await states(shop, bought)).toEqual(["PAID", "PAID"]);
  });

  test("leaves the newer one open while the gateway has it under review: its money may still come", async () => {
    const bought = await paidBeside("SNAP");
    const second = await newest(shop, bought);
    const held = { transaction_status: "capture", fraud_status: "challenge", method: "credit_card" };
    await shop.gatewayMoves(second.gatewayOrderId, held);
    await closeSpareTries(shop.app);
    expect(await states(shop, bought)).toEqual(["PAID", "LIVE"]);
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "capture", fraud_status: "accept" });
    shop.advance(11 * MINUTE);
    await pollPayments(shop.app);
    expect(await states(shop, bought)).toEqual(["PAID", "PAID"]);
    expect(await count(shop, "refunds where payment_id = $1 and cause = 'ORPHAN'", bought.paymentId)).toBe(1);
  });

  test("waits for a gateway that is away", async () => {
    const bought = await paidBeside();
    await silent();
    await closeSpareTries(shop.app);
    expect((await tries(shop, bought)).map(({ state }) => state)).toEqual(["PAID", "LIVE"]);
    await noFaults();
    await closeSpareTries(shop.app);
    expect(await livingThere(shop, bought)).toBe(0);
  });
});

test("after all of it every invariant holds", async () => {
  await noFaults();
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
  const books = { since: null, until: null, ratePerSecond: 1_000, mayAwait: true };
  expect(await auditGateway(shop.app, books)).toMatchObject({ breaches: [], notAsked: 0 });
});
