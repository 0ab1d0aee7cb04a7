import { randomBytes } from "node:crypto";
import { createMidtransAccounts } from "../../gateways/midtrans/accounts.ts";
import { createMidtransGateway } from "../../gateways/midtrans/http.ts";
import { createMidtransSubscriptions } from "../../gateways/midtrans/subscriptions.ts";
import { CHECKS, type Counterpart, NotActivated } from "./checks.ts";

/** Whom the contract is held against. */
export interface Side {
  readonly coreUrl: string;
  readonly snapUrl: string;
  readonly serverKey: string;
  readonly clientKey: string;
  readonly merchantId: string;
  readonly signatureKey: string;
}

export interface Result {
  readonly name: string;
  readonly outcome: "ok" | "failed" | "skipped";
  /** Why it failed or was not asked; null for none. */
  readonly why: string | null;
  readonly ms: number;
}

const CALL_TIMEOUT_MS = 30_000;
/** Of the right form, so that it is the key and not its form that is refused. */
const NO_KEY = "SB-Mid-server-nobody-has-this-key";

const notRecorded = async () => undefined;

const adapter = (side: Side, serverKey = side.serverKey) =>
  createMidtransGateway({ ...side, serverKey, isProduction: false, timeoutMs: null, recordCall: notRecorded });

function counterpart(side: Side): Counterpart {
  // No two runs share an order id; one check's is told from another's by its number.
  const run = randomBytes(5).toString("hex").toUpperCase();
  const authorization = `Basic ${Buffer.from(`${side.serverKey}:`).toString("base64")}`;
  let made = 0;
  return {
    gateway: adapter(side),
    stranger: adapter(side, NO_KEY),
    accounts: createMidtransAccounts({ ...side, timeoutMs: null, recordCall: notRecorded }),
    subscriptions: createMidtransSubscriptions({ ...side, timeoutMs: null, recordCall: notRecorded }),
    signatureKey: side.signatureKey,
    merchantId: side.merchantId,
    now: () => new Date(),
    newOrderId: () => `LNS-CONTRACT-${run}-${String(++made).padStart(2, "0")}A`,
    async raw(method, path, body) {
      const url = `${path.startsWith("/snap/") ? side.snapUrl : side.coreUrl}${path}`;
      const response = await fetch(url, {
        method,
        headers: { authorization, accept: "application/json", "content-type": "application/json" },
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}

/**
 * Holds the contract against one side, check by check. It makes transactions of small amounts and ends them again; no
 * money moves, and it is never to be run against production.
 *
 * @param tell is told of each result as it comes
 */
export async function runContract(side: Side, tell: (result: Result) => void = () => undefined): Promise<Result[]> {
  const with_ = counterpart(side);
  const results: Result[] = [];
  for (const { name, run } of CHECKS) {
    const startedAt = performance.now();
    const result = await run(with_).then(
      () => ({ name, outcome: "ok", why: null }) as const,
      (error: Error) => {
        const outcome = error instanceof NotActivated ? ("skipped" as const) : ("failed" as const);
        return { name, outcome, why: error.message };
      },
    );
    const timed = { ...result, ms: Math.round(performance.now() - startedAt) };
    results.push(timed);
    tell(timed);
  }
  return results;
}
