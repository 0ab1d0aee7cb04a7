import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import { openParcelShop, type ParcelShop, scanned } from "../../support/parcels.ts";

let shop: ParcelShop;
beforeEach(async () => {
  shop = await openParcelShop();
});
afterEach(async () => {
  await shop?.drop();
});

/** What the courier says now, and one look at it. */
async function hears(parcel: Awaited<ReturnType<ParcelShop["ship"]>>, words: string, history: string | null = null) {
  parcel.parcel.words = words;
  parcel.parcel.history = history;
  await shop.due(parcel);
  await trackShipments(shop.app);
  return shop.stateOf(parcel);
}

test("a booking that is called delivered on its way back is for a person", async () => {
  const parcel = await shop.ship();
  parcel.parcel.scans = [scanned(1, "Process"), scanned(2, "Retur"), scanned(3, "Process")];
  const state = await hears(parcel, "Diterima", "Process");
  expect(state).toMatchObject({ shipment: "RETURNING", order: "SHIPPED" });
  expect(await shop.rows("select kind from money_cases")).toEqual([{ kind: "SHIPMENT_CONTRADICTED" }]);
});

test("a way back that was told once is remembered when the courier's lines are not to be had", async () => {
  const parcel = await shop.ship();
  parcel.parcel.scans = [scanned(1, "Process"), scanned(2, "Retur"), scanned(3, "Process")];
  expect(await hears(parcel, "Dikirim", "Process")).toMatchObject({ shipment: "TRANSIT" });
  shop.state.isHistoryAway = true;
  expect(await hears(parcel, "Diterima")).toMatchObject({ shipment: "RETURNING", order: "SHIPPED" });
  expect(await shop.rows("select kind from money_cases")).toEqual([{ kind: "SHIPMENT_CONTRADICTED" }]);
});
