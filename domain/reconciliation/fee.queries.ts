import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { FeeRate } from "./fee.rules.ts";

const COLUMNS = "payment_type, basis_points, fixed, vat, settle_days, valid_from";

/** The table of fees, with what was valid before: a payment has the rate of its day. */
export const readRates = (source: { sql: Sql }): Promise<FeeRate[]> =>
  source.sql<FeeRate>(`select ${COLUMNS} from fee_rates order by payment_type, valid_from`);

/** Days on which banks do not work, weekends aside. */
export async function readHolidays(source: { sql: Sql }): Promise<ReadonlySet<string>> {
  const rows = await source.sql<{ day: string }>("select day from bank_holidays");
  return new Set(rows.map(({ day }) => day));
}

/** The table of fees for staff. @throws Refusal FORBIDDEN */
export async function listFeeRates(app: Pick<App, "db">, actor: Actor): Promise<FeeRate[]> {
  requireRight(actor, "reconciliation.read");
  return readRates(app.db);
}
