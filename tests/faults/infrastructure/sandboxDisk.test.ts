import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canFillDisk, type FaultAction, sandboxDiskIsFull } from "../../../scripts/drill/faultActions.ts";
import { type FaultDay, type Opened, openFaultDay } from "./faultDay.ts";

const FEW = 3;

// prlimit is Linux's; elsewhere the disk of one process cannot be filled.
const describeWithPrlimit = (name: string, tests: () => void): void => {
  if (canFillDisk()) describe(name, tests);
  else describe(name, () => test("needs prlimit, which this machine lacks", () => {}));
};

describeWithPrlimit("a gateway whose disk is full", () => {
  let day: FaultDay;
  beforeAll(async () => {
    day = await openFaultDay();
  });
  afterAll(() => day?.close());

  const diskIsFull = () => sandboxDiskIsFull(day.shop);
  /** The same process goes on when there is room again. */
  const roomAgain = async () => {
    spawnSync("prlimit", ["--pid", String(day.shop.pidOf("sandbox")), "--fsize=unlimited:unlimited"]);
  };
  const press = async ({ page }: Opened) =>
    (
      await fetch(`${page}/pay`, {
        method: "POST",
        body: new URLSearchParams({ method: "other_qris" }),
        redirect: "manual",
      })
    ).status;

  test.each<[string, () => FaultAction]>([
    ["has room again", () => ({ begin: () => diskIsFull().begin(), end: roomAgain })],
    ["is killed and starts again", diskIsFull],
  ])(
    "says 503 to whoever it cannot keep, the shop sells on, and all is paid once when it %s",
    async (_how, faultOf) => {
      const fault = faultOf();
      const open = await day.waiting(FEW);
      await fault.begin();
      expect(await Promise.all(open.map(press))).toEqual(open.map(() => 503));
      const order = await day.checkOut();
      expect(order.told).toEqual([]);
      const [standing] = await day.counter.sql<{ state: string }>(
        "select state from payment_transactions where payment_id = $1",
        [order.paymentId],
      );
      expect(standing).toEqual({ state: "STARTING" });
      await fault.end();
      await Promise.all(open.map((one) => day.pay(one)));
      await day.pay(await day.opened(order));
      await day.isWhole();
    },
  );
});
