import { afterEach, beforeEach, expect, test } from "vitest";
import { hears, openParcelShop, type ParcelShop, scanned } from "../../support/parcels.ts";

let shop: ParcelShop;
beforeEach(async () => {
  shop = await openParcelShop();
});
afterEach(async () => {
  await shop?.drop();
});

test("a booking that is called delivered on its way back is for a person", async () => {
  const parcel = await shop.ship();
  parcel.parcel.scans = [scanned(1, "Process"), scanned(2, "Retur"), scanned(3, "Process")];
  const state = await hears(shop, parcel, "Diterima", "Process");
  expect(state).toMatchObject({ shipment: "RETURNING", order: "SHIPPED" });
  expect(await shop.rows("select kind from money_cases")).toEqual([{ kind: "SHIPMENT_CONTRADICTED" }]);
});

test("a way back that was told once is remembered when the courier's lines are not to be had", async () => {
  const parcel = await shop.ship();
  parcel.parcel.scans = [scanned(1, "Process"), scanned(2, "Retur"), scanned(3, "Process")];
  expect(await hears(shop, parcel, "Dikirim", "Process")).toMatchObject({ shipment: "TRANSIT" });
  shop.state.isHistoryAway = true;
  expect(await hears(shop, parcel, "Diterima")).toMatchObject({ shipment: "RETURNING", order: "SHIPPED" });
  expect(await shop.rows("select kind from money_cases")).toEqual([{ kind: "SHIPMENT_CONTRADICTED" }]);
});
