/** Every code that a client may get; the public contract lists them. */
export const ERROR_CODES = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "INVALID_INPUT",
  "RATE_LIMITED",
  "QUERY_TOO_COMPLEX",
  "CONFLICT",
  "ILLEGAL_TRANSITION",
  "OUT_OF_STOCK",
  "TOTAL_CHANGED",
  "CART_EMPTY",
  "SHIPPING_UNAVAILABLE",
  "IDEMPOTENCY_KEY_REUSED",
  "PAYMENT_TOKEN_INVALID",
  "PAYMENT_METHOD_UNAVAILABLE",
  "AMOUNT_OUT_OF_RANGE",
  "ALREADY_PAID",
  "PAYMENT_REFUSED",
  "ORDER_NOT_CANCELLABLE",
  "ORDER_NOT_ARCHIVABLE",
  "NOT_REFUNDABLE",
  "REFUND_EXCEEDS_CAPTURED",
  "REVIEW_NOT_ALLOWED",
  "ALREADY_REVIEWED",
  "ALREADY_ENROLLED",
  "NOT_A_MEMBER",
  "PROGRESS_BACKWARDS",
  "UPLOAD_REFUSED",
  "EMAIL_TAKEN",
  "BAD_CREDENTIALS",
  "TOKEN_REVOKED",
  "TOO_MANY_ATTEMPTS",
  "IN_PROGRESS",
  "STALE_VERSION",
  "PAYMENT_WINDOW_OVER",
  "PAYMENT_IN_REVIEW",
  "ON_HOLD",
  "USE_CANCEL_ORDER",
  "REFUND_ACCOUNT_MISSING",
  "SECOND_PERSON_NEEDED",
  "GATEWAY_UNAVAILABLE",
  "GATEWAY_REJECTED",
  "INTERNAL",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type Details = Readonly<Record<string, unknown>>;

/** The shop says no: something a customer, a member of staff or a script may cause. Nothing was changed. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Details = {},
  ) {
    super(message);
  }
}

/** Input that is not of its form: `fields` says for each path what is expected. */
export function invalidInput(fields: Readonly<Record<string, string>>): Refusal {
  return new Refusal("INVALID_INPUT", "The input is not valid", { fields });
}

/**
 * A company that we depend on did not answer, or answered that it cannot now. Trying again later is right.
 * `outcome` says whether the call may have had its effect.
 */
export class GatewayUnavailable extends Error {
  override readonly name = "GatewayUnavailable";
  constructor(
    readonly gateway: string,
    message: string,
    readonly outcome: "none" | "unknown" = "unknown",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** It did answer, in words that we cannot read: asking again may say the same, so a person is told of it soon. */
export class GatewayUnreadable extends GatewayUnavailable {}

/** It did answer, with a no to this very request: it is away for nobody else, and what only looks asks seldomer. */
export class GatewayRefused extends GatewayUnavailable {}

/** Codes after which the very same request may be sent again. */
export const RETRYABLE_CODES: ReadonlySet<ErrorCode> = new Set([
  "GATEWAY_UNAVAILABLE",
  "IN_PROGRESS",
  "RATE_LIMITED",
  "TOO_MANY_ATTEMPTS",
]);
