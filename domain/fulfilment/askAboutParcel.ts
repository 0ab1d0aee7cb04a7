import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import type { ParcelHistory, ParcelNews, ParcelScan } from "../shipping/courierGateway.ts";
import { takeQuota } from "../shipping/takeQuota.ts";
import type { ClaimedShipment } from "./claimShipments.ts";
import { besideBooking, wayBackOf, withPickup } from "./news.rules.ts";

/** What a company said of one parcel. */
export interface Answer {
  readonly source: "KOMERCE" | "RAJAONGKIR";
  /** Each status that was given, the finest last; none where a fresh waybill is not known yet. */
  readonly words: readonly ParcelNews[];
  readonly scans: readonly ParcelScan[];
  /** null: there is none yet. */
  readonly airwayBill: string | null;
  /** True where the company does not know our booking: it was stored, so that must not be. */
  readonly isMissing: boolean;
}

/** The day's calls are used up: nobody was asked, and asking again is of no use before tomorrow. */
export const NO_QUOTA = "noQuota";

const nothing = { words: [], scans: [], airwayBill: null, isMissing: false } as const;
const wordsOf = (history: ParcelHistory | null): readonly ParcelNews[] => (history ? [history.news] : []);

/** The status of the booking says what matters: without the courier's own lines the parcel is followed all the same. */
async function historyIfAny(app: Pick<App, "couriers" | "log">, parcel: { shipping: string; airwayBill: string }) {
  try {
    return await app.couriers.history(parcel);
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    app.log.warn({ err: error }, "a parcel's history was not to be had; its booking's status was");
    return null;
  }
}

async function askAboutBooking(app: Pick<App, "couriers" | "log">, shipment: ClaimedShipment, bookingNo: string) {
  const booking = await app.couriers.readBooking(bookingNo);
  if (!booking) return { ...nothing, source: "KOMERCE", isMissing: true } as const;
  killPoint("tracking.booking-read");
  const airwayBill = booking.airwayBill ?? shipment.airwayBill;
  const history = airwayBill ? await historyIfAny(app, { shipping: shipment.shipping, airwayBill }) : null;
  return {
    source: "KOMERCE",
    words: [
      ...wayBackOf(booking.news, history?.events ?? []),
      withPickup(booking.news, airwayBill),
      ...wordsOf(history).map((word) => besideBooking(word, booking.news)),
    ],
    scans: history?.events ?? [],
    airwayBill,
    isMissing: false,
  } as const;
}

type WaybillApp = Pick<App, "db" | "clock" | "ids" | "sealer" | "settings" | "shipping">;

async function askAboutWaybill(app: WaybillApp, shipment: ClaimedShipment, airwayBill: string) {
  let isUsedUp = false;
  // All of the day's calls, the share that quotes leave among them.
  const mayAsk = async () => {
    const taken = await takeQuota(app, "tracking");
    isUsedUp ||= !taken;
    return taken;
  };
  const phoneSuffix = app.sealer.open(shipment.phoneSuffixSealed, "shipments.phone_suffix");
  try {
    const history = await app.shipping.waybill({ courier: shipment.courier, airwayBill, phoneSuffix }, mayAsk);
    const scans = history?.events ?? [];
    return { source: "RAJAONGKIR", words: wordsOf(history), scans, airwayBill, isMissing: false } as const;
  } catch (error) {
    if (isUsedUp) return NO_QUOTA;
    throw error;
  }
}

/**
 * Asks what is true of a claimed parcel. What we booked is asked for where it was booked, which costs nothing of the
 * day's quota of the rate API; a foreign waybill is asked for there, within that quota.
 *
 * @throws GatewayUnavailable when the company cannot say; nothing has changed
 */
export async function askAboutParcel(
  app: WaybillApp & Pick<App, "couriers" | "log">,
  shipment: ClaimedShipment,
): Promise<Answer | typeof NO_QUOTA> {
  const { bookingNo, airwayBill } = shipment;
  if (bookingNo !== null) return askAboutBooking(app, shipment, bookingNo);
  if (airwayBill !== null) return askAboutWaybill(app, shipment, airwayBill);
  return { ...nothing, source: "KOMERCE" };
}
