import { randomUUID, timingSafeEqual } from "node:crypto";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Answer, ErrorForm } from "../answer.ts";
import type { Sandbox } from "../sandbox.ts";

/** Snap words its errors as a list and sends the code as HTTP status (midtrans.md 2.7). */
export const snapError = (status: number, ...messages: string[]): Answer => ({
  status,
  body: { error_messages: messages },
});

/** Codes that the Core API sends as HTTP status too; its other refusals travel in an HTTP 200 (midtrans.md 4.11). */
const HTTP_CODES: readonly number[] = [401, 403, 413, 429, 500, 503];

/** A Core refusal: a body with status_code and a trace id. 407 is never an HTTP status. */
export function coreError(sandbox: Pick<Sandbox, "config">, code: number, message: string, more: object = {}): Answer {
  const asHttp = HTTP_CODES.includes(code) || (sandbox.config.coreErrors === "http" && code !== 407);
  const body = { status_code: String(code), status_message: message, ...more, id: randomUUID() };
  return { status: asHttp ? code : 200, body };
}

/** The refusal of a body whose members break a rule, each fault under its path (midtrans.md 3.2). */
export const invalid = (sandbox: Pick<Sandbox, "config">, errors: string[]): Answer =>
  coreError(sandbox, 400, "One or more parameters in the payload is invalid.", { validation_messages: errors });

export const snapForm: ErrorForm = (status, message) => snapError(status, message);

export const coreForm =
  (sandbox: Pick<Sandbox, "config">): ErrorForm =>
  (status, message) =>
    coreError(sandbox, status, message);

const send = (res: Response, { status, body }: Answer): void => {
  res.status(status).json(body);
};

function keyMatches(header: string | undefined, serverKey: string): boolean {
  const expected = Buffer.from(`Basic ${Buffer.from(`${serverKey}:`).toString("base64")}`);
  const given = Buffer.from(header ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const DENIED = "Access denied due to unauthorized transaction, please check client or server key";
const DENIED_HINT = "Visit https://snap-docs.midtrans.com/#request-headers for more details";

/** Largest request in bytes (midtrans.md 1.5: 16 kB). */
export const BODY_LIMIT = 16_000;

/** Lets only calls pass that carry the server key and speak JSON (midtrans.md 1.3, 1.4). */
export function gate(sandbox: Sandbox, api: "snap" | "core"): RequestHandler {
  const refuse = (res: Response, code: number, ...messages: string[]): void =>
    send(res, api === "snap" ? snapError(code, ...messages) : coreError(sandbox, code, messages.join(". ")));

  return (req: Request, res: Response, next: NextFunction) => {
    if (!keyMatches(req.headers.authorization, sandbox.config.serverKey)) return refuse(res, 401, DENIED, DENIED_HINT);
    if (!req.headers.accept?.includes("application/json")) return refuse(res, 403, "Accept must be application/json");
    const hasBody = Number(req.headers["content-length"] ?? 0) > 0 || "transfer-encoding" in req.headers;
    // The official Node client sends "{}" with its GETs, so a GET's body is not looked at.
    if (req.method !== "GET" && hasBody && !req.is("application/json")) {
      return refuse(res, 403, "Content-Type must be application/json");
    }
    next();
  };
}

/** The request's JSON, `null` where there is none, undefined where it is malformed. */
export function bodyOf(req: Request): unknown {
  if (!Buffer.isBuffer(req.body) || req.body.length === 0) return null;
  try {
    return JSON.parse(req.body.toString("utf8"));
  } catch {
    return undefined;
  }
}
