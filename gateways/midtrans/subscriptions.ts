import { z } from "zod";
import { GatewayUnavailable, GatewayUnreadable, invalidInput, Refusal } from "../../domain/kernel/errors.ts";
import type {
  RecurringNews,
  RememberedCard,
  RemoteSubscription,
  SubscriptionGateway,
  SubscriptionRequest,
} from "../../domain/payment/subscriptionGateway.ts";
import { isOurMistake } from "./caller.ts";
import { createSender, type SenderOptions } from "./sender.ts";
import { formatWibTime, parseGrossAmount, parseWibTime } from "./wire.ts";

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
  token: z.string().max(2_000).nullish().catch(null),
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
    token: data.token ?? null,
    transactionIds: data.transaction_ids ?? [],
  };
}

/** The dashboard's tests name longer ones. */
const newsId = z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/);
const name = z.string().max(NAME_MAX).optional();
const newsForm = z.looseObject({
  subscription: z.looseObject({ id: newsId, name }).optional(),
  id: newsId.optional(),
  name,
});

/** The two forms of a recurring notification: the subscription itself, and a charge with its subscription. */
function readNews(body: string): RecurringNews {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw invalidInput({ body: "JSON" });
  }
  const form = newsForm.safeParse(json);
  if (!form.success) throw invalidInput({ subscription: "an id" });
  const { id: gatewayId = null, name: told = null } = form.data.subscription ?? form.data;
  return { gatewayId, name: told };
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

/** What is told of a new one, and told again of one that is changed. */
const chargedParts = ({
  name,
  amount,
  token,
  accountId,
}: Pick<SubscriptionRequest, "name" | "amount" | "token" | "accountId">) => ({
  name,
  amount: String(amount),
  currency: "IDR",
  token,
  ...(accountId === null ? {} : { gopay: { account_id: accountId } }),
});

const createBody = (request: SubscriptionRequest): object => ({
  ...chargedParts(request),
  payment_type: request.accountId === null ? "credit_card" : "gopay",
  schedule: { interval: 1, interval_unit: "month", start_time: formatWibTime(request.startsAt) },
  retry_schedule: { interval: 1, interval_unit: "day", max_interval: 3 },
  customer_details: {
    first_name: request.customer.name,
    email: request.customer.email,
    ...(request.customer.phone ? { phone: request.customer.phone } : {}),
  },
  metadata: { reference: request.reference },
});

function requireSafeId(text: string): void {
  if (!id.safeParse(text).success) throw new Refusal("INVALID_INPUT", "Not an id that the gateway can know");
}

const unreadable = () => new GatewayUnavailable("midtrans", "Midtrans's answer is not about a subscription", "unknown");

/**
 * Midtrans's Subscription API, and the cards that customers let it keep. Spoken to directly: midtrans-client has no
 * cancel, and takes no key of a single call.
 */
export function createMidtransSubscriptions(options: SenderOptions): SubscriptionGateway {
  const send = createSender(options);
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
      throw unreadable();
    },

    async fetch(gatewayId) {
      requireSafeId(gatewayId);
      const answer = await send("subscription", gatewayId, { method: "GET", path: `/v1/subscriptions/${gatewayId}` });
      if (answer.code === 404) return null;
      const found = readSubscription(answer.body);
      if (found?.gatewayId !== gatewayId)
        throw new GatewayUnreadable("midtrans", "Midtrans's answer is not about this subscription", "none");
      return found;
    },

    async cancel(gatewayId) {
      requireSafeId(gatewayId);
      const path = `/v1/subscriptions/${gatewayId}/cancel`;
      const { code } = await send("cancelSubscription", gatewayId, { method: "POST", path });
      if (code === 404) return "none";
      if (code !== 200) throw unreadable();
      return "done";
    },

    async renewToken(gatewayId, request) {
      requireSafeId(gatewayId);
      const path = `/v1/subscriptions/${gatewayId}`;
      const body = { ...chargedParts(request), schedule: { interval: 1 } };
      const { code } = await send("updateSubscription", gatewayId, { method: "PATCH", path, body });
      if (code !== 200) throw unreadable();
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
