import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { type ErrorCode, Refusal } from "../../domain/kernel/errors.ts";
import type { Log } from "../../platform/log.ts";
import { type Answer, answerOf } from "../graphql/errors.ts";

/** Express's and body-parser's own errors carry the status that they mean. */
function statusOfRequestError(error: unknown): number | null {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === "number" && status >= 400 && status < 500 ? status : null;
}

const STATUS_OF_CODE: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  TOO_MANY_ATTEMPTS: 429,
  GATEWAY_UNAVAILABLE: 503,
};

function httpStatus(error: unknown, answer: Answer): number {
  if (error instanceof Refusal && error.details["reason"] === "TOO_LARGE") return 413;
  if (error instanceof Refusal) return STATUS_OF_CODE[answer.code] ?? 400;
  return answer.retryable ? 503 : 500;
}

/** `/graphql` always answers in GraphQL's form, everything else in a plain one with the same words. */
function sendAnswer(response: Response, status: number, { code, message, retryable, details }: Answer): void {
  const retryAfter = details["retryAfter"];
  if (typeof retryAfter === "number") response.setHeader("retry-after", String(retryAfter));
  const isGraphql = response.req.path === "/graphql";
  const extensions = { code, retryable, details };
  response
    .status(status)
    .json(isGraphql ? { errors: [{ message, extensions }] } : { error: { ...extensions, message } });
}

/** Answers a refusal outside GraphQL's execution. */
export function sendRefusal(response: Response, refusal: Refusal): void {
  const answer = answerOf(refusal);
  sendAnswer(response, httpStatus(refusal, answer), answer);
}

/** What nobody answers. */
export const notFound: RequestHandler = (_request, response) => {
  sendRefusal(response, new Refusal("NOT_FOUND", "There is nothing here"));
};

const BAD_REQUEST_WORDS: Readonly<Record<number, string>> = {
  413: "The body is too large",
  415: "The body has a form that is not read here",
};

/** The one HTTP mapping of errors: no stack, no message of ours. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOfRequestError(error);
    if (status !== null) {
      const message = BAD_REQUEST_WORDS[status] ?? "The request cannot be read";
      return sendAnswer(response, status, { code: "INVALID_INPUT", message, retryable: false, details: {} });
    }
    const answer = answerOf(error);
    if (answer.code === "INTERNAL") log.error({ err: error }, "an HTTP request failed");
    sendAnswer(response, httpStatus(error, answer), answer);
  };
}
