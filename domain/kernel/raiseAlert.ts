import type { Tx } from "../../platform/db.ts";
import { send } from "../messages.ts";
import type { Ids } from "./ids.ts";
import { killPoint } from "./killPoint.ts";

export const ALERT_SEVERITIES = ["INFO", "WARNING", "CRITICAL"] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

export interface AlertInput {
  /** In capitals, such as NOTIFICATION_PARKED. */
  readonly kind: string;
  /** What it is about: one open alert a kind and subject. */
  readonly subject: string;
  readonly severity: AlertSeverity;
  /** A sentence that staff reads; no personal data. */
  readonly message: string;
}

/**
 * Opens an alert, or counts one more on the open one of the same kind and subject: so it is posted once, however often
 * the cause repeats.
 */
export async function raiseAlert(tx: Tx, app: { ids: Ids; now: Date }, alert: AlertInput): Promise<void> {
  const [row] = await tx.sql<{ id: string; raises: number }>(
    `insert into alerts (id, kind, subject, severity, message, raised_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (kind, subject) where cleared_at is null do update set raises = alerts.raises + 1
     returning id, raises`,
    [app.ids.next<"alert">(), alert.kind, alert.subject, alert.severity, alert.message, app.now],
  );
  killPoint("alert.written");
  if (row?.raises === 1) await send(tx, app.now, "alert.raised", { alertId: row.id });
}

async function clear(tx: Tx, now: Date, kinds: readonly string[], subjects: readonly string[]): Promise<void> {
  const rows = await tx.sql<{ id: string }>(
    `update alerts set cleared_at = $3
      where kind = any($1::text[]) and subject = any($2::text[]) and cleared_at is null
     returning id`,
    [kinds, subjects, now],
  );
  for (const { id } of rows) await send(tx, now, "alert.cleared", { alertId: id });
}

/** Clears the open alerts of one kind, or of some, and these subjects: their cause is gone. Most have none open. */
export const clearAlertsOf = (
  tx: Tx,
  now: Date,
  kind: string | readonly string[],
  subjects: readonly string[],
): Promise<void> => clear(tx, now, typeof kind === "string" ? [kind] : kind, subjects);

/** As clearAlertsOf, of all these kinds about one subject. */
export const clearAlertsAbout = (tx: Tx, now: Date, kinds: readonly string[], subject: string): Promise<void> =>
  clear(tx, now, kinds, [subject]);

/** Clears the open alert of this kind and subject because its cause is gone; nothing happens where none is open. */
export const clearAlertOf = (tx: Tx, now: Date, kind: string, subject: string): Promise<void> =>
  clearAlertsOf(tx, now, kind, [subject]);
