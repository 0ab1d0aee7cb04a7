import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { receiveCourierNews } from "../../../domain/fulfilment/receiveCourierNews.ts";
import type { Bought, LiveShop } from "../../support/liveShop.ts";

const HOUR_MS = 3_600_000;

export interface Line {
  readonly orderId: string;
  readonly itemId: string;
  /** Of the order, whole rupiah. */
  readonly total: number;
}

/** The lines of a checkout, by their orders. */
export const linesOf = (shop: LiveShop, bought: Pick<Bought, "sessionId">): Promise<Line[]> =>
  shop.app.db.sql<Line>(
    `select o.id as order_id, i.id as item_id, o.total from orders o join order_items i on i.order_id = o.id
      where o.session_id = $1 order by o.id, i.id`,
    [bought.sessionId],
  );
export const lineOf = async (shop: LiveShop, bought: Pick<Bought, "sessionId">): Promise<Line> =>
  (await linesOf(shop, bought))[0] as Line;

/** Books the courier of a paid order: its number at the courier company. */
export async function book(shop: LiveShop, orderId: string): Promise<string> {
  await createShipment(shop.app, await shop.addStaff(), { orderId });
  await shop.drain();
  const { bookingNo } = await shop.one<{ bookingNo: string }>(
    "select booking_no from shipments where order_id = $1 order by created_at desc limit 1",
    orderId,
  );
  return bookingNo;
}

/** Moves a parcel at the courier company; the shop does not know of it yet. */
export async function parcelMoves(shop: LiveShop, bookingNo: string, status: string): Promise<void> {
  const body = JSON.stringify({ status });
  const answer = await fetch(`${shop.sandbox.url}/sandbox/shipments/${bookingNo}`, { method: "POST", body });
  if (!answer.ok) throw new Error(await answer.text());
}

/** The shop hears of a parcel and looks. */
export async function parcelIsTold(shop: LiveShop, bookingNo: string): Promise<void> {
  shop.advance(HOUR_MS);
  await receiveCourierNews(shop.app, { bookingNo, airwayBill: null });
  await shop.drain();
}

/** Books a paid order and has its parcel delivered. */
export async function deliver(shop: LiveShop, bought: Pick<Bought, "sessionId">): Promise<void> {
  const bookingNo = await book(shop, (await lineOf(shop, bought)).orderId);
  for (const status of ["Dijemput", "DELIVERED"]) {
    await parcelMoves(shop, bookingNo, status);
    await parcelIsTold(shop, bookingNo);
  }
}
