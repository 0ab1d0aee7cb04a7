import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderId } from "../kernel/ids.ts";
import { COURIER_SERVICES, type CourierService } from "../shipping/couriers.rules.ts";
import { ratesRequest, readPieces } from "./booking.queries.ts";

/** A service that an order's parcel can be booked with now. Money in whole rupiah. */
export interface BookingOffer {
  readonly courier: string;
  readonly service: string;
  readonly description: string;
  readonly cost: number;
  readonly cashback: number;
  /** Cost less cashback less what the customer paid: above 0 it is the shop's loss. */
  readonly difference: number;
  readonly etd: { readonly minDays: number; readonly maxDays: number } | null;
  /** The customer's own choice. */
  readonly isChosen: boolean;
}

interface Row {
  readonly id: OrderId;
  readonly subtotal: number;
  readonly address: { readonly destination: { readonly id: number } };
  readonly store: { readonly originId: number };
  readonly quote: { readonly courier: string; readonly service: string; readonly cost: number };
}

/**
 * What the courier company would take for an order's parcel now, the cheapest first: for staff who must choose another
 * service than the customer's. Asks the company; nothing is kept.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; GatewayUnavailable
 */
export async function bookingRates(
  app: Pick<App, "db" | "couriers">,
  actor: Actor,
  orderId: string,
): Promise<BookingOffer[]> {
  requireRight(actor, "shipment.book");
  const [order] = isId(orderId)
    ? await app.db.sql<Row>(
        `select o.id, o.subtotal, o.shipping_address as address, json_build_object('originId', s.origin_id) as store,
                o.shipping_quote as quote
           from orders o join stores s on s.id = o.store_id where o.id = $1`,
        [orderId],
      )
    : [];
  if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
  const request = ratesRequest(order, await readPieces(app.db, order.id));
  const rates = await app.couriers.bookingRates(request);
  const { courier, service, cost: paid } = order.quote;
  const isOwn = (known: CourierService) => known.courier === courier && known.service === service;
  const byPlace = new Map<string, CourierService>();
  for (const known of COURIER_SERVICES.filter(({ minGrams }) => request.weightGrams >= minGrams)) {
    const place = `${known.delivery.shipping} ${known.delivery.shippingType}`;
    // Two names of ours may be one service of the company's: the customer's own stands for it.
    if (!byPlace.has(place) || isOwn(known)) byPlace.set(place, known);
  }
  return [...byPlace.values()]
    .flatMap((known) => {
      const { shipping, shippingType } = known.delivery;
      const rate = rates.find((each) => each.shipping === shipping && each.shippingType === shippingType);
      if (!rate) return [];
      const { cost, cashback, etd } = rate;
      const isChosen = isOwn(known);
      const offer = { courier: known.courier, service: known.service, description: known.label };
      return [{ ...offer, cost, cashback, etd, difference: cost - cashback - paid, isChosen }];
    })
    .sort((a, b) => a.difference - b.difference || (a.description < b.description ? -1 : 1));
}
