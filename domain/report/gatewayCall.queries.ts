import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { REQUEST_CONTEXT, RESPONSE_CONTEXT } from "../kernel/sealedColumns.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";

/** One call to a company, as it went. */
export interface GatewayCallView {
  readonly id: string;
  readonly gateway: string;
  readonly operation: string;
  /** What it was about, such as a gateway order id; null for no single thing. */
  readonly correlation: string | null;
  /** Null: no answer came. */
  readonly status: number | null;
  readonly outcome: string;
  readonly durationMs: number;
  readonly requestSealed: string;
  readonly responseSealed: string | null;
  readonly at: Date;
}

export interface GatewayCallFilter {
  readonly gateway?: string | null;
  readonly correlation?: string | null;
}

const LIST: TimedList = {
  columns: "id, gateway, operation, correlation, status, outcome, duration_ms, request_sealed, response_sealed, at",
  from: "gateway_calls",
  at: "at",
  id: "id",
};

function conditionsOf({ gateway, correlation }: GatewayCallFilter): Condition[] {
  const list: Condition[] = [];
  if (gateway) list.push({ text: "gateway = ?", value: gateway });
  if (correlation) list.push({ text: "correlation = ?", value: correlation });
  return list;
}

/**
 * Recorded calls, the latest first.
 *
 * @throws Refusal FORBIDDEN without gatewayCall.read, INVALID_INPUT for a bad page
 */
export async function listGatewayCalls(
  app: Pick<App, "db">,
  actor: Actor,
  filter: GatewayCallFilter,
  page: PageInput,
): Promise<Page<GatewayCallView>> {
  requireRight(actor, "gatewayCall.read");
  return listNewest(app.db, LIST, conditionsOf(filter), page);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without gatewayCall.read */
export async function countGatewayCalls(
  app: Pick<App, "db">,
  actor: Actor,
  filter: GatewayCallFilter,
): Promise<number> {
  requireRight(actor, "gatewayCall.read");
  return countRows(app.db, LIST.from, conditionsOf(filter));
}

/** The bodies as JSON; secrets and personal data were hidden when they were kept. Null: there was none. */
export function openBodies(
  app: Pick<App, "sealer">,
  call: Pick<GatewayCallView, "requestSealed" | "responseSealed">,
): { readonly request: string; readonly response: string | null } {
  const { requestSealed, responseSealed } = call;
  return {
    request: app.sealer.open(requestSealed, REQUEST_CONTEXT),
    response: responseSealed === null ? null : app.sealer.open(responseSealed, RESPONSE_CONTEXT),
  };
}
