import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { DAY_MS, later } from "../kernel/time.ts";
import { type DashboardUrls, dashboardUrls, type SetupWarning, setupWarnings } from "./gatewaySetup.rules.ts";

/** Something that happened between the gateway and the shop. */
export interface GatewaySign {
  readonly what: string;
  /** Its state, or how it ended. */
  readonly outcome: string;
  readonly at: Date;
  /** Seconds since then. */
  readonly ageSeconds: number;
}

export interface GatewaySetup {
  readonly mode: "local" | "sandbox" | "production";
  readonly merchantId: string;
  readonly coreUrl: string;
  readonly snapUrl: string;
  readonly urls: DashboardUrls;
  readonly warnings: readonly SetupWarning[];
  /** Null: none came yet. Messages of the dashboard's own test button are told apart. */
  readonly lastNotification: GatewaySign | null;
  readonly lastTest: GatewaySign | null;
  /** Null: nothing was asked for a month. */
  readonly lastCall: GatewaySign | null;
  readonly lastAnswer: GatewaySign | null;
}

type Found = Omit<GatewaySign, "ageSeconds"> & { readonly slot: keyof GatewaySetup };

const CALLS_FOR_MS = 30 * DAY_MS; // an older call says nothing of today, and looking for it would read all of them

// Each part is the newest row of an index.
const READ_SIGNS = `
  (select 'lastNotification' as slot, gateway_order_id as what, state as outcome, received_at as at
     from payment_notifications where not is_test order by received_at desc, id desc limit 1)
  union all
  (select 'lastTest', gateway_order_id, state, received_at
     from payment_notifications where is_test order by received_at desc, id desc limit 1)
  union all
  (select 'lastCall', operation, outcome || coalesce(' ' || status, ''), at
     from gateway_calls where gateway = 'midtrans' and at > $1 order by at desc, id desc limit 1)
  union all
  (select 'lastAnswer', operation, outcome || coalesce(' ' || status, ''), at
     from gateway_calls where gateway = 'midtrans' and outcome = 'ok' and at > $1 order by at desc, id desc limit 1)`;

/**
 * How this shop is set up at Midtrans: what is to be copied there, what looks wrong, and when each side was last heard.
 *
 * @throws Refusal FORBIDDEN without gateway.read
 */
export async function readGatewaySetup(
  app: Pick<App, "db" | "clock" | "settings">,
  actor: Actor,
): Promise<GatewaySetup> {
  requireRight(actor, "gateway.read");
  const { gateway, publicUrl } = app.settings;
  const at = app.clock.now();
  const rows = await app.db.sql<Found>(READ_SIGNS, [later(at, -CALLS_FOR_MS)]);
  const now = at.getTime();
  const sign = (slot: Found["slot"]): GatewaySign | null => {
    const row = rows.find((each) => each.slot === slot);
    return row ? { ...row, ageSeconds: Math.max(0, Math.round((now - row.at.getTime()) / 1000)) } : null;
  };
  return {
    mode: gateway.mode,
    merchantId: gateway.merchantId,
    coreUrl: gateway.coreUrl,
    snapUrl: gateway.snapUrl,
    urls: dashboardUrls(publicUrl),
    warnings: setupWarnings(gateway, publicUrl),
    lastNotification: sign("lastNotification"),
    lastTest: sign("lastTest"),
    lastCall: sign("lastCall"),
    lastAnswer: sign("lastAnswer"),
  };
}
