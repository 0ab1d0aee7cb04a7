import { z } from "zod";
import { GatewayUnavailable, invalidInput, Refusal } from "../../domain/kernel/errors.ts";
import type {
  RecurringNews,
  RememberedCard,
  RemoteSubscription,
  SubscriptionGateway,
  SubscriptionRequest,
} from "../../domain/payment/subscriptionGateway.ts";
import { type HttpRequest, httpCall, NoAnswer } from "../../platform/http.ts";
import { type CallerOptions, createCaller, isOurMistake, TIMEOUTS_MS } from "./caller.ts";
import { formatWibTime, parseGrossAmount, parseWibTime } from "./wire.ts";

export interface MidtransSubscriptionOptions extends CallerOptions {
  readonly serverKey: string;
  readonly coreUrl: string;
}

/** "Create documents 3 minutes" for the key of a create; the body is validated before the key is looked up. */
const KEY_MS = 180_000;
const TRANSACTIONS_MAX = 10_000; // ids of one subscription: a charge a day for decades
const NAME_MAX = 255;

const id = z.string().regex(/^[A-Za-z0-9._~-]{1,64}$/);
const subscriptionForm = z.looseObject({
  id,
  name: z.string().max(NAME_MAX),
  amount: z.union([z.string().max(20), z.number()]),
  currency: z.string().max(3).nullish(),
  status: z.string().max(50),
  schedule: z.looseObject({ next_execution_at: z.string().max(50).nullish().catch(null) }).nullish(),
  transaction_ids: z.array(id).max(TRANSACTIONS_MAX).nullish(),
  metadata: z
    .looseObject({ reference: z.string().max(64).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** Their times have a zone or mean UTC; those of the payment API mean Jakarta's. */
function readUtc(text: string | null | undefined): Date | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)/.exec(text ?? "");
  const at = match ? new Date(`${match[1]}Z`) : null;
  return at === null || Number.isNaN(at.getTime()) ? null : at;
}

/** A subscription in our words; null when the body is none. */
function readSubscription(body: unknown): RemoteSubscription | null {
  const form = subscriptionForm.safeParse(body);
  if (!form.success) return null;
  const { data } = form;
  const isRupiah = (data.currency ?? "IDR") === "IDR";
  return {
    gatewayId: data.id,
    name: data.name,
    amount: isRupiah ? parseGrossAmount(String(data.amount)) : null,
    reference: data.metadata?.reference ?? null,
    isActive: data.status.toLowerCase() === "active",
    nextChargeAt: readUtc(data.schedule?.next_execution_at),
    transactionIds: data.transaction_ids ?? [],
  };
}

const newsForm = z.looseObject({ id: id.optional(), name: z.string().max(NAME_MAX).optional() });
const chargeNewsForm = z.looseObject({ subscription: newsForm });

/** The two forms of a recurring notification: the subscription itself, and a charge with its subscription. */
function readNews(body: string): RecurringNews {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw invalidInput({ body: "JSON" });
  }
  const charge = chargeNewsForm.safeParse(json);
  const form = charge.success ? newsForm.safeParse(charge.data.subscription) : newsForm.safeParse(json);
  if (!form.success || form.data.id === undefined) throw invalidInput({ subscription: "an id" });
  return { gatewayId: form.data.id, name: form.data.name ?? null };
}

const cardForm = z.looseObject({
  transaction_id: z.string(),
  masked_card: z.string().regex(/^[\dX*-]{4,30}$/),
  saved_token_id: z.string().min(8).max(2_000),
  saved_token_id_expired_at: z.string().max(50).nullish().catch(null),
  bank: z.string().max(50).nullish().catch(null),
});

/** The card that a status answer names; null where none was kept. */
function readCard(body: unknown, gatewayTransactionId: string): RememberedCard | null {
  const form = cardForm.safeParse(body);
  if (!form.success || form.data.transaction_id !== gatewayTransactionId) return null;
  const { saved_token_id: token, masked_card, bank, saved_token_id_expired_at } = form.data;
  return { token, maskedCard: masked_card, bank: bank ?? null, expiresAt: parseWibTime(saved_token_id_expired_at) };
}

const createBody = ({ name, reference, amount, token, startsAt, customer }: SubscriptionRequest): object => ({
  name,
  amount: String(amount),
  currency: "IDR",
  payment_type: "credit_card",
  token,
  schedule: { interval: 1, interval_unit: "month", start_time: formatWibTime(startsAt) },
  retry_schedule: { interval: 1, interval_unit: "day", max_interval: 3 },
  customer_details: {
    first_name: customer.name,
    email: customer.email,
    ...(customer.phone ? { phone: customer.phone } : {}),
  },
  metadata: { reference },
});

function requireSafeId(text: string): void {
  if (!id.safeParse(text).success) throw new Refusal("INVALID_INPUT", "Not an id that the gateway can know");
}

type Operation = "createSubscription" | "subscription" | "cancelSubscription" | "savedCard";

/** One call. The HTTP status stands in for the body's code: these bodies carry none. */
function createSender(options: MidtransSubscriptionOptions) {
  const authorization = `Basic ${Buffer.from(`${options.serverKey}:`).toString("base64")}`;
  const common = { authorization, accept: "application/json", "content-type": "application/json" };
  const { call } = createCaller(options, (_ms, work) => work());
  return (
    operation: Operation,
    about: string,
    request: Pick<HttpRequest, "method"> & { path: string; body?: object; key?: string },
  ) =>
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

/**
 * Midtrans's Subscription API, and the cards that customers let it keep. Spoken to directly: midtrans-client has no
 * cancel, and takes no key of a single call.
 */
export function createMidtransSubscriptions(options: MidtransSubscriptionOptions): SubscriptionGateway {
  const send = createSender(options);
  const unreadable = (outcome: "none" | "unknown") =>
    new GatewayUnavailable("midtrans", "Midtrans's answer is not about a subscription", outcome);
  return {
    keyMs: KEY_MS,

    async create(request) {
      const path = "/v1/subscriptions";
      const body = createBody(request);
      const answer = await send("createSubscription", request.name, {
        method: "POST",
        path,
        body,
        key: request.idempotencyKey,
      });
      const made = readSubscription(answer.body);
      if (made) return made;
      const { code } = answer;
      if (code !== null && isOurMistake(code))
        throw new Refusal("GATEWAY_REJECTED", `Midtrans refuses this subscription (${code})`, { code });
      throw unreadable("unknown");
    },

    async fetch(gatewayId) {
      requireSafeId(gatewayId);
      const answer = await send("subscription", gatewayId, { method: "GET", path: `/v1/subscriptions/${gatewayId}` });
      if (answer.code === 404) return null;
      const found = readSubscription(answer.body);
      if (found?.gatewayId !== gatewayId) throw unreadable("none");
      return found;
    },

    async cancel(gatewayId) {
      requireSafeId(gatewayId);
      const path = `/v1/subscriptions/${gatewayId}/cancel`;
      const { code } = await send("cancelSubscription", gatewayId, { method: "POST", path });
      if (code === 404) return "none";
      if (code !== 200) throw unreadable("unknown");
      return "done";
    },

    async fetchRememberedCard(gatewayTransactionId) {
      requireSafeId(gatewayTransactionId);
      const path = `/v2/${gatewayTransactionId}/status`;
      const answer = await send("savedCard", gatewayTransactionId, { method: "GET", path });
      return readCard(answer.body, gatewayTransactionId);
    },

    readNews,
  };
}
