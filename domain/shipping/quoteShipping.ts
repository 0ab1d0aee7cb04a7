import { inTransaction } from "../../platform/db.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from "../kernel/time.ts";
import { type Asker, alertFallback, askCourier, type CourierApp } from "./askCourier.ts";
import { COURIERS_ASKED, sellableRates } from "./couriers.rules.ts";
import { fallbackRates } from "./fallbackRates.rules.ts";
import { weightClass } from "./parcel.rules.ts";
import type { CourierRate, Destination, ShippingGateway } from "./shippingGateway.ts";

export const QUOTE_SOURCES = ["LIVE", "CACHED", "FALLBACK"] as const;
export type QuoteSource = (typeof QUOTE_SOURCES)[number];

/** Rates of one parcel and where they come from. Never empty. */
export interface ShippingQuote {
  readonly rates: CourierRate[];
  /** LIVE: the couriers said so just now. CACHED: at quotedAt. FALLBACK: our own table. */
  readonly source: QuoteSource;
  readonly quotedAt: Date;
}

/** Tariffs change a few times a year; a basket is looked at often. */
const FRESH_MS = 6 * HOUR_MS;
/** "No courier serves this" is often a courier that is down for some minutes. */
const EMPTY_FRESH_MS = 15 * MINUTE_MS;
/** An older quote is no better than our own table. */
const STALE_MS_MAX = 30 * DAY_MS;

export interface Route {
  readonly originId: number;
  readonly destination: Destination;
  readonly weightGrams: number;
}

/** What the couriers once answered for a route and a class of weight. */
export interface KeptQuote {
  readonly rates: CourierRate[];
  readonly quotedAt: Date;
}

/** Writes what was just answered. A second run is harmless: the later answer stays. */
async function keep(app: CourierApp, route: Route, grams: number, kept: KeptQuote): Promise<void> {
  await inTransaction(app.db, (tx) =>
    tx.sql(
      `insert into shipping_quotes (origin_id, destination_id, weight_grams, rates, quoted_at)
       values ($1, $2, $3, $4, $5)
       on conflict (origin_id, destination_id, weight_grams)
       do update set rates = excluded.rates, quoted_at = excluded.quoted_at`,
      [route.originId, route.destination.id, grams, JSON.stringify(kept.rates), kept.quotedAt],
    ),
  );
}

/** The company gave no quote. `isLimited`: it was not asked, because this asker has had his part of the day. */
interface Unquoted {
  readonly why: string;
  readonly isLimited: boolean;
}
type Quoted = KeptQuote | Unquoted;

/** Quotes that this process is asking for, by gateway and route: shoppers who want the same wait for one call. */
const underWay = new WeakMap<ShippingGateway, Map<string, Promise<Quoted>>>();

async function once(app: CourierApp, key: string, ask: () => Promise<Quoted>): Promise<Quoted> {
  const flights = underWay.get(app.shipping) ?? new Map<string, Promise<Quoted>>();
  underWay.set(app.shipping, flights);
  const other = flights.get(key);
  const shared = other && (await other);
  // Somebody else's limit says nothing of this asker's.
  if (shared && !("isLimited" in shared && shared.isLimited)) return shared;
  const flight = ask().finally(() => flights.delete(key));
  flights.set(key, flight);
  return flight;
}

async function askNow(app: CourierApp, asker: Asker, route: Route, grams: number): Promise<Quoted> {
  const request = {
    originId: route.originId,
    destinationId: route.destination.id,
    weightGrams: grams,
    couriers: COURIERS_ASKED,
  };
  const asked = await askCourier(app, asker, (mayAsk) => app.shipping.domesticRates(request, mayAsk));
  if (asked.answer === null) return asked;
  killPoint("courier.rates-answered");
  const kept = { rates: asked.answer, quotedAt: app.clock.now() };
  await keep(app, route, grams, kept);
  return kept;
}

/** What may be sold of a quote that is young enough; null where that is nothing. */
function offerOf(
  app: CourierApp,
  route: Route,
  kept: KeptQuote | null,
  maxAgeMs: number,
): Omit<ShippingQuote, "source"> | null {
  if (!kept || later(kept.quotedAt, maxAgeMs) <= app.clock.now()) return null;
  const rates = sellableRates(kept.rates, route.weightGrams);
  return rates.length === 0 ? null : { rates, quotedAt: kept.quotedAt };
}

async function offerFallback(app: CourierApp, route: Route): Promise<ShippingQuote> {
  const [origin] = await app.db.sql<{ province: string }>("select province from destinations where id = $1", [
    route.originId,
  ]);
  const rates = fallbackRates(origin?.province ?? null, route.destination.province, route.weightGrams);
  return { rates, source: "FALLBACK", quotedAt: app.clock.now() };
}

/**
 * What sending one parcel costs: a cached quote of the last 6 hours, else the couriers themselves within the day's
 * quota and the asker's part of it, else an older quote with its age, else our own table by zones, labelled. So there
 * is always something to offer, and no checkout dies of a courier. "No courier serves this route" is believed for 15
 * minutes, and the table is offered meanwhile: staff books with a fresh quote and sees then whether it holds.
 *
 * Never inside a transaction. A second run is harmless: it is given what the first one kept.
 *
 * @param kept the cached quote of this route and its class of weight, of any age; null where there is none
 */
export async function quoteShipping(
  app: CourierApp,
  route: Route,
  kept: KeptQuote | null,
  asker: Asker,
): Promise<ShippingQuote> {
  const grams = weightClass(route.weightGrams);
  const isKnownEmpty =
    kept !== null && kept.rates.length === 0 && later(kept.quotedAt, EMPTY_FRESH_MS) > app.clock.now();
  if (isKnownEmpty) return offerFallback(app, route);
  const fresh = offerOf(app, route, kept, FRESH_MS);
  if (fresh) return { ...fresh, source: "CACHED" };

  const live = await once(app, `${route.originId}:${route.destination.id}:${grams}`, () =>
    askNow(app, asker, route, grams),
  );
  if (!("why" in live)) {
    const offer = offerOf(app, route, live, FRESH_MS);
    return offer ? { ...offer, source: "LIVE" } : offerFallback(app, route);
  }
  const stale = offerOf(app, route, kept, STALE_MS_MAX);
  if (stale) return { ...stale, source: "CACHED" };
  if (!live.isLimited) await alertFallback(app, live.why);
  return offerFallback(app, route);
}
