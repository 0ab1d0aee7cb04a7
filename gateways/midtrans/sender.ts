import { type HttpRequest, httpCall, NoAnswer } from "../../platform/http.ts";
import { type Answer, type CallerOptions, createCaller, type Operation, TIMEOUTS_MS } from "./caller.ts";

export interface SenderOptions extends CallerOptions {
  readonly serverKey: string;
  readonly coreUrl: string;
}

interface Sent extends Pick<HttpRequest, "method"> {
  readonly path: string;
  readonly body?: object;
  /** Idempotency-Key */
  readonly key?: string;
}

/** Sends a call to the Core API's host without midtrans-client, which lacks some, and keys of single calls. */
export type Send = (operation: Operation, about: string, request: Sent) => Promise<Answer>;

/** The HTTP status stands in for the body's code where a body carries none. */
export function createSender(options: SenderOptions): Send {
  const authorization = `Basic ${Buffer.from(`${options.serverKey}:`).toString("base64")}`;
  const common = { authorization, accept: "application/json", "content-type": "application/json" };
  const { call } = createCaller(options, (_ms, work) => work());
  return (operation, about, request) =>
    call(operation, about, request.path, request.body ?? null, async () => {
      const { status, json } = await httpCall({
        method: request.method,
        url: `${options.coreUrl}${request.path}`,
        headers: { ...common, ...(request.key ? { "Idempotency-Key": request.key } : {}) },
        ...(request.body ? { body: JSON.stringify(request.body) } : {}),
        timeoutMs: options.timeoutMs ?? TIMEOUTS_MS[operation],
      }).catch((error: unknown) => {
        if (!(error instanceof NoAnswer)) throw error;
        // What the caller reads of the library's errors: a refused connection proves that nothing was sent.
        const code = (error.cause as { code?: unknown } | undefined)?.code;
        throw Object.assign(new Error("no answer"), { rawHttpClientData: { code } });
      });
      return json !== null && typeof json === "object" ? { status_code: String(status), ...json } : json;
    });
}
