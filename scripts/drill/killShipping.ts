import { type Asker, cancelOrder, Refused, until } from "./killClient.ts";
import { letCallsEnd } from "./killStage.ts";
import {
  becomes,
  boughtBy,
  buy,
  each,
  eachOf,
  type Flow,
  type Person,
  payOnPage,
  type Scene,
  staffOf,
} from "./killSteps.ts";

const CREATE = "mutation C($id: ID!) { createShipment(orderId: $id) { id } }";
const CONFIRM = "mutation C($input: ConfirmBookingInput!) { confirmBooking(input: $input) { id } }";
const PRINT = "mutation P($ids: [ID!]!) { printLabels(orderIds: $ids) { url } }";

interface Parcel {
  readonly id: string;
  readonly status: string;
  readonly orderNumber: string;
}

async function parcelOf({ stage }: Scene, person: Person): Promise<Parcel | undefined> {
  const [row] = await stage.sql<Parcel>(
    `select h.id, h.status, o.number as "orderNumber" from orders o join shipments h on h.order_id = o.id
      where o.id = $1 and h.status <> 'CANCELLED'`,
    [boughtBy(person).orderId],
  );
  return row;
}

interface AtCompany {
  readonly shipments: readonly {
    readonly order_no: string;
    readonly order_status: string;
    readonly request: { readonly notes: string };
  }[];
}

/** The bookings that the company has of an order, as a person finds them on its pages. */
async function bookingsOf({ stage }: Scene, orderNumber: string): Promise<AtCompany["shipments"]> {
  const { shipments } = await stage.control<AtCompany>("GET", "shipments?limit=1000");
  return shipments.filter(({ request }) => request.notes.includes(orderNumber));
}

/** Staff looks at the company's own list where nobody knows whether it booked. */
async function confirm(scene: Scene, staff: Asker, parcel: Parcel): Promise<void> {
  const [found] = await bookingsOf(scene, parcel.orderNumber);
  const input = { shipmentId: parcel.id, bookingNo: found?.order_no ?? null, note: "looked at the company's list" };
  await staff.ask("confirmBooking", CONFIRM, { input }).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error; // the answer came after all
  });
}

const packed = (scene: Scene, staff: Asker, person: Person): Promise<unknown> =>
  until("a parcel with its waybill", async () => {
    const parcel = await parcelOf(scene, person);
    if (parcel?.status === "UNKNOWN") await confirm(scene, staff, parcel);
    return parcel?.status === "PACKED";
  });

/** Everybody has bought and paid, and the hold of his method is over. */
export async function payParcels(scene: Scene): Promise<void> {
  await each(scene, async (person) => {
    await buy(person);
    await payOnPage(person);
    await becomes(scene, person, "PAID");
    // The hold of a method whose money may go again is over.
    await scene.stage.sql(`update payments set paid_at = paid_at - interval '1 hour' where id = $1`, [
      boughtBy(person).paymentId,
    ]);
    await scene.stage.sql(
      `update payment_transactions set settled_at = settled_at - interval '1 hour' where payment_id = $1`,
      [boughtBy(person).paymentId],
    );
  });
}

/** Staff books everybody's parcel, until it has its waybill. */
export async function bookParcels(scene: Scene): Promise<void> {
  const staff = await staffOf(scene);
  await each(scene, async (person) => {
    await staff.ask("createShipment", CREATE, { id: boughtBy(person).orderId });
    await packed(scene, staff, person);
  });
}

/** One booking at the company for each order, and the shop knows it by its number. */
async function checkBookings(scene: Scene, order: string, living: number): Promise<string[]> {
  const broken: string[] = [];
  for (const person of scene.people) {
    const [row] = await scene.stage.sql<{ number: string; status: string; bookings: string[]; owed: number }>(
      `select o.number, o.status,
              array(select h.booking_no from shipments h
                     where h.order_id = o.id and h.booking_no is not null) as bookings,
              (select count(*)::integer from refunds r where r.order_id = o.id) as owed
         from orders o where o.id = $1`,
      [boughtBy(person).orderId],
    );
    if (!row) continue;
    const there = (await bookingsOf(scene, row.number)).filter(({ order_status }) => order_status !== "Batal");
    if (row.status !== order) broken.push(`order ${row.number} is ${row.status}, not ${order}`);
    if (there.length !== living) broken.push(`${there.length} bookings of ${row.number} live at the company`);
    if (there.some(({ order_no }) => !row.bookings.includes(order_no))) broken.push(`a booking is not ours`);
    if (row.owed !== (order === "CANCELLED" ? 1 : 0)) broken.push(`${row.owed} refunds of ${row.number}`);
  }
  return broken;
}

/** Staff books, the worker does what follows, until every parcel has its waybill. */
export const booking: Flow = {
  victim: "worker",
  part: "shipping",
  passings: eachOf,
  prepare: payParcels,
  act: bookParcels,
  ending: null,
  isSold: true,
  onDeath: ({ stage }) => letCallsEnd(stage),
  check: (scene) => checkBookings(scene, "PROCESSING", 1),
};
export const askingForBooking: Flow = { ...booking, victim: "api" };

export const printing: Flow = {
  ...askingForBooking,
  prepare: async (scene) => {
    await payParcels(scene);
    await bookParcels(scene);
  },
  act: async (scene) => {
    const staff = await staffOf(scene);
    await each(scene, async (person) => {
      type Answer = { printLabels: { url: string } };
      const { printLabels } = await staff.ask<Answer>("printLabels", PRINT, { ids: [boughtBy(person).orderId] });
      const pdf = await person.client.fetch("the labels", printLabels.url);
      if (pdf.subarray(0, 5).toString("latin1") !== "%PDF-") throw new Error("the labels are no PDF");
    });
  },
};

/** Customers cancel what is booked already: the courier is asked, and the goods and the money go back. */
export const cancellingBooking: Flow = {
  ...booking,
  prepare: async (scene) => {
    await payParcels(scene);
    await bookParcels(scene);
  },
  act: async (scene) => {
    await each(scene, (person) => cancelOrder(person.client, boughtBy(person).orderId));
    await each(scene, (person) =>
      until("the order cancelled", async () => {
        const [row] = await scene.stage.sql<{ status: string }>("select status from orders where id = $1", [
          boughtBy(person).orderId,
        ]);
        return row?.status === "CANCELLED";
      }),
    );
  },
  isSold: false,
  check: (scene) => checkBookings(scene, "CANCELLED", 0),
};
