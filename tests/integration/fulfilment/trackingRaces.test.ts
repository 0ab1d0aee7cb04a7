import { afterEach, beforeEach, expect, test } from "vitest";
import { cancelBooking } from "../../../domain/fulfilment/cancelBooking.ts";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import { MINUTE_MS } from "../../../domain/kernel/time.ts";
import type { CancelAnswer } from "../../../domain/shipping/courierGateway.ts";
import { readWord } from "../../../gateways/courierWords.ts";
import { openParcelShop, type ParcelShop, type Shipped } from "../../support/parcels.ts";

const PARCELS = 8;

let shop: ParcelShop;
beforeEach(async () => {
  shop = await openParcelShop();
});
afterEach(async () => {
  await shop?.drop();
});

/** Parcels whose cancel was asked for, all of them due. */
async function askedToCancel(): Promise<Shipped[]> {
  const parcels: Shipped[] = [];
  for (let n = 0; n < PARCELS; n += 1) parcels.push(await shop.ship());
  const ids = parcels.map(({ order }) => order.orderId);
  await shop.rows("update orders set status = 'CANCEL_REQUESTED' where id = any($1::uuid[])", ids);
  await shop.rows(
    `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
     select id, 'PROCESSING', 'CANCEL_REQUESTED', 'cancelAsked', 'CUSTOMER', now() from unnest($1::uuid[]) as id`,
    ids,
  );
  return parcels;
}

/** The company's word changes while both ask: `words` from now on, and `answer` to every cancel. */
function companySays(parcels: readonly Shipped[], words: string, answer: CancelAnswer) {
  for (const { parcel } of parcels) parcel.words = words;
  return { ...shop.app, couriers: { ...shop.app.couriers, cancelBooking: async () => answer } };
}

test.each([
  ["Dikirim", { kind: "refused", news: readWord("Dikirim"), why: "order status Dikirim" }, "TRANSIT", "SHIPPED", 0],
  ["Diterima", { kind: "refused", news: readWord("Diterima"), why: "status Diterima" }, "DELIVERED", "COMPLETED", 0],
  ["RETURN DONE", { kind: "refused", news: readWord("RETURN DONE"), why: "back" }, "RETURNED", "RETURNED", 0],
  ["Batal", { kind: "accepted" }, "CANCELLED", "CANCELLED", 1],
] as const)(
  "a look and a cancel of a parcel that is %s: one end, once",
  async (words, answer, shipment, order, refunds) => {
    const parcels = await askedToCancel();
    const app = companySays(parcels, words, answer);
    await Promise.all([
      trackShipments(app),
      ...parcels.map(({ order: { orderId } }) => cancelBooking(app, { orderId: orderId as never })),
      trackShipments(app),
    ]);
    for (const parcel of parcels) {
      expect(await shop.stateOf(parcel)).toMatchObject({ shipment, order });
      expect((await shop.steps(parcel)).map(({ to }) => to)).toEqual(["CANCEL_REQUESTED", order]);
      const owed = await shop.rows("select amount from refunds where order_id = $1", parcel.order.orderId);
      expect(owed).toHaveLength(refunds);
    }
    const [shelf] = await shop.rows<{ stock: number }>("select stock from products");
    expect(shelf?.stock).toBe(1000 - (order === "CANCELLED" ? 0 : 2 * PARCELS));
    const cases = await shop.rows("select 1 from money_cases where kind = 'RETURNED'");
    expect(cases).toHaveLength(order === "RETURNED" ? PARCELS : 0);
    expect(await shop.breaches()).toEqual([]);
  },
);

test("a look that asked before the courier took the cancel says nothing of the parcel that is over", async () => {
  const [parcel] = await askedToCancel();
  if (!parcel) throw new Error("no parcel");
  const app = companySays([parcel], "Dipacking", { kind: "accepted" });
  const { readBooking } = app.couriers;
  const couriers = {
    ...app.couriers,
    readBooking: async (bookingNo: string) => {
      const asked = await readBooking(bookingNo);
      if (bookingNo === parcel.bookingNo) await cancelBooking(app, { orderId: parcel.order.orderId as never });
      return asked;
    },
  };
  await trackShipments({ ...app, couriers });
  expect(await shop.stateOf(parcel)).toEqual({ shipment: "CANCELLED", order: "CANCELLED", flag: null, next: null });
  expect(await shop.rows("select kind from money_cases")).toEqual([]);
});

test("a look that waits for a lock for too long is taken again after its lease, and is nobody's fault", async () => {
  const parcel = await shop.ship({ words: "Diterima" });
  await shop.rows(`create function is_busy() returns trigger language plpgsql as
                   $$ begin raise exception 'lock timeout' using errcode = '55P03'; end $$`);
  await shop.rows(`create trigger is_busy before update of checked_at on shipments
                   for each row execute function is_busy()`);
  await trackShipments(shop.app);
  expect(await shop.openAlerts()).toEqual([]);
  await shop.rows("drop trigger is_busy on shipments");
  shop.move(3 * MINUTE_MS);
  await trackShipments(shop.app);
  expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
});
