import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { couriers } from "./couriers.ts";
import { DAY, type Stand, stand } from "./support.ts";

/** Runs of the property: each is a day of a small warehouse. */
const RUNS = 15;

describe("the couriers' books", () => {
  let rig: Stand;
  let api: ReturnType<typeof couriers>;
  beforeAll(async () => {
    rig = await stand();
    api = couriers(rig);
  });
  afterAll(() => rig.close());

  const books = async () => (await rig.call("GET", "/sandbox/books")).body.couriers;

  /** rajaongkir.md 4.1, 4.5: charged at store, given back by a cancel, COD paid at the door. */
  it("add up to the balance, whatever was stored, sent, moved, cancelled and topped up", async () => {
    const step = fc.record({
      product_name: fc.constantFrom("Kaos", "RETURN", "LOST", "NOPICKUP", "NOBALANCE"),
      isCod: fc.boolean(),
      move: fc.constantFrom("nothing", "pickup", "cancel", "cancel twice", "DELIVERED", "RETURNED", "LOST", "top up"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        for (const { product_name, isCod, move } of steps) {
          const cod = isCod ? { payment_method: "COD", cod_value: 220_000, service_fee: 6_160 } : {};
          const { body } = await api.store(cod, { product_name });
          const orderNo: string | undefined = body.data?.order_no;
          if (move === "top up") await rig.call("POST", "/sandbox/couriers", { balance: 5_000_000 });
          if (orderNo === undefined || move === "nothing") continue;
          if (move === "pickup") await api.pickup([orderNo]);
          else if (move.startsWith("cancel")) await api.cancel(orderNo);
          else if (move !== "top up") await api.move(orderNo, { status: move });
          if (move === "cancel twice") await api.cancel(orderNo);
        }
        await rig.pass(DAY);
        const now = await books();
        const { shipments } = (await rig.call("GET", "/sandbox/shipments?limit=1000")).body;
        const sum = (member: string) =>
          shipments.reduce((total: number, row: Record<string, number>) => total + (row[member] ?? 0), 0);
        expect(now).toMatchObject({ count: shipments.length, charged: sum("charged"), refunded: sum("refunded") });
        expect(now.balance).toBe(now.opening + now.deposits - now.charged + now.refunded + now.cod_income);
        for (const row of shipments) {
          expect(row.refunded).toBe(row.stage === "cancelled" ? row.charged : 0);
          expect(row.charged).toBe(row.request.payment_method === "COD" ? 0 : 15_000);
          const isEarned = row.request.payment_method === "COD" && row.stage === "delivered";
          expect(row.cod_income).toBe(isEarned ? 220_000 - 15_000 - 6_160 : 0);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("list shipments from the newest back, a page at a time", async () => {
    const all = (await rig.call("GET", "/sandbox/shipments?limit=1000")).body.shipments;
    const numbers = all.map((row: { order_no: string }) => row.order_no);
    const page = (await rig.call("GET", `/sandbox/shipments?limit=2&before=${numbers[1]}`)).body.shipments;
    expect(page.map((row: { order_no: string }) => row.order_no)).toEqual(numbers.slice(2, 4));
  });
});
