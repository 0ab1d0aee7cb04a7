import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkParcel } from "../../../domain/fulfilment/checkParcel.ts";
import { claimShipments } from "../../../domain/fulfilment/claimShipments.ts";
import { readShipmentsOf } from "../../../domain/fulfilment/shipment.queries.ts";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { OrderId, UserId } from "../../../domain/kernel/ids.ts";
import { MINUTE_MS } from "../../../domain/kernel/time.ts";
import { openParcelShop, type ParcelShop } from "../../support/parcels.ts";
import { addCustomer, ids } from "../../support/shopRows.ts";

const LEASE_MS = 3 * MINUTE_MS;

let shop: ParcelShop;
let staff: Actor;
beforeEach(async () => {
  shop = await openParcelShop();
  staff = { role: "STAFF", userId: (await addCustomer(shop.db, "Staf")) as UserId };
});
afterEach(() => shop?.drop());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "OK",
    (error: { code?: string; name: string }) => error.code ?? error.name,
  );
const shown = async (orderId: string) => (await readShipmentsOf(shop.db, [orderId as OrderId]))[0];

describe("staff asks about a parcel", () => {
  test("and sees what the courier says now, although the next look is hours away", async () => {
    const parcel = await shop.ship();
    await trackShipments(shop.app);
    parcel.parcel.words = "Dikirim";
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "PACKED", order: "PROCESSING" });
    expect(await checkParcel(shop.app, staff, parcel.shipmentId)).toBe(parcel.order.orderId);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "TRANSIT", order: "SHIPPED" });
    expect((await shown(parcel.order.orderId))?.nextCheckAt?.getTime()).toBeGreaterThan(shop.app.clock.now().getTime());
    const audited = await shop.rows("select actor_id from audit_logs where entity_id = $1", parcel.shipmentId);
    expect(audited).toEqual([{ actorId: staff.userId }]);
    expect(await shop.breaches()).toEqual([]);
  });

  test("twice at once and one look is made, or each says what it found", async () => {
    const parcel = await shop.ship({ words: "Dikirim" });
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(checkParcel(shop.app, staff, parcel.shipmentId))));
    expect(codes.filter((code) => code !== "OK" && code !== "IN_PROGRESS")).toEqual([]);
    expect(codes).toContain("OK");
    expect(await shop.steps(parcel)).toHaveLength(1);
  });

  test("that was given up, and it is followed again", async () => {
    const parcel = await shop.ship();
    await shop.rows("update shipments set next_check_at = null where id = $1", parcel.shipmentId);
    parcel.parcel.words = "Diterima";
    await checkParcel(shop.app, staff, parcel.shipmentId);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
  });

  test("that another looks at, and is told so", async () => {
    const parcel = await shop.ship();
    await claimShipments(shop.app, 1, parcel.shipmentId);
    expect(await codeOf(checkParcel(shop.app, staff, parcel.shipmentId))).toBe("IN_PROGRESS");
  });

  test("while the company is away, and the parcel stays due", async () => {
    const parcel = await shop.ship({ words: "Dikirim" });
    shop.state.isAway = true;
    expect(await codeOf(checkParcel(shop.app, staff, parcel.shipmentId))).toBe("GatewayUnavailable");
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "PACKED" });
    shop.state.isAway = false;
    shop.move(LEASE_MS);
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "TRANSIT" });
  });

  test("that is over, is none, or is not a customer's to ask about, and is refused", async () => {
    const parcel = await shop.ship({ words: "Diterima" });
    await trackShipments(shop.app);
    const customer: Actor = { role: "CUSTOMER", userId: shop.userId as UserId };
    const codes = [
      await codeOf(checkParcel(shop.app, staff, parcel.shipmentId)),
      await codeOf(checkParcel(shop.app, staff, ids.next())),
      await codeOf(checkParcel(shop.app, staff, "no-id")),
      await codeOf(checkParcel(shop.app, customer, parcel.shipmentId)),
    ];
    expect(codes).toEqual(["ILLEGAL_TRANSITION", "NOT_FOUND", "NOT_FOUND", "FORBIDDEN"]);
  });
});

test("a parcel that came back leads to its case, until that is decided", async () => {
  const parcel = await shop.ship({ words: "Return Done" });
  await trackShipments(shop.app);
  const [found] = await shop.rows<{ id: string }>("select id from money_cases where kind = 'RETURNED'");
  expect(await shown(parcel.order.orderId)).toMatchObject({ status: "RETURNED", caseId: found?.id });
  await shop.rows("update money_cases set resolved_at = now() where id = $1", found?.id);
  expect(await shown(parcel.order.orderId)).toMatchObject({ caseId: null });
});
