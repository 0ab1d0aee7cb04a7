import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import {
  type Details,
  type ErrorCode,
  GatewayUnavailable,
  RETRYABLE_CODES,
  Refusal,
} from "../../domain/kernel/errors.ts";
import { isDatabaseAway } from "../../platform/db.ts";
import { currentRequestId, type Log } from "../../platform/log.ts";

export interface Answer {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Details;
}

/** PostgreSQL's refusals of a NUL in a text or in JSON: the statement failed, so nothing was changed. */
const UNSTORABLE_SQLSTATES: ReadonlySet<unknown> = new Set(["22021", "22P05"]);
/** Half of a character, as JSON may escape it, is malformed JSON to PostgreSQL; ours is well-formed but for that. */
const MALFORMED = { code: "22P02", message: "invalid input syntax for type json" } as const;

function isUnstorable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return UNSTORABLE_SQLSTATES.has(code) || (code === MALFORMED.code && message === MALFORMED.message);
}

/** Waited too long for a row or a statement, or lost every race: the transaction was rolled back whole. */
const BUSY_SQLSTATES: ReadonlySet<unknown> = new Set(["55P03", "57014", "40001", "40P01"]);

/** What a customer can do while a company is away, by its name and by whether the call may have had its effect. */
const AWAY_WORDS: Readonly<Record<string, string>> = {
  "midtrans:none": "The payment company does not answer now. Nothing was charged; try again in a moment",
  "midtrans:unknown":
    "The payment company has not told yet how this payment stands. Nothing is charged twice; look again in a moment",
};

/** How an error of ours is told to a client: the shop's refusals as they are, everything else without its message. */
export function answerOf(error: unknown): Answer {
  if (error instanceof Refusal) {
    return {
      code: error.code,
      message: error.message,
      retryable: RETRYABLE_CODES.has(error.code),
      details: error.details,
    };
  }
  if (error instanceof GatewayUnavailable) {
    const { gateway, outcome } = error;
    const message =
      AWAY_WORDS[`${gateway}:${outcome}`] ?? "A company that we depend on does not answer; try again in a moment";
    return { code: "GATEWAY_UNAVAILABLE", message, retryable: true, details: { gateway } };
  }
  if (isUnstorable(error)) {
    return {
      code: "INVALID_INPUT",
      message: "The input holds a character that cannot be stored",
      retryable: false,
      details: {},
    };
  }
  const details = { requestId: currentRequestId() };
  if (isDatabaseAway(error) || BUSY_SQLSTATES.has((error as { code?: unknown } | null)?.code)) {
    return {
      code: "INTERNAL",
      message: "The shop cannot answer right now; try again in a moment",
      retryable: true,
      details,
    };
  }
  return { code: "INTERNAL", message: "Something went wrong on our side", retryable: false, details };
}

/** The code by which metrics count an error. */
export const codeOfError = (error: unknown): ErrorCode => answerOf(error).code;

/** A query that is refused before anything runs because of its size. */
export const queryTooComplex = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "QUERY_TOO_COMPLEX" satisfies ErrorCode, http: { status: 400 } } });

/** A document that is refused before anything runs because of who sends it. */
export const forbiddenDocument = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "FORBIDDEN" satisfies ErrorCode, http: { status: 403 } } });

const TOKENS_EXCEEDED = /^Syntax Error: Document contains more tha[nt] \d+ tokens/; // graphql-js 16 writes "that"
/** graphql-js: `Variable "$input" got invalid value "x" at "input.lines[0].quantity"; Expected type "Int".` */
const VARIABLE =
  /^Variable "\$([^"]+)" (?:got invalid value .*?(?: at "([^"]+)")?; (.+)|(of (?:required|non-null) type .+))$/s;
const REASON_MAX = 200; // characters: a reason quotes what came, which may be long

function invalidVariable(message: string): Answer | null {
  const [, variable, path, reason, missing] = VARIABLE.exec(message) ?? [];
  if (variable === undefined) return null;
  const why = (reason ?? missing ?? "").slice(0, REASON_MAX);
  return {
    code: "INVALID_INPUT",
    message: "The input is not valid",
    retryable: false,
    details: { fields: { [path ?? variable]: why } },
  };
}

/** Errors that Apollo or graphql-js made themselves: the request was not of its form. */
function answerToRequest(error: GraphQLError): Answer | null {
  const cause = error.originalError instanceof GraphQLError ? error.originalError : error;
  if (cause.extensions["code"] === "QUERY_TOO_COMPLEX" || TOKENS_EXCEEDED.test(error.message)) {
    return { code: "QUERY_TOO_COMPLEX", message: error.message, retryable: false, details: {} };
  }
  switch (error.extensions["code"]) {
    case "FORBIDDEN":
      return { code: "FORBIDDEN", message: error.message, retryable: false, details: {} };
    case "GRAPHQL_PARSE_FAILED":
    case "GRAPHQL_VALIDATION_FAILED":
    case "OPERATION_RESOLUTION_FAILURE":
    case "BAD_REQUEST":
      return { code: "INVALID_INPUT", message: error.message, retryable: false, details: {} };
    case "BAD_USER_INPUT":
      return (
        invalidVariable(error.message) ?? {
          code: "INVALID_INPUT",
          message: error.message,
          retryable: false,
          details: {},
        }
      );
    default:
      // Without a cause graphql-js itself says no, to a subscription for one.
      return error.originalError === undefined
        ? { code: "INVALID_INPUT", message: error.message, retryable: false, details: {} }
        : null;
  }
}

/** Codes of Apollo's persisted queries: its clients read them and send the whole query next. */
const PROTOCOL_CODES: ReadonlySet<unknown> = new Set(["PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_NOT_SUPPORTED"]);

/**
 * The one place where errors become GraphQL answers: `extensions { code, retryable, details }` with a code of the
 * public contract. What is our bug is logged whole under its request id, and its message hidden.
 */
export function createFormatError(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (PROTOCOL_CODES.has(formatted.extensions?.["code"])) return formatted;
    const thrown = unwrapResolverError(error);
    // graphql-js packs what is no Error of its own realm.
    const cause = (thrown as { thrownValue?: unknown } | null)?.thrownValue ?? thrown;
    // A GraphQLError that a resolver's own result caused (a null where none may be) is our bug, and has a path.
    const isRequest = error instanceof GraphQLError && error.path === undefined;
    const answer = (isRequest ? answerToRequest(error) : null) ?? argumentAnswer(error) ?? answerOf(cause);
    if (answer.code === "INTERNAL") {
      const line = { err: cause, path: formatted.path?.join(".") };
      if (answer.retryable) log.warn(line, "the database is away or too busy");
      else log.error(line, "a GraphQL operation failed");
    }
    return {
      message: answer.message,
      ...(formatted.locations ? { locations: formatted.locations } : {}),
      ...(formatted.path ? { path: formatted.path } : {}),
      extensions: { code: answer.code, retryable: answer.retryable, details: answer.details },
    };
  };
}

/** graphql-js: `Argument "first" has invalid value $n.`, thrown while a field runs whose variable was null. */
const ARGUMENT = /^Argument "([^"]+)" (?:of (?:required|non-null) type .+|has invalid value .+)$/s;

function argumentAnswer(error: unknown): Answer | null {
  const [, argument] =
    error instanceof GraphQLError && !error.originalError ? (ARGUMENT.exec(error.message) ?? []) : [];
  if (argument === undefined) return null;
  const details = { fields: { [argument]: "a value of its type" } };
  return { code: "INVALID_INPUT", message: "The input is not valid", retryable: false, details };
}
