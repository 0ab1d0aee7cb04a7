import { inTransaction } from "../../platform/db.ts";
import { GatewayUnavailable, invalidInput, Refusal } from "../kernel/errors.ts";
import { DAY_MS, later } from "../kernel/time.ts";
import { type Asker, askCourier, type CourierApp } from "./askCourier.ts";
import { keepDestinations, matchDestinations, readDestinations } from "./destination.queries.ts";
import type { Destination } from "./shippingGateway.ts";

const SEARCH_CHARS_MIN = 3; // fewer find half of the country and burn the quota
const SEARCH_CHARS_MAX = 60; // no name of a place is longer
/** Villages move seldom; a search that found nothing may be one that the company's data will have soon. */
const KEPT_FOR_MS = 30 * DAY_MS;
const EMPTY_KEPT_FOR_MS = DAY_MS;

/** One spelling of a search: upper case, single spaces, and nothing that stands in no name of a place. */
function normalize(search: string): string {
  const text = search
    .toUpperCase()
    .replace(/[^\p{L}\p{N}.'()/-]+/gu, " ")
    .trim();
  if (text.length < SEARCH_CHARS_MIN || text.length > SEARCH_CHARS_MAX || search.length > 2 * SEARCH_CHARS_MAX) {
    throw invalidInput({ search: `${SEARCH_CHARS_MIN} to ${SEARCH_CHARS_MAX} letters or digits` });
  }
  return text;
}

interface Cached {
  readonly destinationIds: number[];
  readonly fetchedAt: Date;
}

const isFresh = (cached: Cached, now: Date): boolean =>
  later(cached.fetchedAt, cached.destinationIds.length === 0 ? EMPTY_KEPT_FOR_MS : KEPT_FOR_MS) > now;

/**
 * Finds places by name or postal code: from the cache while it is fresh, else from the courier company within the day's
 * quota, and when it cannot be asked, or this asker has had his part, from what was found before, however old.
 *
 * @throws Refusal INVALID_INPUT for a search of fewer than 3 or more than 60 characters
 * @throws Refusal RATE_LIMITED when the asker has had his part and nothing that is known fits
 * @throws GatewayUnavailable when the company cannot be asked and nothing that is known fits
 */
export async function searchDestinations(app: CourierApp, search: string, asker: Asker = null): Promise<Destination[]> {
  const text = normalize(search);
  const [cached] = await app.db.sql<Cached>(
    "select destination_ids, fetched_at from destination_searches where search = $1",
    [text],
  );
  if (cached && isFresh(cached, app.clock.now())) return readDestinations(app.db, cached.destinationIds);
  const asked = await askCourier(app, asker, (mayAsk) => app.shipping.searchDestinations(text, mayAsk));
  if (asked.answer === null) {
    const known =
      cached && cached.destinationIds.length > 0
        ? await readDestinations(app.db, cached.destinationIds)
        : await matchDestinations(app.db, text.split(" "));
    if (known.length === 0 && asked.isLimited) throw new Refusal("RATE_LIMITED", "Too many searches; try again later");
    if (known.length === 0) throw new GatewayUnavailable("rajaongkir", asked.why, "none");
    return known;
  }
  const places = asked.answer;
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    await keepDestinations(tx, now, places);
    await tx.sql(
      `insert into destination_searches (search, destination_ids, fetched_at) values ($1, $2, $3)
       on conflict (search) do update set destination_ids = excluded.destination_ids, fetched_at = excluded.fetched_at`,
      [text, places.map((place) => place.id), now],
    );
  });
  return places;
}
