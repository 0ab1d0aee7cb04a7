import type { Sql } from "../../platform/sqlClient.ts";
import type { OrderId, ShipmentId } from "../kernel/ids.ts";
import type { AddressView } from "../order/order.queries.ts";
import type { OrderStatus } from "../order/order.states.ts";
import type {
  BookingItem,
  BookingRate,
  BookingRatesRequest,
  BookingRequest,
  Vehicle,
} from "../shipping/courierGateway.ts";
import { billedGrams } from "../shipping/parcel.rules.ts";
import type { ShipmentStatus } from "../shipping/shipment.states.ts";

/** All that booking a parcel needs to know, as it stands; nothing is locked. Money in whole rupiah. */
export interface Booking {
  readonly id: ShipmentId;
  readonly status: ShipmentStatus;
  readonly shipping: string;
  readonly shippingType: string;
  readonly bookingNo: string | null;
  readonly airwayBill: string | null;
  readonly storeSentAt: Date | null;
  readonly pickupAskedAt: Date | null;
  /** Refusals in a row. */
  readonly pickupTries: number;
  readonly pickupAt: Date;
  readonly vehicle: Vehicle;
  readonly orderId: OrderId;
  readonly orderNumber: string;
  readonly orderStatus: OrderStatus;
  readonly subtotal: number;
  readonly address: AddressView;
  readonly store: {
    readonly name: string;
    readonly phone: string;
    readonly email: string;
    readonly address: string;
    readonly originId: number;
  };
}

interface Piece {
  readonly name: string;
  readonly price: number;
  readonly quantity: number;
  readonly weightGrams: number;
  readonly lengthCm: number;
  readonly widthCm: number;
  readonly heightCm: number;
}

/** A shipment with its order and its store; null where there is none. */
export async function readBooking(source: { sql: Sql }, shipmentId: ShipmentId): Promise<Booking | null> {
  const [row] = await source.sql<Booking>(
    `select h.id, h.status, h.shipping, h.shipping_type, h.booking_no, h.airway_bill, h.store_sent_at,
            h.pickup_asked_at, h.pickup_tries, h.pickup_at, h.vehicle, o.id as order_id, o.number as order_number,
            o.status as order_status, o.subtotal, o.shipping_address as address,
            json_build_object('name', s.name, 'phone', s.phone, 'email', s.email, 'address', s.address,
                              'originId', s.origin_id) as store
       from shipments h join orders o on o.id = h.order_id join stores s on s.id = o.store_id
      where h.id = $1`,
    [shipmentId],
  );
  return row ?? null;
}

/** What is in the parcel: each piece as a courier bills it, so that the sum is what was quoted. */
export async function readPieces(source: { sql: Sql }, orderId: OrderId): Promise<BookingItem[]> {
  const pieces = await source.sql<Piece>(
    `select i.product_name as name, i.unit_price as price, i.quantity, i.weight_grams, p.length_cm, p.width_cm,
            p.height_cm
       from order_items i join products p on p.id = i.product_id where i.order_id = $1 order by i.id`,
    [orderId],
  );
  return pieces.map((piece) => ({ ...piece, weightGrams: billedGrams(piece) }));
}

interface Route {
  readonly store: { readonly originId: number };
  readonly address: { readonly destination: { readonly id: number } };
  readonly subtotal: number;
}

/** What is asked for the prices of a parcel: its weight is that of all pieces together. */
export const ratesRequest = (route: Route, items: readonly BookingItem[]): BookingRatesRequest => ({
  originId: route.store.originId,
  destinationId: route.address.destination.id,
  weightGrams: items.reduce((sum, { weightGrams, quantity }) => sum + weightGrams * quantity, 0),
  itemValue: route.subtotal,
});

/** The booking as the courier company is told it. */
export function bookingRequest(
  booking: Booking,
  items: readonly BookingItem[],
  rate: BookingRate,
  at: Date,
): BookingRequest {
  const { store, address } = booking;
  return {
    orderNumber: booking.orderNumber,
    at,
    brand: store.name,
    sender: {
      name: store.name,
      phone: store.phone,
      address: store.address,
      email: store.email,
      destinationId: store.originId,
    },
    recipient: {
      name: address.recipient,
      phone: address.phone,
      address: address.note ? `${address.line} (${address.note})` : address.line,
      email: null,
      destinationId: address.destination.id,
    },
    rate,
    items,
  };
}
