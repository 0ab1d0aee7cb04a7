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

export interface Refund {
  chargeback_id: number;
  chargeback_uuid: string;
  key: string;
  amount: number;
  reason: string;
  created_at: number;
  confirms_at: number;
  bank_confirmed_at: number | null;
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
  /** Where a wallet's app sends the buyer back, for a transaction that was charged without a page. */
  callback_url: string | null;
  notification_urls: string[];
  history: { at: number; status: TransactionStatus; fraud_status: FraudStatus | null; by: string }[];
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
