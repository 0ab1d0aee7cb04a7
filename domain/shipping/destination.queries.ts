import type { Sql } from "../../platform/sqlClient.ts";
import { invalidInput } from "../kernel/errors.ts";
import type { KeptQuote } from "./quoteShipping.ts";
import type { CourierRate, Destination } from "./shippingGateway.ts";

const COLUMNS = "id, label, province, city, district, subdistrict, postal_code";

const ID_MAX = 2_147_483_647; // a PostgreSQL integer

const OF_DESTINATION = COLUMNS.split(", ")
  .map((column) => `d.${column}`)
  .join(", ");

interface RouteRow extends Destination {
  readonly rates: CourierRate[] | null;
  readonly quotedAt: Date | null;
}

/**
 * A place that a search has found before, and the quotes that are kept of parcels to it, in their order, null where
 * there is none. RajaOngkir cannot be asked for a place by its id, so one that nobody searched for is refused: shoppers
 * choose from what `destinations` showed them. One statement.
 *
 * @param parcels where each begins, and its class of weight
 * @throws Refusal INVALID_INPUT (destinationId)
 */
export async function readRoutes(
  source: { sql: Sql },
  id: number,
  parcels: readonly { readonly originId: number; readonly grams: number }[],
): Promise<{ destination: Destination; kept: (KeptQuote | null)[] }> {
  const isPossible = Number.isInteger(id) && id > 0 && id <= ID_MAX;
  const rows = isPossible ? await source.sql<RouteRow>(ROUTES, [id, ...columnsOf(parcels)]) : [];
  const [first] = rows;
  if (!first) throw invalidInput({ destinationId: "a place that the search for destinations has found" });
  const { rates: _rates, quotedAt: _quotedAt, ...destination } = first;
  const kept = rows.map(({ rates, quotedAt }) => (rates && quotedAt ? { rates, quotedAt } : null));
  return { destination, kept };
}

const columnsOf = (parcels: readonly { readonly originId: number; readonly grams: number }[]): number[][] => [
  parcels.map(({ originId }) => originId),
  parcels.map(({ grams }) => grams),
];

const ROUTES = `
  select ${OF_DESTINATION}, q.rates, q.quoted_at
    from destinations d
    left join unnest($2::integer[], $3::integer[]) with ordinality as wanted (origin_id, grams, place) on true
    left join shipping_quotes q
      on q.origin_id = wanted.origin_id and q.destination_id = d.id and q.weight_grams = wanted.grams
   where d.id = $1 order by wanted.place`;

/** Known places in the order of `ids`; unknown ones are left out. One statement. */
export function readDestinations(source: { sql: Sql }, ids: readonly number[]): Promise<Destination[]> {
  return source.sql<Destination>(
    `select ${OF_DESTINATION}
       from unnest($1::integer[]) with ordinality as wanted (id, place) join destinations d on d.id = wanted.id
      order by wanted.place`,
    [ids],
  );
}

const MATCHES_MAX = 50; // as many as a search of the company shows

/** Known places whose label holds every word, for when the company cannot be asked. */
export function matchDestinations(source: { sql: Sql }, words: readonly string[]): Promise<Destination[]> {
  return source.sql<Destination>(
    `select ${COLUMNS} from destinations
      where (select bool_and(strpos(upper(label), word) > 0) from unnest($1::text[]) as word)
      order by label limit ${MATCHES_MAX}`,
    [words],
  );
}

/** Writes places as they are told now. A second run is harmless: it writes the same. */
export async function keepDestinations(source: { sql: Sql }, now: Date, places: readonly Destination[]): Promise<void> {
  await source.sql(
    `insert into destinations (id, label, province, city, district, subdistrict, postal_code, fetched_at)
     select id, label, province, city, district, subdistrict, "postalCode", $2
       from json_to_recordset($1) as place (id integer, label text, province text, city text, district text,
                                            subdistrict text, "postalCode" text)
      order by id
     on conflict (id) do update
        set label = excluded.label, province = excluded.province, city = excluded.city, district = excluded.district,
            subdistrict = excluded.subdistrict, postal_code = excluded.postal_code, fetched_at = excluded.fetched_at`,
    [JSON.stringify(places), now],
  );
}
