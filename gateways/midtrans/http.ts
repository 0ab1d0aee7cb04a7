import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";
import https from "node:https";
import midtransClient from "midtrans-client";
import { z } from "zod";
import { GatewayUnavailable, GatewayUnreadable, Refusal } from "../../domain/kernel/errors.ts";
import type {
  ChargeRequest,
  PaymentGateway,
  PaymentReport,
  RefundAnswer,
  RefundRequest,
} from "../../domain/payment/paymentGateway.ts";
import { httpCall, NoAnswer } from "../../platform/http.ts";
import { type Call, type CallerOptions, createCaller, isOurMistake, TIMEOUTS_MS } from "./caller.ts";
import { coreCharge, snapRequest } from "./requests.ts";
import { readNotification, readRefundAnswer, readStatus } from "./wire.ts";

export interface MidtransOptions extends CallerOptions {
  readonly serverKey: string;
  readonly clientKey: string;
  readonly signatureKey: string;
  /** Base URLs without a path, e.g. `https://api.midtrans.com` and `https://app.midtrans.com`. */
  readonly coreUrl: string;
  readonly snapUrl: string;
  readonly isProduction: boolean;
}

const ANSWER_BYTES_MAX = 1_000_000;
const REASON_CHARS_MAX = 255; // of a refund, as the gateway takes it
const SOCKETS_MAX = 50; // to one host; kept alive between calls

/** Only characters that need no escaping reach a path: the library escapes none. */
function requireSafeId(id: string): void {
  if (!/^[A-Za-z0-9._~-]{1,255}$/.test(id)) throw new Refusal("INVALID_INPUT", "Not an id that the gateway can know");
}

function createClients(options: MidtransOptions) {
  const keys = { isProduction: options.isProduction, serverKey: options.serverKey, clientKey: options.clientKey };
  const clients = { snap: new midtransClient.Snap(keys), core: new midtransClient.CoreApi(keys) };
  const limit = new AsyncLocalStorage<number>();
  const key = new AsyncLocalStorage<string>();
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
    interceptors.request.use((config) => {
      const idempotencyKey = key.getStore();
      if (idempotencyKey) config.headers.set("Idempotency-Key", idempotencyKey);
      return Object.assign(config, { signal: AbortSignal.timeout(limit.getStore() ?? TIMEOUTS_MS.status) });
    });
  }
  return {
    ...clients,
    within: <T>(ms: number, work: () => Promise<T>) => limit.run(ms, work),
    // The library takes no header of a single call.
    withKey: <T>(idempotencyKey: string, work: () => Promise<T>) => key.run(idempotencyKey, work),
  };
}

/** "Conflict with the current state": the order id was charged before. */
const DUPLICATE = 406;

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

async function charge(
  { core, withKey }: ReturnType<typeof createClients>,
  call: Call,
  request: ChargeRequest,
): Promise<PaymentReport | "exists"> {
  requireSafeId(request.gatewayOrderId);
  const body = coreCharge(request);
  const answer = await call("charge", request.gatewayOrderId, "/v2/charge", body, () =>
    withKey(request.idempotencyKey, () => core.charge(body)),
  );
  // A second call of an order id: what the first one made can only be asked for.
  if (answer.code === DUPLICATE) return "exists";
  const report = readStatus(answer.body);
  if (report) return report;
  if (answer.code !== null && answer.code >= 400) {
    const { code } = answer;
    throw new Refusal("GATEWAY_REJECTED", `Midtrans refuses this charge (${code})`, { code });
  }
  // Such as 202, while a call with the same key still runs.
  throw new GatewayUnavailable("midtrans", "Midtrans's answer is not a charge", "unknown");
}

async function refund(
  { core }: ReturnType<typeof createClients>,
  call: Call,
  id: string,
  { key, amount, reason }: RefundRequest,
): Promise<RefundAnswer> {
  requireSafeId(id);
  const body = { refund_key: key, amount, reason: reason.slice(0, REASON_CHARS_MAX) };
  const answer = await call("refund", id, `/v2/${id}/refund`, body, () => core.transaction.refund(id, body));
  const outcome = readRefundAnswer(answer.code, answer.body);
  if (!outcome) throw new GatewayUnavailable("midtrans", "Midtrans's answer is none to a refund", "unknown");
  return outcome;
}

async function closePage(options: MidtransOptions, call: Call, token: string): Promise<"done" | "refused" | "none"> {
  requireSafeId(token);
  const path = "/snap/v1/transactions/{token}/cancel";
  const answer = await call("closePage", token.slice(0, 8), path, null, () => requestClosing(options, token));
  const outcome = readClosing(answer.body);
  if (!outcome) throw new GatewayUnavailable("midtrans", "Midtrans's answer is none about a page", "unknown");
  return outcome;
}

/**
 * Midtrans's Snap and Core API through midtrans-client. Only reads are repeated here: of anything else the caller knows
 * what a second one would do.
 */
export function createMidtransGateway(options: MidtransOptions): PaymentGateway {
  const clients = createClients(options);
  const { snap, core } = clients;
  const { call, awayForMs } = createCaller(options, clients.within);

  async function end(
    operation: "cancel" | "expire" | "approve" | "deny",
    id: string,
  ): Promise<"done" | "refused" | "none"> {
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

    charge: (request) => charge(clients, call, request),
    awayForMs,

    async fetchStatus(id) {
      requireSafeId(id);
      const answer = await call("status", id, `/v2/${id}/status`, null, () => core.transaction.status(id));
      if (answer.code === 404) return null;
      const report = readStatus(answer.body);
      if (!report)
        throw new GatewayUnreadable("midtrans", `Midtrans's answer is not a status (${answer.code})`, "none");
      return report;
    },

    cancel: (id) => end("cancel", id),
    expire: (id) => end("expire", id),
    approve: (id) => end("approve", id),
    deny: (id) => end("deny", id),

    refund: (id, request) => refund(clients, call, id, request),

    closePage: (token) => closePage(options, call, token),

    readNotification: (body) => readNotification(body, options.signatureKey),
  };
}
