import { afterEach, beforeEach, expect, test } from "vitest";
import { checkParcel } from "../../../domain/fulfilment/checkParcel.ts";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { MINUTE_MS } from "../../../domain/kernel/time.ts";
import { openParcelShop, type ParcelShop } from "../../support/parcels.ts";
import { addCustomer } from "../../support/shopRows.ts";

let shop: ParcelShop;
beforeEach(async () => {
  shop = await openParcelShop();
});
afterEach(async () => {
  await shop?.drop();
});

test("a definite no is asked again ever seldomer, told to people when it goes on, over by an answer", async () => {
  const parcel = await shop.ship();
  shop.state.isRefusing = true;
  const looks: { pause: number; isTold: boolean }[] = [];
  while (looks.length < 6) {
    await trackShipments(shop.app);
    const { next, shipment } = await shop.stateOf(parcel);
    const pauseMs = (next as Date).getTime() - shop.app.clock.now().getTime();
    expect(shipment).toBe("PACKED");
    const isTold = (await shop.openAlerts()).some(({ kind }) => kind === "TRACKING_REFUSED");
    looks.push({ pause: pauseMs / MINUTE_MS, isTold });
    shop.move(pauseMs - MINUTE_MS);
    expect(await trackShipments(shop.app)).toBe(0);
    shop.move(MINUTE_MS);
  }
  expect(looks.map(({ pause }) => pause)).toEqual([60, 120, 240, 480, 480, 480]);
  expect(looks.map(({ isTold }) => isTold)).toEqual([false, false, false, false, false, true]);
  shop.state.isRefusing = false;
  await trackShipments(shop.app);
  expect(await shop.openAlerts()).toEqual([]);
  expect(await shop.breaches()).toEqual([]);
});

test("staff who asks is told that the company refuses, and the parcel is not asked about at once again", async () => {
  const parcel = await shop.ship();
  shop.state.isRefusing = true;
  const staff = { role: "STAFF", userId: (await addCustomer(shop.db, "Staf")) as UserId } as const;
  await expect(checkParcel(shop.app, staff, parcel.shipmentId)).rejects.toMatchObject({ code: "GATEWAY_REJECTED" });
  shop.move(30 * MINUTE_MS);
  expect(await trackShipments(shop.app)).toBe(0);
  shop.state.isRefusing = false;
  expect(await checkParcel(shop.app, staff, parcel.shipmentId)).toBe(parcel.order.orderId);
});
