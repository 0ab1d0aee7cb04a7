import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { OrderId, ShipmentId, UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";
import { ORDER_COLUMNS, type OrderView } from "../order/order.queries.ts";
import type { ParcelFlag, ParcelNews, Vehicle } from "../shipping/courierGateway.ts";
import type { ShipmentStatus } from "../shipping/shipment.states.ts";
import { PARCEL_CASES } from "./openParcelCase.ts";

/** A shipment as it is shown. Money in whole rupiah. */
export interface ShipmentView {
  readonly id: ShipmentId;
  readonly orderId: OrderId;
  readonly status: ShipmentStatus;
  readonly courier: string;
  readonly service: string;
  readonly airwayBill: string | null;
  readonly externalStatus: string | null;
  readonly flag: ParcelFlag | null;
  readonly onWayBack: boolean;
  readonly lastCheckedAt: Date | null;
  readonly createdAt: Date;
  readonly bookingNo: string | null;
  readonly weightGrams: number;
  /** What the customer paid for it. */
  readonly quotedCost: number;
  /** What the courier takes, before and by its cashback; null: not booked. */
  readonly cost: number | null;
  readonly cashback: number | null;
  readonly pickupAt: Date;
  readonly vehicle: Vehicle;
  readonly pickupTries: number;
  readonly pickupWhy: string | null;
  readonly endedWhy: string | null;
  readonly bookedBy: UserId;
  /** null: nobody asks any more. */
  readonly nextCheckAt: Date | null;
  /** The case about it that a person has still to decide, the oldest. */
  readonly caseId: string | null;
}

export interface ShipmentEventView {
  readonly shipmentId: ShipmentId;
  /** What it means to us. */
  readonly event: ParcelNews["event"];
  readonly status: string;
  readonly description: string;
  readonly location: string | null;
  readonly at: Date;
}

const COLUMNS = `h.id, h.order_id, h.status, h.courier, h.service, h.airway_bill, h.external_status, h.flag,
  h.on_way_back, h.checked_at as last_checked_at, h.created_at, h.booking_no, h.weight_grams, h.quoted_cost, h.cost,
  h.cashback, h.pickup_at, h.vehicle, h.pickup_tries, h.pickup_why, h.ended_why, h.booked_by, h.next_check_at,
  (select c.id from money_cases c
    where c.order_id = h.order_id and c.resolved_at is null
      and c.kind in ('STORE_UNKNOWN', 'SHIPMENT_CONTRADICTED', ${PARCEL_CASES.map((kind) => `'${kind}'`).join(", ")})
    order by c.opened_at limit 1) as case_id`;

/** What courier and customer differ by: more than 0 is the shop's loss. null: not booked. */
export const costDifference = ({ cost, cashback, quotedCost }: ShipmentView): number | null =>
  cost === null ? null : cost - (cashback ?? 0) - quotedCost;

/** Of each order the shipment that lives, else the last that was cancelled. Who may read the order may read it. */
export const readShipmentsOf = (source: { sql: Sql }, orderIds: readonly OrderId[]): Promise<ShipmentView[]> =>
  source.sql<ShipmentView>(
    `select distinct on (h.order_id) ${COLUMNS} from shipments h where h.order_id = any($1::uuid[])
      order by h.order_id, h.status = 'CANCELLED', h.created_at desc`,
    [orderIds],
  );

/** Lines of a parcel's way that are shown: a parcel has some twenty. */
const EVENTS_SHOWN_MAX = 100;

/** The ways of these parcels, the oldest line first. */
export const readEventsOf = (source: { sql: Sql }, ids: readonly ShipmentId[]): Promise<ShipmentEventView[]> =>
  source.sql<ShipmentEventView>(
    `select e.shipment_id, e.event, e.external_status as status, e.description, e.location, e.at
       from unnest($1::uuid[]) as s(id)
      cross join lateral (select * from shipment_events where shipment_id = s.id order by at desc, id desc
                           limit ${EVENTS_SHOWN_MAX}) e
      order by e.at, e.id`,
    [ids],
  );

/** IN_TRANSIT: booked and not at its end. TROUBLED: a person must look. TO_HAND_OVER: packed and not yet fetched. */
export const SHIPMENT_LISTS = ["ALL", "IN_TRANSIT", "TROUBLED", "TO_HAND_OVER"] as const;
export type ShipmentList = (typeof SHIPMENT_LISTS)[number];

// Each word for word as its index says it.
const CONDITIONS: Readonly<Record<ShipmentList, string>> = {
  ALL: "true",
  IN_TRANSIT: "h.status in ('BOOKING', 'BOOKED', 'PACKED', 'TRANSIT', 'RETURNING')",
  TROUBLED: `(h.status in ('UNKNOWN', 'RETURNING', 'LOST') or h.pickup_why is not null
              or h.flag in ('problem', 'pickupProblem'))`,
  TO_HAND_OVER: "h.status = 'PACKED'",
};
const AT: Readonly<Record<ShipmentList, string>> = {
  ALL: "h.created_at",
  IN_TRANSIT: "h.created_at",
  TROUBLED: "h.created_at",
  TO_HAND_OVER: "h.pickup_at",
};

const listOf = (list: ShipmentList): TimedList => ({
  columns: COLUMNS,
  from: "shipments h",
  at: AT[list],
  id: "h.id",
  ...(list === "TO_HAND_OVER" ? { isOldestFirst: true } : {}),
});
const conditionsOf = (list: ShipmentList): Condition[] => [{ text: `${CONDITIONS[list]} and ?::boolean`, value: true }];

/** Shipments for staff, the newest first; those to hand over by their pickup. */
export async function listShipments(
  app: Pick<App, "db">,
  actor: Actor,
  list: ShipmentList,
  page: PageInput,
): Promise<Page<ShipmentView>> {
  requireRight(actor, "shipment.read.any");
  return listNewest(app.db, listOf(list), conditionsOf(list), page);
}

/** How many there are, up to 10,000. */
export async function countShipments(app: Pick<App, "db">, actor: Actor, list: ShipmentList): Promise<number> {
  requireRight(actor, "shipment.read.any");
  return countRows(app.db, "shipments h", conditionsOf(list));
}

const TO_SHIP: TimedList = {
  columns: ORDER_COLUMNS,
  from: "orders o join payments p on p.session_id = o.session_id",
  at: "o.paid_at",
  id: "o.id",
  isOldestFirst: true,
};
const IS_TO_SHIP: readonly Condition[] = [{ text: "o.status = 'PAID' and ?::boolean", value: true }];

/** Paid orders that wait for a courier, the longest waiting first. */
export async function listOrdersToShip(app: Pick<App, "db">, actor: Actor, page: PageInput): Promise<Page<OrderView>> {
  requireRight(actor, "shipment.read.any");
  return listNewest(app.db, TO_SHIP, IS_TO_SHIP, page);
}

/** How many they are, up to 10,000. */
export async function countOrdersToShip(app: Pick<App, "db">, actor: Actor): Promise<number> {
  requireRight(actor, "shipment.read.any");
  return countRows(app.db, "orders o", IS_TO_SHIP);
}
