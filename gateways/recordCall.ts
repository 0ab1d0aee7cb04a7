import type { Ids } from "../domain/kernel/ids.ts";
import { REQUEST_CONTEXT, RESPONSE_CONTEXT } from "../domain/kernel/sealedColumns.ts";
import type { Clock } from "../platform/clock.ts";
import { type Db, inTransaction } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { gatewaySeconds } from "../platform/metrics.ts";
import { redact } from "../platform/redact.ts";
import type { Sealer } from "../platform/secrets.ts";

/**
 * `ok`: it did what was asked, or said that there is nothing. `refused`: it says no to this request. `failed`: an error
 * of its own, or an answer that nobody can read. `no_answer`: refused the connection, was cut off or too slow.
 */
export type CallOutcome = "ok" | "refused" | "failed" | "no_answer";

/** One request to a gateway as it went. Neither body may hold a header: keys travel there. */
export interface GatewayCall {
  readonly gateway: "midtrans" | "rajaongkir" | "komerce";
  readonly operation: string;
  readonly method: string;
  /** Without the query, which belongs into `request`. */
  readonly path: string;
  /** What it was about, such as a gateway order id; null for no single thing. */
  readonly correlation: string | null;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly outcome: CallOutcome;
  readonly durationMs: number;
  readonly request: unknown;
  /** null when no answer came. */
  readonly response: unknown;
}

/** Keeps a call for staff to read. Never rejects: the call itself has happened whether or not it could be kept. */
export type RecordCall = (call: GatewayCall) => Promise<void>;

const BODY_CHARS_MAX = 32_000; // of a body as JSON: longer ones are cut, for they are kept for people to read

function readable(body: unknown): string {
  const json = JSON.stringify(redact(body)) ?? "null";
  return json.length <= BODY_CHARS_MAX ? json : JSON.stringify({ cut: json.slice(0, BODY_CHARS_MAX) });
}

/** Writes calls into gateway_calls, redacted and then sealed, and counts them for /metrics. */
export function createCallRecorder(app: { db: Db; sealer: Sealer; ids: Ids; clock: Clock; log: Log }): RecordCall {
  return async (call) => {
    const { gateway, operation, outcome } = call;
    gatewaySeconds.observe({ gateway, operation, outcome }, call.durationMs / 1000);
    try {
      const request = app.sealer.seal(readable(call.request), REQUEST_CONTEXT);
      const response = call.status === null ? null : app.sealer.seal(readable(call.response), RESPONSE_CONTEXT);
      await inTransaction(app.db, (tx) =>
        tx.sql(
          `insert into gateway_calls (id, gateway, operation, method, path, correlation, status, outcome, duration_ms,
                                      request_sealed, response_sealed, at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
          [
            app.ids.next<"gatewayCall">(),
            gateway,
            operation,
            call.method,
            call.path,
            call.correlation,
            call.status,
            outcome,
            Math.round(call.durationMs),
            request,
            response,
            app.clock.now(),
          ],
        ),
      );
    } catch (error) {
      app.log.warn({ error, gateway, operation, outcome }, "a gateway call could not be recorded");
    }
  };
}
