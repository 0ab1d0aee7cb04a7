import type { Db } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { type Page, type PageInput, pageOf, readTimedPage } from "../kernel/page.ts";
import type { AlertSeverity } from "../kernel/raiseAlert.ts";

export interface Alert {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly message: string;
  readonly raisedAt: Date;
  readonly clearedAt: Date | null;
}

/** The columns of an Alert. */
export const ALERT_COLUMNS = "id, kind, subject, severity, message, raised_at, cleared_at";

/** Exact up to here: beyond it nobody counts, and the list still pages. */
const COUNT_MAX = 10_000;

/** One alert, null where there is none of that id. */
export async function readAlert(db: Pick<Db, "sql">, id: string): Promise<Alert | null> {
  const [alert] = await db.sql<Alert>(`select ${ALERT_COLUMNS} from alerts where id = $1`, [id]);
  return alert ?? null;
}

/**
 * Alerts, the latest first: the open ones, or those that were cleared.
 *
 * @throws Refusal FORBIDDEN without alert.read, INVALID_INPUT for a bad page
 */
export async function listAlerts(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & { readonly open: boolean },
): Promise<Page<Alert>> {
  requireRight(actor, "alert.read");
  const { limit, after } = readTimedPage(input);
  const rows = await app.db.sql<Alert>(
    `select ${ALERT_COLUMNS} from alerts
      where (cleared_at is null) = $1 and ($2::timestamptz is null or (raised_at, id) < ($2, $3::uuid))
      order by raised_at desc, id desc limit $4`,
    [input.open, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, after !== null, ({ raisedAt, id }) => ({ key: raisedAt.toISOString(), id }));
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without alert.read */
export async function countAlerts(app: Pick<App, "db">, actor: Actor, open: boolean): Promise<number> {
  requireRight(actor, "alert.read");
  const [row] = await app.db.sql<{ count: number }>(
    `select count(*) from (select from alerts where (cleared_at is null) = $1 limit ${COUNT_MAX}) as counted`,
    [open],
  );
  return row?.count ?? 0;
}
