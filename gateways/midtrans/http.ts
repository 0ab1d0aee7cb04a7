import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";
import https from "node:https";
import midtransClient from "midtrans-client";
import { z } from "zod";
import { GatewayUnavailable, Refusal } from "../../domain/kernel/errors.ts";
import type { PaymentGateway } from "../../domain/payment/paymentGateway.ts";
import { assertOutsideTransaction } from "../../platform/db.ts";
import { httpCall, NoAnswer } from "../../platform/http.ts";
import type { CallOutcome, RecordCall } from "../recordCall.ts";
import { readNotification, readStatus, snapRequest } from "./wire.ts";

export interface MidtransOptions {
  readonly serverKey: string;
  readonly clientKey: string;
  readonly signatureKey: string;
  /** Base URLs without a path, e.g. `https://api.midtrans.com` and `https://app.midtrans.com`. */
  readonly coreUrl: string;
  readonly snapUrl: string;
  readonly isProduction: boolean;
  /** Overrides every limit of TIMEOUTS_MS; null for the table. */
  readonly timeoutMs: number | null;
  readonly recordCall: RecordCall;
}

/** How long each call may take, in ms: reads 20 s at most; a page is created while a customer waits. */
const TIMEOUTS_MS = { status: 20_000, cancel: 30_000, expire: 30_000, openPage: 20_000, closePage: 20_000 } as const;
type Operation = keyof typeof TIMEOUTS_MS;

const ANSWER_BYTES_MAX = 1_000_000;
const SOCKETS_MAX = 50; // to one host; kept alive between calls

/** What came back, before anybody decides what it means. `code` is the body's status_code, else the HTTP status. */
interface Answer {
  readonly code: number | null;
  readonly body: unknown;
}

const codeForm = z.looseObject({ status_code: z.union([z.string().regex(/^\d{3}$/), z.number()]) });

/** The body's own code counts, whatever the HTTP status is: refusals come with HTTP 200 too. */
function answerOf(httpStatus: number | null, body: unknown): Answer {
  const form = codeForm.safeParse(body);
  return { code: form.success ? Number(form.data.status_code) : httpStatus, body };
}

/** The library's error holds the request with its key: only these three members are ever read. */
const libraryErrorForm = z.object({
  httpStatusCode: z.union([z.string(), z.number(), z.null()]).optional(),
  ApiResponse: z.unknown().optional(),
});

function answerOfError(error: unknown): Answer | null {
  const form = libraryErrorForm.safeParse({
    httpStatusCode: (error as { httpStatusCode?: unknown } | null)?.httpStatusCode ?? null,
    ApiResponse: (error as { ApiResponse?: unknown } | null)?.ApiResponse,
  });
  if (!form.success || form.data.httpStatusCode === null || form.data.httpStatusCode === undefined) return null;
  return answerOf(Number(form.data.httpStatusCode), form.data.ApiResponse);
}

const isOurMistake = (code: number): boolean => code >= 400 && code < 500 && code !== 429;

function outcomeOf(answer: Answer | null): CallOutcome {
  if (!answer) return "no_answer";
  const isReadable = typeof answer.body === "object" && answer.body !== null;
  if (!isReadable || answer.code === null || answer.code >= 500 || answer.code === 429) return "failed";
  return isOurMistake(answer.code) && answer.code !== 404 && answer.code !== 407 ? "refused" : "ok";
}

/** Only characters that need no escaping reach a path: the library escapes none. */
function requireSafeId(id: string): void {
  if (!/^[A-Za-z0-9._~-]{1,255}$/.test(id)) throw new Refusal("INVALID_INPUT", "Not an id that the gateway can know");
}

function createClients(options: MidtransOptions) {
  const keys = { isProduction: options.isProduction, serverKey: options.serverKey, clientKey: options.clientKey };
  const clients = { snap: new midtransClient.Snap(keys), core: new midtransClient.CoreApi(keys) };
  const limit = new AsyncLocalStorage<number>();
  for (const client of [clients.snap, clients.core]) {
    // The package has no setting for its base URL: its own methods are replaced on this one instance.
    client.apiConfig.getCoreApiBaseUrl = () => options.coreUrl;
    client.apiConfig.getSnapApiBaseUrl = () => `${options.snapUrl}/snap/v1`;
    const { defaults, interceptors } = client.httpClient.http_client;
    defaults.httpAgent = new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
    defaults.httpsAgent = new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
    defaults.maxContentLength = ANSWER_BYTES_MAX;
    defaults.maxRedirects = 0;
    // A signal limits the whole call, a slowly dripping body included; the library's own timeout does not.
    interceptors.request.use((config) => ({
      ...config,
      signal: AbortSignal.timeout(limit.getStore() ?? TIMEOUTS_MS.status),
    }));
  }
  return { ...clients, within: <T>(ms: number, work: () => Promise<T>) => limit.run(ms, work) };
}

const pageForm = z.looseObject({
  token: z.string().min(1).max(255),
  redirect_url: z.url({ protocol: /^https?$/ }).max(2000),
});

const closedPageForm = z.looseObject({ canceled_at: z.string() });
const refusalForm = z.looseObject({ error_messages: z.array(z.string()).min(1) });

/** What became of a page that was to be closed; null where an answer says nothing of it, as a proxy's page. */
function readClosing(body: unknown): "done" | "refused" | "none" | null {
  if (closedPageForm.safeParse(body).success) return "done";
  const refusal = refusalForm.safeParse(body);
  if (!refusal.success) return null;
  const why = refusal.data.error_messages.join(" ");
  if (/already cancel/i.test(why)) return "done";
  return /not found/i.test(why) ? "none" : "refused";
}

/** The library has no method that closes a page. The HTTP status stands in for the body's code: Snap sends none. */
async function requestClosing(options: MidtransOptions, token: string): Promise<object> {
  const url = `${options.snapUrl}/snap/v1/transactions/${token}/cancel`;
  const authorization = `Basic ${Buffer.from(`${options.serverKey}:`).toString("base64")}`;
  const headers = { authorization, accept: "application/json", "content-type": "application/json" };
  try {
    const timeoutMs = options.timeoutMs ?? TIMEOUTS_MS.closePage;
    const { status, json } = await httpCall({ method: "POST", url, headers, timeoutMs });
    return { ...(json as object), status_code: String(status) };
  } catch (error) {
    throw error instanceof NoAnswer ? new Error("no answer") : error;
  }
}

type Call = (
  operation: Operation,
  correlation: string,
  path: string,
  request: unknown,
  work: () => Promise<unknown>,
) => Promise<Answer>;

/** Makes calls within their limit of time, records each, and takes an answer that says nothing for none. */
function createCaller(options: MidtransOptions, within: ReturnType<typeof createClients>["within"]): Call {
  return async (operation, correlation, path, request, work) => {
    assertOutsideTransaction(`midtrans ${operation}`);
    const startedAt = performance.now();
    let answer: Answer | null;
    try {
      answer = answerOf(200, await within(options.timeoutMs ?? TIMEOUTS_MS[operation], work));
    } catch (error) {
      answer = answerOfError(error);
    }
    const outcome = outcomeOf(answer);
    await options.recordCall({
      gateway: "midtrans",
      operation,
      method: operation === "status" ? "GET" : "POST",
      path,
      correlation,
      status: answer?.code ?? null,
      outcome,
      durationMs: performance.now() - startedAt,
      request,
      response: answer?.body ?? null,
    });
    if (!answer) throw new GatewayUnavailable("midtrans", `Midtrans did not answer (${operation})`, "unknown");
    if (outcome === "failed")
      throw new GatewayUnavailable("midtrans", `Midtrans failed (${operation}, ${answer.code})`, "unknown");
    if (answer.code === 401) throw new GatewayUnavailable("midtrans", "Midtrans refuses the server key", "none");
    return answer;
  };
}

/**
 * Midtrans's Snap and Core API through midtrans-client. Calls are never repeated here: the caller knows what a second
 * one would do.
 */
export function createMidtransGateway(options: MidtransOptions): PaymentGateway {
  const { snap, core, within } = createClients(options);

  const call = createCaller(options, within);

  async function end(operation: "cancel" | "expire", id: string): Promise<"done" | "refused" | "none"> {
    requireSafeId(id);
    const { code } = await call(operation, id, `/v2/${id}/${operation}`, null, () => core.transaction[operation](id));
    if (code === 404) return "none";
    // An expiry that worked answers 407.
    return code === 200 || (operation === "expire" && code === 407) ? "done" : "refused";
  }

  return {
    async openPage(request) {
      const body = snapRequest(request);
      const answer = await call("openPage", request.gatewayOrderId, "/snap/v1/transactions", body, () =>
        snap.createTransaction(body),
      );
      const page = pageForm.safeParse(answer.body);
      if (page.success) return { token: page.data.token, redirectUrl: page.data.redirect_url };
      if (answer.code !== null && isOurMistake(answer.code)) {
        throw new Refusal("GATEWAY_REJECTED", `Midtrans refuses to open a page (${answer.code})`);
      }
      throw new GatewayUnavailable("midtrans", "Midtrans's answer is not a page", "unknown");
    },

    async fetchStatus(id) {
      requireSafeId(id);
      const answer = await call("status", id, `/v2/${id}/status`, null, () => core.transaction.status(id));
      if (answer.code === 404) return null;
      const report = readStatus(answer.body);
      if (!report) throw new GatewayUnavailable("midtrans", "Midtrans's answer is not a status", "none");
      return report;
    },

    cancel: (id) => end("cancel", id),
    expire: (id) => end("expire", id),

    async closePage(token) {
      requireSafeId(token);
      const path = "/snap/v1/transactions/{token}/cancel";
      const answer = await call("closePage", token.slice(0, 8), path, null, () => requestClosing(options, token));
      const outcome = readClosing(answer.body);
      if (!outcome) throw new GatewayUnavailable("midtrans", "Midtrans's answer is none about a page", "unknown");
      return outcome;
    },

    readNotification: (body) => readNotification(body, options.signatureKey),
  };
}
