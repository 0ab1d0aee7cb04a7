import { afterAll, beforeAll, expect, test } from "vitest";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import { createChance } from "../../../scripts/drill/chance.ts";
import { openParcelShop, type ParcelShop, scanned } from "../../support/parcels.ts";

let shop: ParcelShop;
beforeAll(async () => {
  shop = await openParcelShop();
});
afterAll(async () => {
  await shop?.drop();
});

/** How many orders of arrival each story is told in; a drill takes more than a test run. */
const SEEDS = Number(process.env["ARRIVAL_SEEDS"] ?? "4");

/** Words of both APIs that can all be true of one parcel, and where it ends. */
const STORIES = [
  {
    name: "a parcel that arrives after a failed attempt",
    words: ["Diajukan", "Dipacking", "Dijemput", "MANIFESTED", "ON TRANSIT", "OUT FOR DELIVERY", "UNDELIVERED", "POD"],
    end: { shipment: "DELIVERED", order: "COMPLETED" },
    told: ["delivered"],
  },
  {
    name: "a parcel that comes back",
    words: ["Dipacking", "Dikirim", "DELIVERY FAILED", "CUSTOMER NOT AT HOME", "RETUR", "RTS", "RETURN DONE"],
    end: { shipment: "RETURNED", order: "RETURNED" },
    told: ["returned"],
  },
  {
    name: "a parcel that is lost",
    words: ["Dipacking", "PICKED UP", "DEPARTED", "SORTING", "Belum jelas", "HILANG"],
    end: { shipment: "LOST", order: "SHIPPED" },
    told: [],
  },
] as const;

const cases = STORIES.flatMap((story) =>
  Array.from({ length: SEEDS }, (_, seed) => ({ ...story, seed: seed + 1, label: `${story.name}, seed ${seed + 1}` })),
);

test.each(cases)("$label: ends in one state whatever order its words arrive in", async ({ words, end, told, seed }) => {
  const chance = createChance(seed);
  // Every word once, some of them again, in any order.
  const arrivals = [...words, ...words.filter(() => chance.next() < 0.5)]
    .map((word) => ({ word, at: chance.next() }))
    .sort((a, b) => a.at - b.at);
  const parcel = await shop.ship();
  const lines = words.map((word, minute) => scanned(minute, word));
  for (const [at, { word }] of arrivals.entries()) {
    parcel.parcel.words = word;
    // The history is told in pieces, out of order, and again and again.
    parcel.parcel.history = chance.pick(arrivals.slice(0, at + 1)).word;
    parcel.parcel.scans = lines.filter(() => chance.next() < 0.7);
    await shop.rows(
      "update shipments set next_check_at = $2, claimed_until = null where id = $1",
      ...[parcel.shipmentId, shop.app.clock.now()],
    );
    await trackShipments(shop.app);
  }
  expect(await shop.stateOf(parcel)).toMatchObject(end);
  const steps = (await shop.steps(parcel)).map(({ to }) => to);
  expect(new Set(steps).size).toBe(steps.length);
  const events = (await shop.messages("shipment.changed"))
    .filter(({ payload }) => payload["shipmentId"] === parcel.shipmentId)
    .map(({ payload }) => payload["event"]);
  for (const event of told) expect(events.filter((each) => each === event)).toHaveLength(1);
  const doubled = await shop.rows(
    "select digest from shipment_events where shipment_id = $1 group by digest having count(*) > 1",
    parcel.shipmentId,
  );
  expect(doubled).toEqual([]);
  expect(await shop.breaches()).toEqual([]);
});
