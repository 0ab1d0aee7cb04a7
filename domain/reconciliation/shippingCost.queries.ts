import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { type CsvCell, csvText } from "../kernel/csvText.ts";
import { invalidInput } from "../kernel/errors.ts";
import { type Days, whereOf, withinDays } from "../kernel/timedList.ts";

/** What customers paid for a store's parcels, and what couriers took for them. Whole rupiah. */
export interface ShippingCost {
  readonly storeId: string;
  readonly storeName: string;
  /** Parcels that a courier has taken money for. */
  readonly parcels: number;
  readonly quoted: number;
  readonly cost: number;
  readonly cashback: number;
  /** cost - cashback - quoted: above 0 the shop's loss. */
  readonly difference: number;
}

const SUMS = `
  select s.id as store_id, s.name as store_name, count(*) as parcels, sum(h.quoted_cost) as quoted,
         sum(h.cost) as cost, sum(coalesce(h.cashback, 0)) as cashback,
         sum(h.cost - coalesce(h.cashback, 0) - h.quoted_cost) as difference
    from shipments h join orders o on o.id = h.order_id join stores s on s.id = o.store_id
   where h.cost is not null and h.status not in ('BOOKING', 'UNKNOWN', 'CANCELLED') and `;

/** A year: beyond it nobody compares parcels. */
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/**
 * Quoted and real shipping cost by store, of parcels that were booked in these days (Jakarta, both inclusive).
 *
 * @throws Refusal FORBIDDEN without statement.read, INVALID_INPUT for days in the wrong order or too many
 */
export async function listShippingCosts(
  app: Pick<App, "db">,
  actor: Actor,
  days: Required<Days> & { readonly from: string; readonly to: string },
): Promise<ShippingCost[]> {
  requireRight(actor, "statement.read");
  const span = (Date.parse(days.to) - Date.parse(days.from)) / DAY_MS;
  if (!(span >= 0 && span < DAYS_MAX)) throw invalidInput({ to: `from or later, ${DAYS_MAX} days at most` });
  const conditions = withinDays("h.created_at", days);
  return app.db.sql<ShippingCost>(
    `${SUMS} ${whereOf(conditions)} group by s.id, s.name order by s.name, s.id`,
    conditions.map(({ value }) => value),
  );
}

const HEADER = ["Store ID", "Store", "Parcels", "Quoted", "Cost", "Cashback", "Difference"];

/** The same as a file. */
export const shippingCostCsv = (rows: readonly ShippingCost[]): string =>
  csvText(
    HEADER,
    rows.map((row): CsvCell[] => [
      row.storeId,
      row.storeName,
      row.parcels,
      row.quoted,
      row.cost,
      row.cashback,
      row.difference,
    ]),
  );
