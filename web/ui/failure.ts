/** What the shop said no with: a code of the contract, or OFFLINE and UNEXPECTED of our own. */
export interface Failure {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

const HTTP_CODES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  413: "INVALID_INPUT",
  429: "RATE_LIMITED",
  // Answered for the shop by what stands before it: of a gateway that is away the shop itself speaks.
  502: "OFFLINE",
  503: "OFFLINE",
  504: "OFFLINE",
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The first refusal of an error in one shape, whether it came as GraphQL errors, an HTTP status or no answer. */
export function failureOf(error: unknown): Failure {
  if (!isRecord(error)) return { code: "UNEXPECTED", retryable: false, details: {} };
  const first = Array.isArray(error["errors"]) ? (error["errors"][0] as unknown) : undefined;
  if (isRecord(first)) return fromExtensions(first["extensions"]);
  const status = error["statusCode"];
  if (typeof status === "number")
    return { code: HTTP_CODES[status] ?? "INTERNAL", retryable: status >= 429, details: {} };
  // fetch rejects with a TypeError where no answer came: no network, or nobody listening.
  if (error instanceof TypeError || error["name"] === "TimeoutError")
    return { code: "OFFLINE", retryable: true, details: {} };
  return { code: "UNEXPECTED", retryable: false, details: {} };
}

function fromExtensions(extensions: unknown): Failure {
  if (!isRecord(extensions) || typeof extensions["code"] !== "string") {
    return { code: "INTERNAL", retryable: false, details: {} };
  }
  const details = isRecord(extensions["details"]) ? extensions["details"] : {};
  return { code: extensions["code"], retryable: extensions["retryable"] === true, details };
}

/** A whole number from a refusal's details, or undefined. */
export function detailNumber(failure: Failure, name: string): number | undefined {
  const value = failure.details[name];
  return typeof value === "number" ? value : undefined;
}

/** A text from a refusal's details, or undefined. */
export function detailText(failure: Failure, name: string): string | undefined {
  const value = failure.details[name];
  return typeof value === "string" ? value : undefined;
}
