import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectionsAreCut, databaseEnds, type FaultAction } from "../../../scripts/drill/faultActions.ts";
import { until } from "../../support/until.ts";
import { type FaultDay, openFaultDay, type Told } from "./faultDay.ts";

const FEW = 4;
const CUTS = 5;
/** The gateway repeats a notification that met 503 after 2 minutes of its time, give or take one and a half. */
const TIME_SCALE = 60;

let day: FaultDay;
beforeAll(async () => {
  day = await openFaultDay({ ownDatabase: true, apis: 2, timeScale: TIME_SCALE });
});
afterAll(() => day?.close());

const database = () => day.database as NonNullable<FaultDay["database"]>;
/**
 * Every answer in an outage says what to do: come back, and when. What was bought before the cut is told all the same,
 * and what could not be read of it any more can be asked for again.
 */
const isClear = ({ status, code, retryable, retryAfter, isPartial }: Told) =>
  code === "INTERNAL" && retryable === true && (isPartial ? status === 200 : status === 503 && Number(retryAfter) > 0);
/** The other answers, each kind once. */
const unclear = (orders: readonly { readonly told: readonly Told[] }[]) => {
  const others = orders.flatMap(({ told }) => told).filter((one) => !isClear(one));
  return [...new Set(others.map((one) => JSON.stringify({ ...one, ms: undefined })))];
};
const refusals = async () => (await day.notificationAnswers()).filter((status) => status !== 200);

/** Shoppers come before, while, and after; some have their page open already and pay while the database is away. */
async function sellsThrough(fault: FaultAction, during: () => Promise<void> = async () => undefined): Promise<number> {
  const open = await day.waiting(FEW);
  await fault.begin();
  const shopping = day.shopping(FEW);
  await Promise.all(open.map((order) => day.pay(order)));
  await during();
  await fault.end();
  expect(unclear(await shopping)).toEqual([]);
  expect(unclear(await day.shopping(FEW))).toEqual([]);
  return day.isWhole();
}

describe("a shop whose PostgreSQL", () => {
  test("loses every connection again and again in the middle of trade goes on", async () => {
    await sellsThrough(connectionsAreCut(database()), async () => {
      for (let cut = 0; cut < CUTS; cut++) {
        const shopping = day.shopping(2);
        await database().cutConnections();
        expect(unclear(await shopping)).toEqual([]);
      }
    });
  });

  test.each(["fast", "crash"] as const)(
    "restarts (%s) loses no order that was answered and no notification",
    async (how) => {
      await sellsThrough(databaseEnds(database(), how));
    },
  );

  test("is away says so, refuses notifications, and all recover, also a process that starts then", async () => {
    const started: Promise<void>[] = [];
    await sellsThrough(databaseEnds(database()), async () => {
      await until("not ready", async () => (await day.probe("/readyz")).status === 503);
      expect((await day.probe("/readyz")).body).toMatchObject({ database: "down", queue: "down" });
      expect((await day.probe("/healthz")).body).toEqual({ status: "up" });
      expect(unclear([{ told: [await day.tryOnce()] }])).toEqual([]);
      await until("a notification refused", async () => (await refusals()).includes(503));
      expect(new Set(await refusals())).toEqual(new Set([503]));
      for (const name of ["worker", "api-1"]) {
        await day.shop.end(name, "SIGKILL");
        started.push(day.shop.begin(name));
      }
      await until("up", async () => (await day.probe("/healthz", 1)).status === 200);
      await until("not ready yet", async () => (await day.probe("/readyz", 1)).status === 503);
    });
    await Promise.all(started);
    expect((await day.probe("/readyz", 1)).body).toMatchObject({ database: "up", queue: "up" });
  });
});
