import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { readRates } from "./fee.queries.ts";
import type { FeeRate } from "./fee.rules.ts";
import { lockSettlements } from "./lockSettlements.ts";
import { rerateLines } from "./rerateLines.ts";
import { sumDays } from "./sumDay.ts";

/** All of an amount. */
const POINTS_MAX = 10_000;
/** Far above what any gateway asks for one payment. */
const FIXED_MAX = 1_000_000;
/** Working days; longer agreements are unheard of. */
const DAYS_MAX = 60;

function problemsOf({ paymentType, basisPoints, fixed, settleDays }: FeeRate): Record<string, string> {
  const isWithin = (value: number, max: number) => Number.isInteger(value) && value >= 0 && value <= max;
  return {
    ...(/^[a-z][a-z0-9_]{1,39}$/.test(paymentType) ? {} : { paymentType: "the gateway's word, in small letters" }),
    ...(isWithin(basisPoints, POINTS_MAX) ? {} : { basisPoints: `0 to ${POINTS_MAX}` }),
    ...(isWithin(fixed, FIXED_MAX) ? {} : { fixed: `0 to ${FIXED_MAX}` }),
    ...(isWithin(settleDays, DAYS_MAX) ? {} : { settleDays: `0 to ${DAYS_MAX}` }),
  };
}

const WRITE = `
  insert into fee_rates (payment_type, basis_points, fixed, vat, settle_days, valid_from, set_by, set_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (payment_type, valid_from) do update
     set basis_points = excluded.basis_points, fixed = excluded.fixed, vat = excluded.vat,
         settle_days = excluded.settle_days, set_by = excluded.set_by, set_at = excluded.set_at`;

async function write(tx: Tx, app: Pick<App, "ids">, actor: Actor, rate: FeeRate, now: Date): Promise<void> {
  await lockSettlements(tx);
  const isSame = (other: FeeRate) => other.paymentType === rate.paymentType && other.validFrom === rate.validFrom;
  const before = (await readRates(tx)).find(isSame) ?? null;
  const { paymentType, basisPoints, fixed, vat, settleDays, validFrom } = rate;
  await tx.sql(WRITE, [paymentType, basisPoints, fixed, vat, settleDays, validFrom, actor.userId, now]);
  await recordAudit(tx, now, actor, {
    permission: "fee.set",
    entity: "feeRate",
    entityId: `${paymentType} ${validFrom}`,
    before,
    after: rate,
  });
  const days = await rerateLines(tx, { ids: app.ids, now }, await readRates(tx));
  await sumDays(tx, { ids: app.ids, now }, days);
  killPoint("fee.rate-written");
}

/**
 * Says what the gateway takes of payments by one of its types from a day on, by contract; those before keep theirs. The
 * rate of the very same day is corrected. Payments whose fee is in doubt are held against it at once. A second run with
 * the same writes the same, and finds nothing more to end.
 *
 * @throws Refusal FORBIDDEN, INVALID_INPUT
 */
export async function setFeeRate(
  app: Pick<App, "db" | "clock" | "ids">,
  actor: Actor,
  rate: FeeRate,
): Promise<FeeRate> {
  requireRight(actor, "fee.set");
  const problems = problemsOf(rate);
  if (Object.keys(problems).length > 0) throw invalidInput(problems);
  await inTransaction(app.db, (tx) => write(tx, app, actor, rate, app.clock.now()));
  killPoint("fee.rate-kept");
  return rate;
}
