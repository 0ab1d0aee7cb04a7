import type { Answer, ErrorForm } from "../answer.ts";

export const ok = (message: string, data: unknown): Answer => ({
  status: 200,
  body: { meta: { message, code: 200, status: "success" }, data },
});

export const fail = (code: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status: code,
  body: { meta: { message, code, status: "error" }, data: null },
  headers,
});

export const form: ErrorForm = (status) => fail(status, status === 429 ? "Daily limit exceeded" : "Server Error");
