import type { Rupiah } from "../kernel/money.ts";

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
  readonly currency: string;
  /** What the customer paid or is to pay, the gateway's fee included. */
  readonly grossAmount: Rupiah;
  /** What we asked for, where the gateway added a fee for the customer; else the gross amount. */
  readonly originalAmount: Rupiah;
  readonly refundedAmount: Rupiah;
  readonly settledAt: Date | null;
  readonly expiresAt: Date | null;
  /** What the customer needs to pay, where the gateway told it: VA number, QR and the like. */
  readonly instructions: Readonly<Record<string, string>>;
}

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
  /** Closes a hosted page on which no method was chosen. `refused`: one is under way. @throws GatewayUnavailable */
  closePage(token: string): Promise<"done" | "refused" | "none">;
  /**
   * Reads a notification: its form and its signature. No network.
   *
   * @throws Refusal INVALID_INPUT malformed or badly signed
   */
  readNotification(body: string): GatewayNotice;
}
