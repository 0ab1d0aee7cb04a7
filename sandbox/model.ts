import type { MethodCode } from "./midtrans/methods.ts";
import type { SnapRequest } from "./midtrans/snapRequest.ts";

/** midtrans.md 5.1, lower case. */
export type TransactionStatus =
  | "authorize"
  | "capture"
  | "settlement"
  | "pending"
  | "deny"
  | "cancel"
  | "expire"
  | "failure"
  | "refund"
  | "partial_refund"
  | "chargeback"
  | "partial_chargeback";

export type FraudStatus = "accept" | "challenge" | "deny";

/** A Snap token with what the shop asked for. Moments ending in `_at` are simulated ms on the line begun at `born`. */
export interface SnapPage {
  token: string;
  order_id: string;
  born: number;
  request: SnapRequest;
  page_expires_at: number;
  state: "open" | "replaced" | "canceled";
  /** Where notifications of its transactions go; fixed when the page is made. */
  notification_urls: string[];
}

/** How the bank behind a test card decides (midtrans.md 10.1). */
export type CardOutcome =
  | "accept"
  | "challenge"
  | "deny"
  | "fraud"
  | "insufficient"
  | "insufficient_above"
  | "late"
  | "unproven";

/** A one-time or a saved token. The number itself is never kept, only what a merchant may see of it. */
export interface CardToken {
  id: string;
  kind: "once" | "saved";
  masked_card: string;
  card_type: "credit" | "debit";
  outcome: CardOutcome;
  three_ds: "otp" | "silent" | "none";
  eci: string;
  /** The shop's customer, for cards saved on a hosted page. */
  user_id: string | null;
  /** The saved token that a one-time token of two clicks was made from. */
  saved_from: string | null;
  /** Real ms. */
  created_at: number;
  expires_at: number;
  state: "usable" | "used" | "invalid";
}

/** What a card transaction carries beside its public members. */
export interface CardPart {
  outcome: CardOutcome;
  type: "authorize_capture" | "authorize";
  eci: string;
  three_ds: CardToken["three_ds"];
  channel_response: { code: string; message: string } | null;
  approval_code: string | null;
  /** Saves the card once it is accepted. */
  saves: boolean;
  user_id: string | null;
  /** Wrong codes typed on the bank's page. */
  wrong_codes: number;
}

/** Money that a cardholder's bank took back. */
export interface Chargeback {
  id: number;
  amount: number;
  created_at: number;
}

export interface Refund {
  chargeback_id: number;
  chargeback_uuid: string;
  key: string;
  amount: number;
  reason: string;
  created_at: number;
  confirms_at: number;
  bank_confirmed_at: number | null;
  /** Absent in older records: online. */
  method?: "online" | "offline";
}

/** One attempt to pay. Amounts in whole rupiah; moments in simulated ms on the line that began at `born`. */
export interface Transaction {
  id: string;
  order_id: string;
  token: string | null;
  born: number;
  method: MethodCode;
  gross_amount: number;
  /** What the shop asked for; the rest of gross_amount is the buyer's fee (midtrans.md 2.10). */
  original_amount: number;
  status: TransactionStatus;
  fraud_status: FraudStatus | null;
  transaction_at: number;
  expires_at: number | null;
  /** When the daily card batch takes it. */
  batch_at: number | null;
  settled_at: number | null;
  /** Members of the wire body that belong to the payment type, such as va_numbers. */
  instrument: Record<string, unknown>;
  /** Custom fields, metadata and customer details that are echoed. */
  echo: Record<string, unknown>;
  refunds: Refund[];
  chargebacks?: Chargeback[];
  card?: CardPart;
  /** What was reserved before a capture of a part of it, in whole rupiah. */
  authorized_amount?: number;
  /** When the provider or bank decides by itself, and how. */
  decides_at?: number | null;
  decides?: TransactionStatus;
  /** The app reserves the money and does not take it (midtrans.md 3.7). */
  pre_auth?: boolean;
  /** The payer's app on a QR, where it is not the usual one. */
  issuer?: string;
  /** A provider's own answer, for what has no card. */
  channel_response?: { code: string; message: string };
  /** The account that this payment was a later payment into (midtrans.md 3.5). */
  parent_id?: string;
  subscription_id?: string;
  /** Where a wallet's app sends the buyer back, for a transaction that was charged without a page. */
  callback_url: string | null;
  notification_urls: string[];
  history: { at: number; status: TransactionStatus; fraud_status: FraudStatus | null; by: string }[];
}

export type AccountStatus = "PENDING" | "EXPIRED" | "ENABLED" | "DISABLED";

/** A GoPay account that a buyer linked, or may still link (midtrans.md 7.5). */
export interface PayAccount {
  id: string;
  born: number;
  phone_number: string;
  country_code: string;
  redirect_url: string | null;
  status: AccountStatus;
  /** Simulated ms at which an unanswered link is over. */
  link_expires_at: number;
  options: { name: "GOPAY_WALLET" | "PAY_LATER"; active: boolean; balance: number; token: string }[];
  /** What the wallet does with the next charges. */
  behaviour: "settle" | "pin" | "deny";
}

/** A charge's outcome that a test asked for; the codes are those of midtrans.md 7.3. */
export type ChargeFailure = "deny" | "challenge" | "411" | "402" | "500";

/** A subscription of the Subscription API; moments in simulated ms on the line begun at `born`. */
export interface Subscription {
  id: string;
  born: number;
  name: string;
  amount: number;
  payment_type: "credit_card" | "gopay";
  token: string;
  account_id: string | null;
  status: "active" | "inactive";
  interval: number;
  interval_unit: "day" | "week" | "month";
  /** Charges in all; null is without end. */
  max_interval: number | null;
  current_interval: number;
  start_at: number;
  /** The moment from which periods are counted, and how many of them the next regular charge is away from it. */
  anchor_at: number;
  period: number;
  previous_at: number | null;
  next_at: number | null;
  retry: { interval: number; interval_unit: "minute" | "hour" | "day"; max_interval: number } | null;
  /** Retries made of the charge that failed last, and when the next one comes. */
  retries: number;
  retry_at: number | null;
  customer: Record<string, unknown> | null;
  metadata: Record<string, unknown> | null;
  transaction_ids: string[];
  failed_charges: number;
  /** How the next charges end, each used once. */
  fails: ChargeFailure[];
}

export interface Attempt {
  /** Real ms. */
  at: number;
  ms: number;
  /** The answer's HTTP status, or null where there was none. */
  status: number | null;
  error: string | null;
  hops: number;
}

export type DeliveryState = "waiting" | "held" | "delivered" | "failed" | "lost";

/** A message to one URL with its tries. */
export interface Notification {
  id: string;
  order_id: string;
  transaction_id: string;
  url: string;
  body: Record<string, unknown>;
  /** Real ms. */
  created_at: number;
  state: DeliveryState;
  attempts: Attempt[];
  /** Real ms of the next try, while waiting or held. */
  next_at: number | null;
  /** What a fault did to it, or "". */
  note: string;
}

export interface Fault {
  id: string;
  target: string;
  kind: string;
  /** Calls that it will still meet. */
  left: number;
  ms: number | null;
  copies: number | null;
  status: number | null;
}

/** A successful answer kept under its Idempotency-Key (midtrans.md 1.4). */
export interface StoredReply {
  key: string;
  stored_at: number;
  status: number;
  body: unknown;
}

export interface Counter {
  name: string;
  value: number;
}
