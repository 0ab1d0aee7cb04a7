import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import { type KeyState, keyStateOf } from "./gatewaySetup.rules.ts";

/** What one of the two APIs answered. */
export interface KeyAnswer {
  readonly url: string;
  readonly state: KeyState;
  /** Null: no answer came, or the gateway is not asked for a while because it failed too often. */
  readonly status: number | null;
  readonly durationMs: number | null;
}
export interface KeyCheck {
  readonly core: KeyAnswer;
  readonly snap: KeyAnswer;
}

type CheckApp = Pick<App, "db" | "clock" | "ids" | "payments" | "settings">;

/** Asks about something that cannot exist, and reads in the record of calls what came back. */
async function ask(
  app: CheckApp,
  url: string,
  correlation: string,
  question: () => Promise<unknown>,
): Promise<KeyAnswer> {
  try {
    await question();
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
  }
  const [call] = await app.db.sql<{ status: number | null; durationMs: number }>(
    `select status, duration_ms from gateway_calls where gateway = 'midtrans' and correlation = $1
      order by at desc, id desc limit 1`,
    [correlation],
  );
  const status = call?.status ?? null;
  return { url, state: keyStateOf(status), status, durationMs: call?.durationMs ?? null };
}

/** A page's token is kept by its first characters alone. */
const TOKEN_KEPT = 8;

/**
 * Whether the gateway knows our server key: the Core API is asked how an order stands that cannot exist, the Snap API
 * to close a page that cannot exist. Both must say 404. Nothing changes there, however often it is asked.
 *
 * @throws Refusal FORBIDDEN without gateway.check
 */
export async function checkGatewayKeys(app: CheckApp, actor: Actor): Promise<KeyCheck> {
  requireRight(actor, "gateway.check");
  const { coreUrl, snapUrl } = app.settings.gateway;
  const orderId = `KEY-CHECK-${app.ids.next<"keyCheck">()}`;
  // An id begins with its time: the end of it is what no other one has.
  const token = [...app.ids.next<"keyCheck">()].reverse().join("");
  const core = await ask(app, coreUrl, orderId, () => app.payments.fetchStatus(orderId));
  const snap = await ask(app, snapUrl, token.slice(0, TOKEN_KEPT), () => app.payments.closePage(token));
  await inTransaction(app.db, (tx) =>
    recordAudit(tx, app.clock.now(), actor, {
      permission: "gateway.check",
      entity: "gateway",
      entityId: "midtrans",
      after: { core: core.state, snap: snap.state },
    }),
  );
  return { core, snap };
}
