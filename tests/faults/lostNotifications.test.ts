import { afterAll, beforeAll, expect, test } from "vitest";
import { checkout } from "../../domain/checkout/checkout.ts";
import type { Actor } from "../../domain/kernel/actor.ts";
import { METHODS, type MethodInfo } from "../../domain/payment/methods.rules.ts";
import { pollPayments } from "../../domain/payment/pollPayments.ts";
import { type LiveShop, openLiveShop } from "../support/liveShop.ts";
import { drainJobs, inLanes } from "./playSequence.ts";

/** Payments of which no notification ever comes. */
const PAYMENTS = Number(process.env["LOST_PAYMENTS"] ?? 300);
const LANES = 8;
const MINUTE_MS = 60_000;
/** What happens at the gateway happens within so many minutes, and is known here so many minutes later at most. */
const CHANGES_FOR = 8;
const LATEST = 15;

/** What happens to a payment at the gateway, in minutes after its start, and how it and its try stand afterwards. */
interface Fate {
  readonly moves: readonly (readonly [minute: number, status: string])[];
  readonly ends: string;
}

interface Bought {
  readonly gatewayOrderId: string;
  readonly fate: Fate;
}

const CHARGED = METHODS.filter(({ charge }) => charge !== null);

/** Most are paid, at any minute; the others run out, are denied or cancelled, or are taken back by the bank. */
function fateOf(place: number, { reversalMs }: MethodInfo): Fate {
  const minute = place % (CHANGES_FOR + 1);
  if (reversalMs > 0 && place % 3 === 0)
    return {
      moves: [
        [0, "settlement"],
        [4, "deny"],
      ],
      ends: "FAILED CLOSED",
    };
  const ending = ["expire", "deny", "cancel"][place % 15];
  if (ending) return { moves: [[minute, ending]], ends: "PENDING CLOSED" };
  return { moves: [[minute, "settlement"]], ends: "PAID PAID" };
}

let shop: LiveShop;
let buyer: Actor;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

async function buyAll(): Promise<Bought[]> {
  const { productId, storeId } = await shop.addProduct({ stock: PAYMENTS });
  const places = Array.from({ length: PAYMENTS }, (_, place) => place);
  const sessions = await inLanes(LANES, places, async (place) => {
    const info = CHARGED[place % CHARGED.length] as MethodInfo;
    const input = shop.order([{ productId, storeId, quantity: 1 }], { method: info.method });
    const { sessionId } = await checkout(shop.app, buyer, input);
    return { sessionId, fate: fateOf(place, info) };
  });
  await drainJobs(shop.app);
  const rows = await shop.app.db.sql<{ sessionId: string; gatewayOrderId: string }>(
    "select p.session_id, t.gateway_order_id from payments p join payment_transactions t on t.payment_id = p.id",
  );
  const idOf = new Map(rows.map((row) => [row.sessionId, row.gatewayOrderId]));
  return sessions.map(({ sessionId, fate }) => ({ gatewayOrderId: idOf.get(sessionId) as string, fate }));
}

/** The payments that do not stand as they must, by their order ids. */
async function unfinished(bought: readonly Bought[]): Promise<string[]> {
  const rows = await shop.app.db.sql<{ id: string; stands: string }>(
    `select t.gateway_order_id as id, p.status || ' ' || t.state as stands
       from payments p join payment_transactions t on t.payment_id = p.id`,
  );
  const standing = new Map(rows.map(({ id, stands }) => [id, stands]));
  return bought
    .filter(({ gatewayOrderId, fate }) => standing.get(gatewayOrderId) !== fate.ends)
    .map(({ gatewayOrderId, fate }) => `${gatewayOrderId}: ${standing.get(gatewayOrderId)}, not ${fate.ends}`);
}

async function askAll(): Promise<number> {
  let asked = 0;
  for (let more = await pollPayments(shop.app); more > 0; more = await pollPayments(shop.app)) asked += more;
  return asked;
}

test(`${PAYMENTS} payments without a notification are known ${LATEST} minutes after their last change`, async () => {
  const began = performance.now();
  const bought = await buyAll();
  const boughtAt = performance.now();
  let asked = 0;
  for (let minute = 0; minute <= CHANGES_FOR + LATEST; minute++) {
    const due = bought.flatMap(({ gatewayOrderId, fate }) =>
      fate.moves.filter(([at]) => at === minute).map(([, status]) => ({ gatewayOrderId, status })),
    );
    await inLanes(LANES, due, ({ gatewayOrderId, status }) =>
      shop.gatewayMoves(gatewayOrderId, { transaction_status: status, force: true }),
    );
    shop.advance(MINUTE_MS);
    asked += await askAll();
    const over = bought.filter(({ fate }) => Math.max(...fate.moves.map(([at]) => at)) + LATEST <= minute + 1);
    expect(await unfinished(over)).toEqual([]);
  }
  expect(await unfinished(bought)).toEqual([]);
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  process.stdout.write(
    `${PAYMENTS} payments bought in ${seconds(boughtAt - began)} s, known after ${asked} questions in ` +
      `${seconds(performance.now() - boughtAt)} s\n`,
  );
  const heard = await shop.one<{ n: number }>("select count(*)::int as n from payment_notifications");
  expect(heard.n).toBe(0);
});

test("after all of it every invariant holds", async () => {
  await drainJobs(shop.app);
  expect(await shop.audit()).toEqual([]);
});
