import { signLink } from "../../platform/signedLink.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { csvText } from "../kernel/csvText.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { readMethods, readRun, shownEquation } from "./reconciliation.queries.ts";
import { REPORT_HEADER, type ReportedDiscrepancy, type RunReport, reportRows } from "./runReport.rules.ts";

/** Discrepancies of one file: more than anybody reads of one day, and some ten megabytes. */
const LISTED_MAX = 20_000;
/** Staff opens it from the day's page at once. */
const LINK_MS = 15 * MINUTE_MS;

export const REPORT_FORMATS = ["json", "csv"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

const DISCREPANCIES = `
  select kind, subject, coalesce(action, 'OPEN') as state, amount, ours, theirs, resolution
    from discrepancies where day = $1
   order by kind collate "C", subject collate "C", opened_at, id limit ${LISTED_MAX}`;

/** A day's close as a file has it; null where it was never closed. Its parts are of one moment when nobody writes. */
async function readReport(db: { readonly sql: Sql }, day: string): Promise<RunReport | null> {
  const run = await readRun(db, day);
  if (!run) return null;
  const methods = await readMethods(db, [day]);
  const discrepancies = await db.sql<ReportedDiscrepancy>(DISCREPANCIES, [day]);
  const [all] = await db.sql<{ many: number }>("select count(*) as many from discrepancies where day = $1", [day]);
  const { total, checked, matched, healed, differing, unanswered, open } = run;
  const { sales, settled, pending, refunded, fees, inDoubt, owedBack, adjusted } = shownEquation(run);
  return {
    day,
    state: run.state,
    currency: "IDR",
    counts: { total, checked, matched, healed, differing, unanswered, open },
    sums: { sales, settled, pending, refunded, fees, inDoubt, owedBack, adjusted },
    methods: methods.map(({ day: _, ...each }) => each),
    discrepancies,
    notListed: (all?.many ?? 0) - discrepancies.length,
  };
}

/** The bytes of a day's report in a format; null where the day was never closed. Without a right: for use cases. */
export async function renderReport(
  db: { readonly sql: Sql },
  day: string,
  format: ReportFormat,
): Promise<string | null> {
  const report = await readReport(db, day);
  if (!report) return null;
  return format === "json" ? `${JSON.stringify(report, null, 2)}\n` : csvText(REPORT_HEADER, reportRows(report));
}

export const reportPath = (day: string, format: ReportFormat): string => `/api/reconciliation/${day}/report.${format}`;

/** A signed, short-lived link to it. @throws Refusal FORBIDDEN without reconciliation.read */
export function reportLink(
  app: Pick<App, "settings" | "clock">,
  actor: Actor,
  day: string,
  format: ReportFormat,
): string {
  requireRight(actor, "reconciliation.read");
  const { linkSecret, publicUrl } = app.settings;
  return `${publicUrl}${signLink(linkSecret, reportPath(day, format), later(app.clock.now(), LINK_MS))}`;
}
