import { askAsStaff, askSandbox, askShop, insist, type Scene } from "./scene.ts";
import { isToBeAskedAgain, move } from "./shopper.ts";
import { type AfterBuying, buying, type Story } from "./story.ts";
import { isBroken, type ShopperBook } from "./told.ts";

const CREATE = "mutation Drill($id: ID!) { createShipment(orderId: $id) { id } }";
const FIND_BOOKING = "mutation Drill($input: ConfirmBookingInput!) { confirmBooking(input: $input) { id } }";
const RECEIVED = "mutation Drill($id: ID!) { confirmReceipt(orderId: $id) { id status } }";
const SEEN = `query Drill($id: ID!) {
  order(id: $id) { number status shipment { id status booking { bookingNo } } }
}`;

interface OrderSeen {
  readonly number: string;
  readonly status: string;
  readonly shipment: {
    readonly id: string;
    readonly status: string;
    readonly booking: { readonly bookingNo: string | null } | null;
  } | null;
}

async function lookAt(scene: Scene, orderId: string): Promise<OrderSeen | null> {
  const { data } = await askAsStaff<{ order: OrderSeen | null }>(scene, { query: SEEN, variables: { id: orderId } });
  return data?.order ?? null;
}

interface Listed {
  readonly shipments: readonly { readonly order_no: string; readonly request: { readonly notes?: string } }[];
}

/** Nobody knows whether it was booked: staff looks at the company's own list. */
async function findBooking(scene: Scene, seen: OrderSeen): Promise<void> {
  const { code, data } = await askSandbox<Listed>(scene, "GET", "shipments?limit=1000");
  if (code !== "OK" || !data) return;
  const found = data.shipments.find(({ request }) => request.notes?.includes(seen.number));
  const input = {
    shipmentId: seen.shipment?.id,
    bookingNo: found?.order_no ?? null,
    note: "read on the company's list",
  };
  await askAsStaff(scene, { query: FIND_BOOKING, variables: { input } });
}

/** Staff books the courier until the parcel has its waybill. @returns the booking's number; null: it came to nothing */
const send = (scene: Scene, orderId: string): Promise<string | null> =>
  insist(scene, async () => {
    const seen = await lookAt(scene, orderId);
    if (!seen) return null;
    const { shipment } = seen;
    if (!shipment || shipment.status === "CANCELLED") {
      await askAsStaff(scene, { query: CREATE, variables: { id: orderId } });
      return null;
    }
    if (shipment.status === "UNKNOWN") await findBooking(scene, seen);
    return shipment.status === "BOOKING" || shipment.status === "BOOKED" || shipment.status === "UNKNOWN"
      ? null
      : (shipment.booking?.bookingNo ?? null);
  });

/** The courier does something with the parcel. @returns false where he no longer can */
export async function moves(scene: Scene, bookingNo: string, status: string, notify = true): Promise<boolean> {
  const done = await insist(scene, async () => {
    const { code } = await askSandbox(scene, "POST", `shipments/${bookingNo}`, { status, notify, hold: true });
    return isBroken(code) ? null : code;
  });
  return done === "OK";
}

/** Waits until the order is in a status. @returns null: it is not, for long */
export const becomes = (scene: Scene, orderId: string, status: string): Promise<OrderSeen | null> =>
  insist(scene, async () => {
    const seen = await lookAt(scene, orderId);
    return seen?.status === status ? seen : null;
  });

/** What happens with a parcel once it is booked. */
export type Journey = (scene: Scene, book: ShopperBook, orderId: string, bookingNo: string) => Promise<unknown>;

/** Money that stays: the booking waits for no hold. */
const METHOD = "QRIS";

/** Somebody buys and pays, staff sends the first of his orders, and the parcel has a journey. */
export const sent = (journey: Journey): Story["play"] => {
  const then: AfterBuying = async (scene, book, way, checkout) => {
    await move(scene, book, way, { transaction_status: "settlement" });
    const [orderId] = checkout.orderIds;
    if (!orderId || (await lookAt(scene, orderId))?.status !== "PAID") return;
    const bookingNo = await send(scene, orderId);
    if (bookingNo) await journey(scene, book, orderId, bookingNo);
  };
  return buying(METHOD, then);
};

const arrives: Journey = async (scene, _book, orderId, no) => {
  await moves(scene, no, "DIKIRIM");
  await moves(scene, no, "DELIVERED");
  await becomes(scene, orderId, "COMPLETED");
};

const arrivesUnheard: Journey = async (scene, _book, orderId, no) => {
  await moves(scene, no, "DELIVERED", false);
  await becomes(scene, orderId, "COMPLETED");
};

const isConfirmed: Journey = async (scene, book, orderId, no) => {
  await moves(scene, no, "DIKIRIM");
  if (!(await becomes(scene, orderId, "SHIPPED"))) return;
  await insist(scene, async () => {
    const { code } = await askShop(scene, "look", book.userId, { query: RECEIVED, variables: { id: orderId } });
    return isToBeAskedAgain(code) ? null : code;
  });
};

const comesBack: Journey = async (scene, _book, orderId, no) => {
  await moves(scene, no, "DIKIRIM");
  await moves(scene, no, "RETUR");
  await moves(scene, no, "RETURN DONE");
  await becomes(scene, orderId, "RETURNED");
};

const isLost: Journey = async (scene, _book, orderId, no) => {
  await moves(scene, no, "DIKIRIM");
  await moves(scene, no, "HILANG");
  await becomes(scene, orderId, "SHIPPED");
};

/** The company gives the booking up; staff books another, which arrives. */
const isGivenUp: Journey = async (scene, book, orderId, no) => {
  if (!(await moves(scene, no, "BATAL"))) return;
  if (!(await becomes(scene, orderId, "PAID"))) return;
  const again = await send(scene, orderId);
  if (again && again !== no) await arrives(scene, book, orderId, again);
};

/** Strangers and the company itself call again and again, and say what is not so. */
const isShoutedAbout: Journey = async (scene, _book, orderId, no) => {
  await moves(scene, no, "DIKIRIM");
  for (const status of ["Diterima", "Batal", "Hilang"]) {
    await askSandbox(scene, "POST", `shipments/${no}/notify`, { status, copies: 50 });
  }
  await becomes(scene, orderId, "SHIPPED");
};

/** What becomes of parcels. */
export const PARCEL_STORIES: readonly Story[] = [
  { name: "is sent his parcel, and it arrives", weight: 5, play: sent(arrives) },
  { name: "is sent his parcel, and nobody calls", weight: 3, play: sent(arrivesUnheard) },
  { name: "says that his parcel is there", weight: 2, play: sent(isConfirmed) },
  { name: "is sent a parcel that comes back", weight: 2, play: sent(comesBack) },
  { name: "is sent a parcel that is lost", weight: 1, play: sent(isLost) },
  { name: "is sent a parcel that the courier gives up", weight: 2, play: sent(isGivenUp) },
  { name: "is sent a parcel that everybody calls about", weight: 2, play: sent(isShoutedAbout) },
];
