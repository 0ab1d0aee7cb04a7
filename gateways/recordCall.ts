import type { Ids } from "../domain/kernel/ids.ts";
import { REQUEST_CONTEXT, RESPONSE_CONTEXT } from "../domain/kernel/sealedColumns.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
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

interface CallRow {
  readonly [column: string]: string | number | null;
}

// One statement for all calls that ended while the one before it was written: it is whole by itself.
const INSERT_CALLS = `
  insert into gateway_calls (id, gateway, operation, method, path, correlation, status, outcome, duration_ms,
                             request_sealed, response_sealed, at)
  select id, gateway, operation, method, path, correlation, status, outcome, duration_ms, request_sealed,
         response_sealed, at
    from jsonb_to_recordset($1::jsonb)
      as c(id uuid, gateway text, operation text, method text, path text, correlation text, status integer,
           outcome text, duration_ms integer, request_sealed text, response_sealed text, at timestamptz)`;

/** Rows of one statement: some hundred kB at most of usual answers. */
const ROWS_MAX = 100;

/** SQLSTATEs of a value that a column's type or rules refuse. */
const NO_ROW_HOLDS = /^2[23]/;

interface Waiting {
  readonly row: CallRow;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes rows one statement after another; those that come meanwhile go together. Each caller waits for his own. */
function createBatchWriter(write: (rows: CallRow[]) => Promise<unknown>): (row: CallRow) => Promise<void> {
  let waiting: Waiting[] = [];
  let isWriting = false;
  const writeBatch = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await write(batch.map(({ row }) => row));
      for (const { done } of batch) done();
    } catch (error) {
      // One of them is what no row can hold, such as a status beyond any number of ours: the others are kept.
      const isSpoiled = batch.length > 1 && NO_ROW_HOLDS.test(String((error as { code?: unknown }).code));
      if (isSpoiled) for (const one of batch) await writeBatch([one]);
      else for (const { failed } of batch) failed(error);
    }
  };
  const writeAll = async () => {
    isWriting = true;
    // Calls that end in the same turn of the event loop go together, too.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, ROWS_MAX);
      waiting = waiting.slice(ROWS_MAX);
      await writeBatch(batch);
    }
    isWriting = false;
  };
  return (row) =>
    new Promise((done, failed) => {
      waiting.push({ row, done, failed });
      if (!isWriting) void writeAll();
    });
}

/** Writes calls into gateway_calls, redacted and then sealed, and counts them for /metrics. */
export function createCallRecorder(app: { db: Db; sealer: Sealer; ids: Ids; clock: Clock; log: Log }): RecordCall {
  const write = createBatchWriter((rows) => app.db.sql(INSERT_CALLS, [JSON.stringify(rows)]));
  return async (call) => {
    const { gateway, operation, outcome } = call;
    gatewaySeconds.observe({ gateway, operation, outcome }, call.durationMs / 1000);
    try {
      await write({
        id: app.ids.next<"gatewayCall">(),
        gateway,
        operation,
        method: call.method,
        path: call.path,
        correlation: call.correlation,
        status: call.status,
        outcome,
        duration_ms: Math.round(call.durationMs),
        request_sealed: app.sealer.seal(readable(call.request), REQUEST_CONTEXT),
        response_sealed: call.status === null ? null : app.sealer.seal(readable(call.response), RESPONSE_CONTEXT),
        at: app.clock.now().toISOString(),
      });
    } catch (error) {
      app.log.warn({ error, gateway, operation, outcome }, "a gateway call could not be recorded");
    }
  };
}
