import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  clearSandboxFaults,
  clockJumps,
  gatewayFaults,
  jumpingClock,
  processesEnd,
  processPauses,
} from "../../../scripts/drill/faultActions.ts";
import type { Besides } from "../../../scripts/drill/stack.ts";
import { until } from "../../support/until.ts";
import { type FaultDay, openFaultDay } from "./faultDay.ts";

const FEW = 4;
const HOUR_MS = 3_600_000;
/** A status answer that keeps a worker waiting, outside every transaction, until something happens to it. */
const SLOW_MS = 3_000;
const WINDOW_MS = 24 * HOUR_MS;

let day: FaultDay;
beforeAll(async () => {
  day = await openFaultDay({ workers: 2, env: { PAYMENT_POLLS: "2s,10m" } });
});
afterAll(() => day?.close());

/** Some pay, and the workers stand in the middle of asking whether that is true. */
async function inTheMiddleOfJobs(): Promise<void> {
  await gatewayFaults(day.shop.sandboxUrl, [{ target: "midtrans.status", kind: "slow", ms: SLOW_MS }]).begin();
  await day.shopping(FEW);
  await until("jobs under way", async () => {
    const [row] = await day.counter.sql<{ n: number }>(
      `select count(*)::int as n from outbox_messages
        where handler = 'applyNotification' and offered_at is not null and done_at is null`,
    );
    return (row?.n ?? 0) > 0;
  });
}
/** What a second run would have done twice. */
const doubles = () =>
  day.counter.sql(
    `select 'status' as what, order_id::text as whom from order_status_logs
      group by order_id, to_status having count(*) > 1
     union all select 'invoice', order_id::text from invoices group by order_id having count(*) > 1
     union all select event, recipient || subject from notices group by event, recipient, subject having count(*) > 1`,
  );

describe("of two workers", () => {
  test("one that stands still longer than its lease loses its jobs, and finishes none of them twice", async () => {
    await inTheMiddleOfJobs();
    const pause = processPauses(day.shop, "worker-0");
    await pause.begin();
    await clearSandboxFaults(day.shop.sandboxUrl);
    await day.shopping(FEW);
    await day.isWhole();
    await pause.end();
    await day.shopping(FEW);
    await day.isWhole();
    expect(await doubles()).toEqual([]);
  });

  test("one that is killed in the middle of a job leaves it to the other", async () => {
    await inTheMiddleOfJobs();
    const kill = processesEnd(day.shop, ["worker-0"]);
    await kill.begin();
    await clearSandboxFaults(day.shop.sandboxUrl);
    await day.isWhole();
    await kill.end();
    expect(await doubles()).toEqual([]);
  });

  test("none has to run for the shop to sell and to hear the gateway: the rest is done when one is back", async () => {
    const stop = processesEnd(day.shop, ["worker-0", "worker-1"], "SIGTERM");
    await stop.begin();
    const placed = await day.shopping(FEW);
    expect(placed.flatMap(({ told }) => told)).toEqual([]);
    await stop.end();
    await day.isWhole();
  });

  test("each scheduled look at a payment is made by one, and nothing is done twice", async () => {
    const silent = gatewayFaults(day.shop.sandboxUrl, [{ target: "midtrans.notification", kind: "none" }]);
    await silent.begin();
    const placed = await day.shopping(FEW);
    await day.isWhole();
    await silent.end();
    const looks = await day.counter.sql(
      `select t.polls, (select count(*)::int from gateway_calls c
                           where c.correlation = t.gateway_order_id and c.operation = 'status') as calls
           from payment_transactions t where t.payment_id = any($1::uuid[])`,
      [placed.map(({ paymentId }) => paymentId)],
    );
    expect(looks).toEqual(placed.map(() => ({ polls: 1, calls: 1 })));
    expect(await doubles()).toEqual([]);
  });
});

describe("a process whose clock is wrong by more than a payment's window", () => {
  /** Orders that nobody pays yet: their windows have a day to go. */
  const standing = (ids: readonly string[]) =>
    day.counter.sql<{ status: string; wrong: number; due: number | null }>(
      `select p.status, abs(extract(epoch from p.expires_at - clock_timestamp()) * 1000 - $2)::float8 as wrong,
              (select max(abs(extract(epoch from o.due_at - p.expires_at)))::float8 from outbox_messages o
                where o.handler = 'endPaymentWindow' and o.key = p.id::text) as due
         from payments p where p.id = any($1::uuid[])`,
      [ids, WINDOW_MS],
    );
  const MINUTE_MS = 60_000;
  const begunAnew = (names: readonly string[], besides?: Besides) =>
    Promise.all(
      names.map(async (name) => {
        await day.shop.end(name);
        await day.shop.begin(name, besides);
      }),
    );

  test.each([
    ["ahead from its start", 26 * HOUR_MS, true],
    ["behind from its start", -26 * HOUR_MS, true],
    ["jumping ahead in the middle", 26 * HOUR_MS, false],
    ["jumping back in the middle", -26 * HOUR_MS, false],
  ])("ends no window early and leaves no job for later, %s", async (_how, jumpMs, isFromStart) => {
    const names = ["worker-0", "api-0"];
    const besides = jumpingClock(jumpMs);
    const fromStart = ["--import=data:text/javascript,process.emit('SIGUSR2')"];
    const nodeArgs = [...besides.nodeArgs, ...(isFromStart ? fromStart : [])];
    const before = await day.waiting(2);
    await begunAnew(names, { ...besides, nodeArgs });
    if (!isFromStart) await clockJumps(day.shop, names).begin();
    const during = await day.waiting(2);
    await day.shopping(FEW);
    await day.isWhole();
    const orders = [...before, ...during];
    for (const one of await standing(orders.map(({ paymentId }) => paymentId))) {
      expect(one.status).toBe("PENDING");
      expect(one.wrong).toBeLessThan(MINUTE_MS);
      expect(one.due ?? 0).toBeLessThan(1);
    }
    await Promise.all(orders.map((order) => day.pay(order)));
    await day.isWhole();
    await begunAnew(names);
  });
});
