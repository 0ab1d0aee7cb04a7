import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Answer, ErrorForm } from "../answer.ts";
import type { Sandbox } from "../sandbox.ts";

const meta = (status: number, word: string, message: string, data: unknown): Answer => ({
  status,
  body: { meta: { message, code: status, status: word }, data },
});

/** A good answer; 201 where something was made. */
export const ok = (message: string, data: unknown, status: 200 | 201 = 200): Answer =>
  meta(status, "success", message, data);

/** A refusal of the request's form or time: `error` stands in its envelope. */
export const refused = (status: number, message: string, data: unknown = null): Answer =>
  meta(status, "error", message, data);

/** A refusal of the business: `failed` stands in its envelope (rajaongkir.md 4.1). */
export const failed = (message: string, data: unknown = null): Answer => meta(400, "failed", message, data);

export const komerceForm: ErrorForm = (status, message) => refused(status, message);

/** One line of the validator behind this API, as the UAT sheet shows it (rajaongkir.md 1.3, 4.1). */
export const broken = (struct: string, field: string, tag: string): string =>
  `Key: '${struct}.${field}' Error:Field validation for '${field}' failed on the '${tag}' tag`;

/** Turns away what does not carry the delivery key in x-api-key: 401 (rajaongkir.md 8.4). */
export const keyGate =
  ({ config }: Pick<Sandbox, "config">): RequestHandler =>
  (req: Request, res: Response, next: NextFunction) => {
    if (req.get("x-api-key") === config.komerceKey) return next();
    const { status, body } = refused(401, "Unauthorized");
    res.status(status).json(body);
  };
