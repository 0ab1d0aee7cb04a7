import type { Rupiah } from "../kernel/money.ts";

/** A subscription as the gateway tells it, in our words. */
export interface RemoteSubscription {
  readonly gatewayId: string;
  readonly name: string;
  /** null: not whole rupiah. */
  readonly amount: Rupiah | null;
  /** Our own id, as it was given when it was created; null: there is none. */
  readonly reference: string | null;
  /** False: it makes no regular charges, and after a cancel none at all. */
  readonly isActive: boolean;
  readonly nextChargeAt: Date | null;
  /** What it charges, as it was last given: a secret. null: it does not say. */
  readonly token: string | null;
  /** Of every charge that became a transaction, oldest first. */
  readonly transactionIds: readonly string[];
}

export interface SubscriptionRequest {
  /** 15 characters at most; the order ids of its charges begin with it. */
  readonly name: string;
  readonly reference: string;
  readonly amount: Rupiah;
  /** Of a saved card, or of the wallet of a linked account. */
  readonly token: string;
  /** The gateway's id of the linked account; null: a card is charged. */
  readonly accountId: string | null;
  readonly startsAt: Date;
  readonly customer: { readonly name: string; readonly email: string; readonly phone: string | null };
  /** The same for every call of one subscription; 46 characters at most. */
  readonly idempotencyKey: string;
}

/** A card that its owner let the gateway keep. The token charges it: it is a secret. */
export interface RememberedCard {
  readonly token: string;
  readonly maskedCard: string;
  readonly bank: string | null;
  readonly expiresAt: Date | null;
}

/** What an unsigned message says; nothing of it is believed. */
export interface RecurringNews {
  /** null: it is about nothing, as the dashboard's test is. */
  readonly gatewayId: string | null;
  readonly name: string | null;
}

/** The gateway's own schedule of monthly charges. Whole rupiah. Never called inside a transaction. */
export interface SubscriptionGateway {
  /**
   * Makes one. The same key within `keyMs` of the first call has the first answer again, and makes no second one.
   *
   * @throws GatewayUnavailable with outcome `none` or `unknown`; Refusal GATEWAY_REJECTED when it refuses for good
   */
  create(request: SubscriptionRequest): Promise<RemoteSubscription>;
  /** Has it charge another token from now on. Harmless when repeated. @throws GatewayUnavailable */
  renewToken(
    gatewayId: string,
    request: Pick<SubscriptionRequest, "name" | "amount" | "token" | "accountId">,
  ): Promise<void>;
  /** For how long the key of a create is remembered, in ms. */
  readonly keyMs: number;
  /** null: it knows none of that id. @throws GatewayUnavailable */
  fetch(gatewayId: string): Promise<RemoteSubscription | null>;
  /** Ends its charges and their retries. Harmless when repeated. @throws GatewayUnavailable */
  cancel(gatewayId: string): Promise<"done" | "none">;
  /** The card that was kept with a transaction; null: none was. @throws GatewayUnavailable */
  fetchRememberedCard(gatewayTransactionId: string): Promise<RememberedCard | null>;
  /** Reads a recurring notification: its form alone. @throws Refusal INVALID_INPUT */
  readNews(body: string): RecurringNews;
}
