import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Messages } from "../messages.ts";
import { courierService } from "../shipping/couriers.rules.ts";
import { type ParcelNotice, readParcelNotice } from "./notice.queries.ts";
import { storeNotice } from "./storeNotice.ts";
import type { TemplateName } from "./templates.rules.ts";

type Event = Messages["shipment.changed"]["event"];

const TEMPLATE_OF = {
  shipped: "parcelShipped",
  delivered: "parcelDelivered",
  problem: "parcelProblem",
  returned: "parcelReturned",
  cancelRefused: "cancelRefused",
} as const satisfies Record<Event, TemplateName>;

const rowsOf = ({ courier, service, airwayBill }: ParcelNotice) => [
  { label: "Kurir", value: courierService(courier, service)?.label ?? `${courier} ${service}`.toUpperCase() },
  { label: "Nomor resi", value: airwayBill ?? "menyusul" },
];

/**
 * Handler of shipment.changed: tells the customer that the parcel left, arrived, could not be handed over, came back,
 * or was too far on its way to be cancelled, with courier and waybill number.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one. A parcel
 * that is in trouble again and again is told once.
 */
export async function noticeShipment(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { shipmentId, event }: Messages["shipment.changed"],
): Promise<void> {
  const news = await readParcelNotice(app.db, shipmentId);
  if (!news) throw new Error(`no shipment ${shipmentId}`);
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `shipment.${event}:${shipmentId}`,
        template: TEMPLATE_OF[event],
        userId: news.userId,
        recipient: news.email,
        values: { number: news.number, name: news.name },
        rows: rowsOf(news),
        url: `${app.settings.publicUrl}/orders/${news.orderId}`,
      },
    ),
  );
}
