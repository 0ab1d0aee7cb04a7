import { describe, expect, test } from "vitest";
import { flagAfter, ORDER_EVENTS_OF, withPickup, wordsAfter } from "../../../domain/fulfilment/news.rules.ts";
import { type OrderStatus, orderStates } from "../../../domain/order/order.states.ts";
import type { ParcelEvent, ParcelFlag, ParcelNews } from "../../../domain/shipping/courierGateway.ts";
import { type ShipmentStatus, shipmentStates } from "../../../domain/shipping/shipment.states.ts";

interface End {
  readonly shipment: ShipmentStatus;
  readonly order: OrderStatus;
  readonly opensCase: boolean;
}

/** Where a parcel and its order end by these words, by the tables alone. */
function end(events: readonly ParcelEvent[], order: OrderStatus = "PROCESSING"): End {
  let [shipment, follower, opensCase]: [ShipmentStatus, OrderStatus, boolean] = ["BOOKED", order, false];
  for (const event of events) {
    const verdict = shipmentStates.verdict(shipment, event);
    opensCase ||= verdict.opensCase;
    shipment = verdict.next;
    if (verdict.kind !== "moved") continue;
    for (const step of shipment === "CANCELLED" ? (["bookingGone"] as const) : ORDER_EVENTS_OF[shipment]) {
      const followed = orderStates.verdict(follower, step);
      opensCase ||= followed.opensCase || followed.kind === "never";
      follower = followed.next;
    }
  }
  return { shipment, order: follower, opensCase };
}

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length < 2) {
    yield [...items];
    return;
  }
  for (const [at, first] of items.entries()) {
    for (const rest of permutations(items.toSpliced(at, 1))) yield [first, ...rest];
  }
}

/** Every order of arrival, and each of them with every word told a second time at the end and in between. */
const arrivals = (events: readonly ParcelEvent[]): ParcelEvent[][] =>
  [...permutations(events)].flatMap((order) => [
    order,
    [...order, ...order],
    order.flatMap((event, at) => [event, ...order.slice(0, at + 1)]),
  ]);

const ON_THE_WAY = ["stored", "pickupArranged", "moving", "problem", "unknownWord"] as const;

describe("whatever order a courier's words arrive in, and however often", () => {
  test.each([
    ["a parcel that arrived", [...ON_THE_WAY, "delivered"], "DELIVERED", "COMPLETED"],
    ["one that came back", [...ON_THE_WAY, "returning", "returned"], "RETURNED", "RETURNED"],
    ["one that is on its way back", [...ON_THE_WAY, "returning"], "RETURNING", "SHIPPED"],
    ["one that is lost", [...ON_THE_WAY, "lost"], "LOST", "SHIPPED"],
    ["one that is lost on its way back", [...ON_THE_WAY, "returning", "lost"], "LOST", "SHIPPED"],
    ["one that is on its way", ON_THE_WAY, "TRANSIT", "SHIPPED"],
    ["one that nobody has fetched", ["stored", "pickupArranged", "unknownWord"], "PACKED", "PROCESSING"],
  ] as const)("%s ends in one state", (_, events, shipment, order) => {
    const ends = arrivals(events).map((arrival) => end(arrival));
    const others = ends.filter((one) => one.shipment !== shipment || one.order !== order);
    expect(others).toEqual([]);
  });

  test.each([
    ["stored", "cancelled", "CANCELLED", "PAID"],
    ["pickupArranged", "cancelled", "CANCELLED", "PAID"],
  ] as const)("a booking that is given up after %s is free to be booked again", (before, after, shipment, order) => {
    for (const arrival of arrivals([before, after])) expect(end(arrival)).toMatchObject({ shipment, order });
    expect(end([before, after], "CANCEL_REQUESTED")).toMatchObject({ shipment, order: "CANCELLED" });
  });

  test.each([
    ["delivered", "returned"],
    ["delivered", "lost"],
    ["delivered", "returning"],
    ["moving", "cancelled"],
  ] as const)("words that cannot both be true, %s and %s, are for a person", (one, other) => {
    const ends = arrivals(["stored", one, other]).map((arrival) => end(arrival));
    const first = ends[0] as End;
    const differ = ends.filter((each) => each.shipment !== first.shipment || each.order !== first.order);
    for (const each of differ) expect(each.opensCase).toBe(true);
    if (differ.length > 0) expect(first.opensCase).toBe(true);
  });
});

const word = (event: ParcelEvent, flag: ParcelFlag | null = null, words: string = event): ParcelNews => ({
  event,
  flag,
  words,
});

describe("what is shown of a parcel besides", () => {
  test("is the latest known word, and a word that nobody knows changes nothing", () => {
    expect(wordsAfter([word("moving", null, "Dikirim"), word("problem", "problem", "Problem")], "x")).toBe("Problem");
    expect(wordsAfter([word("moving", null, "Dikirim"), word("unknownWord", null, "Zzz")], "x")).toBe("Dikirim");
    expect(wordsAfter([word("unknownWord", null, "Zzz")], "x")).toBe("x");
    expect(flagAfter("TRANSIT", [word("unknownWord")], "problem")).toBe("problem");
    expect(flagAfter("TRANSIT", [word("moving"), word("moving", "outForDelivery")], "problem")).toBe("outForDelivery");
    expect(flagAfter("TRANSIT", [word("moving")], "problem")).toBeNull();
    expect(flagAfter("DELIVERED", [word("delivered")], "problem")).toBeNull();
  });

  test("a booking with a waybill number has its pickup, whatever became of the answer", () => {
    expect(withPickup(word("stored"), "JP1").event).toBe("pickupArranged");
    expect(withPickup(word("stored"), null).event).toBe("stored");
    expect(withPickup(word("moving"), "JP1").event).toBe("moving");
  });
});
