import type { Rupiah } from "../kernel/money.ts";
import type { ChargeParts } from "./methods.rules.ts";

/** What the gateway says about one transaction, in our words. `unknown` keeps a word that we have never seen. */
export const GATEWAY_STATUSES = [
  "pending",
  "authorize",
  "capture",
  "settlement",
  "deny",
  "cancel",
  "expire",
  "failure",
  "refund",
  "partial_refund",
  "chargeback",
  "partial_chargeback",
  "unknown",
] as const;
export type GatewayStatus = (typeof GATEWAY_STATUSES)[number];

export interface PaymentReport {
  readonly gatewayOrderId: string;
  readonly gatewayTransactionId: string;
  readonly merchantId: string | null;
  readonly status: GatewayStatus;
  /** The gateway's own word. */
  readonly statusText: string;
  readonly fraudStatus: string | null;
  readonly paymentType: string;
  /** The first and the last digits of a card; never more of it. Left out: not paid by one. */
  readonly maskedCard?: string | undefined;
  readonly currency: string;
  /** What the customer paid or is to pay, the gateway's fee included. */
  readonly grossAmount: Rupiah;
  /** What we asked for, where the gateway added a fee for the customer; else the gross amount. */
  readonly originalAmount: Rupiah;
  readonly refundedAmount: Rupiah;
  /** Each refund that makes up the sum. Left out: the answer lists none. */
  readonly refunds?: readonly GatewayRefund[] | undefined;
  readonly settledAt: Date | null;
  readonly expiresAt: Date | null;
  /** What the customer needs to pay, where the gateway told it: VA number, QR and the like. */
  readonly instructions: Readonly<Record<string, string>>;
}

/** One refund as the gateway's books have it. */
export interface GatewayRefund {
  /** The gateway's own. */
  readonly id: string;
  /** Whoever asked for it chose it; null: it began at the gateway. */
  readonly key: string | null;
  readonly amount: Rupiah;
  /** null: the customer's bank has not confirmed it yet. */
  readonly bankConfirmedAt: Date | null;
}

export interface RefundRequest {
  /** Letters, digits, dash and underscore. The same key asks for the same refund, however often it is sent. */
  readonly key: string;
  readonly amount: Rupiah;
  readonly reason: string;
}

/**
 * What the gateway answers to a refund. `denied`: the customer's bank says no to this one. `cannot`: not of this
 * transaction, or not any more. `amount`: more than is left. `funds`: the merchant's balance is too small now.
 * `rejected`: any other definite no.
 */
export type RefundAnswer =
  | { readonly kind: "accepted" | "exists" }
  | {
      readonly kind: "denied" | "cannot" | "amount" | "funds" | "rejected";
      readonly code: number;
      readonly why: string;
    };

/** A verified notification: only what the signature covers or what helps to find the payment. */
export interface GatewayNotice {
  readonly gatewayOrderId: string;
  readonly gatewayTransactionId: string | null;
  readonly statusText: string | null;
  /** The gateway's test button: kept, never applied. */
  readonly isTest: boolean;
  /** Hex digest of what is meaningful; two copies of one event share it. */
  readonly digest: string;
}

export interface PageRequest {
  readonly gatewayOrderId: string;
  readonly amount: Rupiah;
  /** Lines whose sum is `amount`. */
  readonly items: readonly { id: string; name: string; price: number; quantity: number }[];
  readonly customer: { name: string; email: string; phone: string | null };
  readonly address: { recipient: string; phone: string; line: string; city: string; postalCode: string } | null;
  /** Where the browser goes back to. It never changes a state. */
  readonly returnUrl: string;
  readonly startsAt: Date;
  readonly expiresAt: Date;
  /** The ways that the page offers, in the gateway's words; null or left out: all that are activated. */
  readonly only?: readonly string[] | null;
  /** Whose cards the page may keep, and offers again; left out: nobody's. Never a name: an id of ours. */
  readonly saveCardFor?: string;
}

/** A charge without a page: its answer is the number, code or picture that the customer pays by. */
export interface ChargeRequest extends Omit<PageRequest, "only" | "saveCardFor"> {
  readonly charge: ChargeParts;
  /** Of a card that the gateway keeps: a secret. */
  readonly cardToken?: string;
  /** The same for every call of one try; 46 characters at most, more are ignored without a word. */
  readonly idempotencyKey: string;
}

/** A company that collects money for us. Whole rupiah. Never called inside a transaction. */
export interface PaymentGateway {
  /**
   * Opens a hosted page. Asking again for the same order id before the customer chose a method is harmless: the new
   * page replaces the old one.
   *
   * @throws GatewayUnavailable no answer, or it cannot now
   * @throws Refusal GATEWAY_REJECTED it refuses the request for good
   */
  openPage(request: PageRequest): Promise<{ token: string; redirectUrl: string }>;
  /**
   * Makes an instrument that can be paid. An order id is charged once: `exists` when it was charged before, and the
   * status tells what became of it. The same key within 5 minutes has the first answer again, for most payment types.
   *
   * @throws GatewayUnavailable with outcome `none` (nothing was made, it may be asked again) or `unknown` (the status
   * alone can tell); Refusal GATEWAY_REJECTED (details.code) when it refuses for good
   */
  charge(request: ChargeRequest): Promise<PaymentReport | "exists">;
  /** For how long it is not asked, in ms, because it failed too often just now; 0: it is asked. */
  awayForMs(): number;
  /**
   * How a transaction stands; null while the customer has not chosen a method, or it does not exist. @throws
   * GatewayUnavailable
   */
  fetchStatus(gatewayOrderId: string): Promise<PaymentReport | null>;
  /**
   * Ends what is not paid. `done`: it is closed. `refused`: it cannot be any more, ask for the status. `none`: the
   * gateway knows no transaction.
   *
   * @throws GatewayUnavailable
   */
  cancel(gatewayOrderId: string): Promise<"done" | "refused" | "none">;
  /** As cancel, by letting it expire. */
  expire(gatewayOrderId: string): Promise<"done" | "refused" | "none">;
  /**
   * Lets a transaction through that its fraud screening holds. `refused`: it is under challenge no more, ask for the
   * status. `none`: the gateway knows no such transaction.
   *
   * @throws GatewayUnavailable
   */
  approve(gatewayTransactionId: string): Promise<"done" | "refused" | "none">;
  /**
   * Gives money of a settled transaction back. `exists`: the key is known already, ask for the status. Nothing but the
   * status says what became of it.
   *
   * @throws GatewayUnavailable with outcome `none` or `unknown`
   */
  refund(gatewayTransactionId: string, request: RefundRequest): Promise<RefundAnswer>;
  /** As approve, by refusing it. */
  deny(gatewayTransactionId: string): Promise<"done" | "refused" | "none">;
  /** Closes a hosted page on which no method was chosen. `refused`: one is under way. @throws GatewayUnavailable */
  closePage(token: string): Promise<"done" | "refused" | "none">;
  /**
   * Reads a notification: its form and its signature. No network.
   *
   * @throws Refusal INVALID_INPUT malformed or badly signed
   */
  readNotification(body: string): GatewayNotice;
}
