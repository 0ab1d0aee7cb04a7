/** A column that holds sealed text. All tables with one have a uuid `id`. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** What its texts are sealed under: a text of one column does not open as another's. */
  readonly context: string;
}

/** The contexts under which the two bodies of a gateway call are sealed. */
export const REQUEST_CONTEXT = "gateway_calls.request";
export const RESPONSE_CONTEXT = "gateway_calls.response";

/** The contexts of the lines of imported files. */
export const SETTLEMENT_LINE_CONTEXT = "settlement_lines.raw";
export const BANK_LINE_CONTEXT = "bank_lines.raw";

/** Every sealed column. Rotation of DATA_KEY re-seals these, and a test reads them raw. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: "payment_notifications", column: "body_sealed", context: "payment_notifications.body" },
  { table: "saved_cards", column: "token_sealed", context: "saved_cards.token" },
  { table: "linked_accounts", column: "token_sealed", context: "linked_accounts.token" },
  { table: "linked_accounts", column: "links_sealed", context: "linked_accounts.links" },
  { table: "shipments", column: "phone_suffix_sealed", context: "shipments.phone_suffix" },
  { table: "shipment_labels", column: "pdf_sealed", context: "shipment_labels.pdf" },
  { table: "enrollment_payments", column: "proof_sealed", context: "enrollment_payments.proof" },
  { table: "refund_accounts", column: "account_sealed", context: "refund_accounts.account" },
  { table: "settlement_lines", column: "raw_sealed", context: SETTLEMENT_LINE_CONTEXT },
  { table: "bank_lines", column: "raw_sealed", context: BANK_LINE_CONTEXT },
  { table: "gateway_calls", column: "request_sealed", context: REQUEST_CONTEXT },
  { table: "gateway_calls", column: "response_sealed", context: RESPONSE_CONTEXT },
];
