import type { Db } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import type { AlertSeverity } from "../kernel/raiseAlert.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";

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

const LIST: TimedList = { columns: ALERT_COLUMNS, from: "alerts", at: "raised_at", id: "id" };
/** The open ones are few and have an index of their own, which only these words find. */
const isOpen = (open: boolean): Condition[] => [
  { text: `cleared_at is ${open ? "null" : "not null"} and ?::boolean`, value: true },
];

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
  return listNewest(app.db, LIST, isOpen(input.open), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without alert.read */
export async function countAlerts(app: Pick<App, "db">, actor: Actor, open: boolean): Promise<number> {
  requireRight(actor, "alert.read");
  return countRows(app.db, LIST.from, isOpen(open));
}
