import type { App } from "../../domain/app.ts";
import { arrangePickup } from "../../domain/fulfilment/arrangePickup.ts";
import { bookCourier } from "../../domain/fulfilment/bookCourier.ts";
import { cancelBooking } from "../../domain/fulfilment/cancelBooking.ts";
import type { Actor } from "../../domain/kernel/actor.ts";
import { GatewayUnavailable } from "../../domain/kernel/errors.ts";
import type { OrderId, ShipmentId, UserId } from "../../domain/kernel/ids.ts";
import { runAudit } from "../../domain/report/runAudit.ts";
import type { BookingRate, BookingRequest, PickupRequest } from "../../domain/shipping/courierGateway.ts";
import { readWord } from "../../gateways/courierWords.ts";
import { inTransaction } from "../../platform/db.ts";
import { createLog } from "../../platform/log.ts";
import { createSealer, parseDataKeys } from "../../platform/secrets.ts";
import { addCustomer, addOrder, addStore, ids, NOW, type OrderRow, openTestShop, payOrder } from "./shopRows.ts";

/** What the company has of one booking. */
export interface Booked {
  readonly bookingNo: string;
  readonly orderNumber: string;
  words: string;
  airwayBill: string | null;
}

type Call = "bookingRates" | "storeBooking" | "requestPickup" | "readBooking" | "cancelBooking" | "label";
/** `lost`: it has its effect and no answer comes. `unsent`: it never leaves. `mute`: no effect and no answer. */
type Mood = "lost" | "unsent" | "mute";

export const RATE: BookingRate = {
  shipping: "JNE",
  shippingType: "REG23",
  kind: "regular",
  cost: 20_000,
  cashback: 5_000,
  etd: null,
};

/**
 * A company that does what a real one does, and what a test tells it to.
 *
 * One thing: the calls are one list, each a few lines, and share what the company has.
 */
function scriptedCompany() {
  const bookings: Booked[] = [];
  const calls: Call[] = [];
  const moods = new Map<Call, Mood[]>();
  const state = {
    rates: [RATE] as BookingRate[],
    /** null: it takes every booking. */
    refuses: null as { why: string; isBalance: boolean } | null,
    pickupWhy: null as string | null,
    cancelKnows: true,
    /** Runs between an effect and its answer. */
    afterEffect: async (_call: Call): Promise<void> => {},
  };
  const requests: BookingRequest[] = [];
  const pickups: PickupRequest[] = [];
  const call = async <T>(name: Call, effect: () => T): Promise<T> => {
    calls.push(name);
    const mood = moods.get(name)?.shift();
    if (mood === "unsent") await state.afterEffect(name);
    if (mood === "unsent") throw new GatewayUnavailable("komerce", "not asked now", "none");
    const answer = mood === "mute" ? null : effect();
    await state.afterEffect(name);
    if (mood) throw new GatewayUnavailable("komerce", "no answer", "unknown");
    return answer as T;
  };
  const find = (bookingNo: string) => bookings.find((each) => each.bookingNo === bookingNo);
  const couriers: App["couriers"] = {
    bookingRates: () => call("bookingRates", () => state.rates),
    storeBooking: (request) =>
      call("storeBooking", () => {
        requests.push(request);
        if (state.refuses) return { kind: "refused", ...state.refuses };
        const bookingNo = `KOM${String(bookings.length + 1).padStart(17, "0")}`;
        bookings.push({ bookingNo, orderNumber: request.orderNumber, words: "Diajukan", airwayBill: null });
        return { kind: "stored", bookingNo };
      }),
    requestPickup: (request) =>
      call("requestPickup", () => {
        pickups.push(request);
        return request.bookingNos.map((bookingNo) => {
          const booked = find(bookingNo);
          if (!booked || state.pickupWhy) return { bookingNo, airwayBill: null, why: state.pickupWhy ?? "failed" };
          Object.assign(booked, { airwayBill: `AWB${bookingNo}`, words: "Dipacking" });
          return { bookingNo, airwayBill: booked.airwayBill, why: null };
        });
      }),
    readBooking: (bookingNo) =>
      call("readBooking", () => {
        const booked = find(bookingNo);
        if (!booked) return null;
        return { orderNumber: booked.orderNumber, airwayBill: booked.airwayBill, news: readWord(booked.words) };
      }),
    cancelBooking: (bookingNo) =>
      call("cancelBooking", () => {
        const booked = find(bookingNo);
        if (!booked || !state.cancelKnows) return { kind: "notFound" };
        if (booked.words !== "Diajukan" && booked.words !== "Dipacking") {
          return { kind: "refused", news: readWord(booked.words), why: `order status ${booked.words}` };
        }
        booked.words = "Batal";
        return { kind: "accepted" };
      }),
    label: (bookingNos) => call("label", () => Buffer.from(`%PDF-1.4 ${bookingNos.join(",")}`)),
    history: async () => null,
  };
  return {
    bookings,
    calls,
    requests,
    pickups,
    state,
    couriers,
    meets: (name: Call, ...next: Mood[]) => moods.set(name, next),
  };
}

const KEY = parseDataKeys(`k1:${Buffer.alloc(32, 7).toString("base64")}`, (why) => {
  throw new Error(why);
});

const QUOTE = { courier: "jne", service: "REG", cost: 18_000, weightGrams: 667, originId: 1, destinationId: 2 };

/**
 * A shop with staff, whose clock a test moves, and whose courier company does what a test tells it to.
 *
 * One thing: what a test may do to the shop is one list over the same rows.
 */
export async function openBookingShop() {
  const shop = await openTestShop(24);
  const company = scriptedCompany();
  let shiftMs = 0;
  const clock = { now: () => new Date(NOW.getTime() + shiftMs) };
  const app = {
    db: shop.db,
    clock,
    ids,
    log: createLog("silent", "test"),
    sealer: createSealer(KEY),
    couriers: company.couriers,
    settings: {
      publicUrl: "https://toko.test",
      linkSecret: "a-secret-of-links-00000000000000001",
      reversalHoldMs: 600_000,
      fraud: null,
    },
  } as unknown as App;
  const [userId, shelf] = [await addCustomer(shop.db), await addStore(shop.db)];
  const staffId = (await addCustomer(shop.db, "Staf Toko")) as UserId;
  const rows = <T extends object>(text: string, ...values: unknown[]) =>
    inTransaction(shop.db, (tx) => tx.sql<T>(text, values));
  await rows("update users set role = 'STAFF' where id = $1", staffId);
  const staff: Actor = { role: "STAFF", userId: staffId };
  const customer: Actor = { role: "CUSTOMER", userId: userId as UserId };
  const shipmentOf = async (order: OrderRow) => {
    const [row] = await rows<Record<string, unknown> & { id: ShipmentId; status: string; bookingNo: string | null }>(
      "select * from shipments where order_id = $1 order by status = 'CANCELLED', created_at desc, id desc limit 1",
      order.orderId,
    );
    if (!row) throw new Error("no shipment");
    return row;
  };
  const HANDLERS = { bookCourier, arrangePickup, cancelBooking } as unknown as Record<
    string,
    (app: App, payload: object) => Promise<void>
  >;
  /** Runs what is due as a worker would, each job once; a job that fails stays. Answers the names of those that ran. */
  const work = async (): Promise<string[]> => {
    const due = await rows<{ id: number; handler: string; payload: object }>(
      `select id, handler, payload from outbox_messages
        where done_at is null and due_at <= $1 and handler = any($2::text[]) order by id`,
      clock.now(),
      Object.keys(HANDLERS),
    );
    for (const { id, handler, payload } of due) {
      try {
        await HANDLERS[handler]?.(app, payload);
        await rows("update outbox_messages set done_at = $2 where id = $1", id, clock.now());
      } catch (error) {
        if (!(error instanceof GatewayUnavailable)) throw error;
      }
    }
    return due.map(({ handler }) => handler);
  };
  return {
    ...shop,
    ...company,
    app,
    staff,
    customer,
    rows,
    shipmentOf,
    work,
    move: (ms: number) => {
      shiftMs += ms;
    },
    async paidOrder(): Promise<OrderRow> {
      const order = await addOrder(shop.db, userId, shelf);
      await payOrder(shop.db, order);
      await rows(
        `update orders set shipping_quote = $2, shipping_address = shipping_address || '{"destination": {"id": 2}}'
          where id = $1`,
        order.orderId,
        JSON.stringify(QUOTE),
      );
      return order;
    },
    statusOf: async (order: OrderRow): Promise<string> => {
      const [row] = await rows<{ status: string }>("select status from orders where id = $1", order.orderId);
      return row?.status as string;
    },
    /** As a cancel by people or by the money's way leaves it. */
    async askForCancel(order: OrderRow): Promise<void> {
      await inTransaction(shop.db, async (tx) => {
        const [row] = await tx.sql<{ status: string }>("select status from orders where id = $1 for update", [
          order.orderId,
        ]);
        await tx.sql("update orders set status = 'CANCEL_REQUESTED' where id = $1", [order.orderId]);
        await tx.sql(
          `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
           values ($1, $2, 'CANCEL_REQUESTED', 'cancelAsked', 'STAFF', $3)`,
          [order.orderId, row?.status, clock.now()],
        );
        await tx.sql(
          `insert into outbox_messages (name, handler, payload, key, due_at, created_at)
           values ('order.cancelAsked', 'cancelBooking', jsonb_build_object('orderId', $1::text), $1, $2, $2)`,
          [order.orderId as OrderId, clock.now()],
        );
      });
    },
    openCases: () =>
      rows<{ kind: string; subject: string }>(
        "select kind, subject, actions from money_cases where resolved_at is null order by kind",
      ),
    openAlerts: async () =>
      (await rows<{ kind: string }>("select kind from alerts where cleared_at is null order by kind")).map(
        ({ kind }) => kind,
      ),
    refunds: () => rows<{ amount: number; cause: string }>("select amount, cause, order_id from refunds order by id"),
    /** Breaches of every invariant, but that these orders have no invoice, and other handlers' jobs no worker. */
    breaches: async () =>
      (await runAudit(shop.db, { now: clock.now() })).filter(
        ({ invariant }) => invariant !== "NUMBERS" && invariant !== "OUTBOX",
      ),
  };
}
export type BookingShop = Awaited<ReturnType<typeof openBookingShop>>;
