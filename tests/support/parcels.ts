import type { App } from "../../domain/app.ts";
import { createOrderEffects } from "../../domain/checkout/orderEffects.ts";
import { trackShipments } from "../../domain/fulfilment/trackShipments.ts";
import { GatewayRefused, GatewayUnavailable } from "../../domain/kernel/errors.ts";
import type { ShipmentId } from "../../domain/kernel/ids.ts";
import { MINUTE_MS } from "../../domain/kernel/time.ts";
import { runAudit } from "../../domain/report/runAudit.ts";
import type { ParcelHistory, ParcelScan } from "../../domain/shipping/courierGateway.ts";
import { readWord } from "../../gateways/courierWords.ts";
import { type Db, inTransaction } from "../../platform/db.ts";
import { createLog } from "../../platform/log.ts";
import { createSealer, parseDataKeys } from "../../platform/secrets.ts";
import { addCustomer, addOrder, addStore, ids, NOW, type OrderRow, openTestShop, payOrder } from "./shopRows.ts";

/** TRACKING_INTERVAL of these shops. */
export const INTERVAL_MS = 30 * MINUTE_MS;

/** What the company says of one booking. */
export interface Parcel {
  /** The booking's own status. */
  words: string;
  airwayBill: string | null;
  /** The courier's last status; null: it does not know the waybill yet. */
  history: string | null;
  scans: ParcelScan[];
}

/** A parcel that was booked here, under the order that it belongs to. */
export interface Shipped {
  readonly shipmentId: ShipmentId;
  readonly bookingNo: string;
  readonly order: OrderRow;
  readonly parcel: Parcel;
}

export const scanned = (minute: number, words: string): ParcelScan => ({
  at: new Date(NOW.getTime() + minute * MINUTE_MS),
  news: readWord(words),
  description: `${words} ${minute}`,
  location: "JAKARTA",
  code: "TP1",
});

/** The company, as far as tracking asks it: it says what a test tells it to. */
function scriptedCouriers() {
  const parcels = new Map<string, Parcel>();
  const asked: string[] = [];
  const state = { isAway: false, isRefusing: false, isHistoryAway: false, beforeAnswer: async () => {} };
  const away = () => new GatewayUnavailable("komerce", "no answer", "unknown");
  const historyOf = (parcel: Parcel | undefined): ParcelHistory | null =>
    parcel?.history ? { news: readWord(parcel.history), events: parcel.scans } : null;
  const never = async (): Promise<never> => {
    throw new Error("tracking books nothing");
  };
  const couriers: App["couriers"] = {
    bookingRates: never,
    storeBooking: never,
    requestPickup: never,
    cancelBooking: never,
    label: never,
    async readBooking(bookingNo) {
      asked.push(bookingNo);
      await state.beforeAnswer();
      if (state.isAway) throw away();
      if (state.isRefusing) throw new GatewayRefused("komerce", "Komerce: 422: refused", "none");
      const parcel = parcels.get(bookingNo);
      return parcel ? { orderNumber: null, airwayBill: parcel.airwayBill, news: readWord(parcel.words) } : null;
    },
    async history({ airwayBill }) {
      if (state.isHistoryAway) throw away();
      return historyOf([...parcels.values()].find((parcel) => parcel.airwayBill === airwayBill));
    },
  };
  const shipping = {
    async waybill({ airwayBill }: { airwayBill: string }, mayAsk: () => Promise<boolean>) {
      if (!(await mayAsk())) throw new GatewayUnavailable("rajaongkir", "not sent", "none");
      asked.push(airwayBill);
      if (state.isAway) throw away();
      return historyOf(parcels.get(airwayBill));
    },
  } as unknown as App["shipping"];
  return { parcels, asked, state, couriers, shipping };
}

const KEY = parseDataKeys(`k1:${Buffer.alloc(32, 7).toString("base64")}`, (why) => {
  throw new Error(why);
});

let bookings = 0;

const INSERT = `
  insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, booking_no, airway_bill,
                         weight_grams, quoted_cost, cost, cashback, pickup_at, vehicle, phone_suffix_sealed, booked_by,
                         store_sent_at, next_check_at, created_at, updated_at)
  values ($1, $2, $3, 'jne', 'REG', 'JNE', 'REG23', $4, $5, 600, 18000, 18000, 4500, $6, 'Motor', $7, $8, $9, $6, $6,
          $6)`;
const BOOK = `
  with o as (update orders set status = 'PROCESSING' where id = $1)
  insert into order_status_logs (order_id, from_status, to_status, event, source, at)
  values ($1, 'PAID', 'PROCESSING', 'booked', 'STAFF', $2)`;
const LOG = `
  insert into shipment_status_logs (shipment_id, from_status, to_status, event, source, at)
  select $1, f, t, e, 'STAFF', $5 from unnest($2::text[], $3::text[], $4::text[]) as s(f, t, e)`;
const STEPS = ["BOOKING", "BOOKED", "PACKED"];
const EVENTS = ["created", "stored", "pickupArranged"];

interface Wish {
  readonly words?: string;
  /** Known by its waybill alone. */
  readonly foreign?: boolean;
  readonly status?: "BOOKED" | "PACKED";
}

/** Writes the rows of a booked parcel that is due at `at`. */
async function writeParcel(
  db: Db,
  { order, shipmentId, bookingNo, parcel }: Shipped,
  { foreign, status, userId, at }: Required<Omit<Wish, "words">> & { userId: string; at: Date },
): Promise<void> {
  const path = STEPS.slice(0, STEPS.indexOf(status) + 1);
  const sealed = createSealer(KEY).seal("00001", "shipments.phone_suffix");
  const [number, sentAt] = foreign ? [null, null] : [bookingNo, NOW];
  const { orderId } = order;
  await inTransaction(db, async (tx) => {
    await tx.sql(BOOK, [orderId, NOW]);
    await tx.sql(INSERT, [shipmentId, orderId, status, number, parcel.airwayBill, at, sealed, userId, sentAt]);
    await tx.sql(LOG, [shipmentId, [null, ...path.slice(0, -1)], path, EVENTS.slice(0, path.length), at]);
  });
}

/** What a test reads of such a shop. */
function readers(db: Db) {
  const rows = <T extends object>(text: string, ...values: unknown[]) => db.sql<T>(text, values);
  return {
    rows,
    async stateOf({ shipmentId, order }: Shipped) {
      const [row] = await rows<{ shipment: string; order: string; flag: string | null; next: Date | null }>(
        `select s.status as shipment, o.status as "order", s.flag, s.next_check_at as next
           from shipments s join orders o on o.id = s.order_id where s.id = $1 and o.id = $2`,
        shipmentId,
        order.orderId,
      );
      return row as { shipment: string; order: string; flag: string | null; next: Date | null };
    },
    /** The order's steps after its booking, with the courier's words. */
    steps: ({ order }: { order: { orderId: string } }) =>
      rows<{ to: string; source: string; words: string | null }>(
        `select to_status as "to", source, external_status as words from order_status_logs
          where order_id = $1 order by id offset 3`,
        order.orderId,
      ),
    messages: (name: string) =>
      rows<{ payload: Record<string, string> }>(
        "select payload from outbox_messages where name = $1 order by id",
        name,
      ),
    openAlerts: () =>
      rows<{ kind: string; subject: string; raises: number }>(
        "select kind, subject, raises from alerts where cleared_at is null order by kind, subject",
      ),
  };
}

/** As much of the app as tracking needs. */
const appOf = (db: Db, clock: App["clock"], courier: ReturnType<typeof scriptedCouriers>, quota: number): App =>
  ({
    db,
    clock,
    ids,
    sealer: createSealer(KEY),
    log: createLog("silent", "test"),
    couriers: courier.couriers,
    shipping: courier.shipping,
    effects: { ORDER: createOrderEffects({ ids }) },
    settings: {
      publicUrl: "https://toko.test",
      trackingIntervalMs: INTERVAL_MS,
      gatewayTimeoutMs: null,
      rajaongkirDailyQuota: quota,
    },
  }) as unknown as App;

/** A shop whose clock a test moves, and whose courier company says what a test tells it to. */
export async function openParcelShop(quota = 100) {
  const shop = await openTestShop();
  const courier = scriptedCouriers();
  let shiftMs = 0;
  const clock = { now: () => new Date(NOW.getTime() + shiftMs) };
  const app = appOf(shop.db, clock, courier, quota);
  const [userId, shelf] = [await addCustomer(shop.db), await addStore(shop.db)];
  return {
    ...shop,
    ...readers(shop.db),
    ...courier,
    app,
    userId,
    move: (ms: number) => {
      shiftMs += ms;
    },
    /** A paid order whose parcel is PACKED with its waybill, and due. */
    async ship({ words = "Dipacking", foreign = false, status = "PACKED" }: Wish = {}): Promise<Shipped> {
      const order = await addOrder(shop.db, userId, shelf);
      await payOrder(shop.db, order);
      bookings += 1;
      const airwayBill = `AWB${String(bookings).padStart(8, "0")}`;
      const bookingNo = foreign ? airwayBill : `KOM${String(bookings).padStart(17, "0")}`;
      const parcel: Parcel = { words, airwayBill: status === "BOOKED" ? null : airwayBill, history: null, scans: [] };
      courier.parcels.set(bookingNo, parcel);
      const shipped = { shipmentId: ids.next<"shipment">(), bookingNo, order, parcel };
      await writeParcel(shop.db, shipped, { foreign, status, userId, at: clock.now() });
      return shipped;
    },
    /** Makes it due, whatever its pause. */
    async due({ shipmentId }: Shipped) {
      await inTransaction(shop.db, (tx) =>
        tx.sql("update shipments set next_check_at = $2, claimed_until = null where id = $1", [
          shipmentId,
          clock.now(),
        ]),
      );
    },
    /** Breaches of every invariant, but that these orders have no invoice, and their jobs no worker. */
    breaches: async () =>
      (await runAudit(shop.db, { now: clock.now() })).filter(
        ({ invariant }) => invariant !== "NUMBERS" && invariant !== "OUTBOX",
      ),
  };
}
export type ParcelShop = Awaited<ReturnType<typeof openParcelShop>>;

/** What the courier says now of a parcel, and one look at it: what becomes of it. */
export async function hears(shop: ParcelShop, shipped: Shipped, words: string, history: string | null = null) {
  shipped.parcel.words = words;
  shipped.parcel.history = history;
  await shop.due(shipped);
  await trackShipments(shop.app);
  return shop.stateOf(shipped);
}
