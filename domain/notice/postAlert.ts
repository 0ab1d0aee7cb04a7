import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import type { Messages } from "../messages.ts";
import { readAlert } from "./alert.queries.ts";

/**
 * Handler of alert.raised and alert.cleared: posts the alert as it is now to the address that the shop watches.
 *
 * A second run is harmless: it posts the same id with the same state, and receivers tell alerts apart by their id.
 *
 * @throws GatewayUnavailable when it was not taken: the job is repeated
 */
export async function postAlert(
  app: Pick<App, "db" | "alertSink">,
  { alertId }: Messages["alert.raised"] | Messages["alert.cleared"],
): Promise<void> {
  if (app.alertSink === null) return;
  const alert = await readAlert(app.db, alertId);
  if (!alert) throw new Error(`no alert ${alertId}`);
  const { id, kind, subject, severity, message, raisedAt, clearedAt } = alert;
  await app.alertSink.post({ id, kind, subject, severity, message, raisedAt, clearedAt });
  killPoint("alert.posted");
}
