import type { Request, Response } from "express";
import { expect, test } from "vitest";
import { securityHeaders } from "../../../api/http/edge.ts";
import type { Config } from "../../../platform/config.ts";

const config = {
  publicUrl: "https://shop.lunas.test",
  midtrans: { coreUrl: "https://api.lunas.test", snapUrl: "https://app.lunas.test" },
} as Config;

function headersOf(method: string): Map<string, string> {
  const written = new Map<string, string>();
  const response = {
    locals: {},
    setHeader: (name: string, value: string) => written.set(name, value),
    setHeaders: (headers: Map<string, string>) => {
      for (const [name, value] of headers) written.set(name, value);
    },
    removeHeader: () => undefined,
  };
  let hasGoneOn = false;
  securityHeaders(config)({ method } as Request, response as unknown as Response, () => {
    hasGoneOn = true;
  });
  if (!hasGoneOn) throw new Error("the request is not passed on");
  return written;
}

test("what a POST is answered is protected as a page is, without a nonce that nothing could use", () => {
  const [page, data] = [headersOf("GET"), headersOf("POST")];
  expect(page.get("Content-Security-Policy")).toMatch(/script-src 'self' 'nonce-[^']+'/);
  const withoutNonce = [...page].map(([name, text]) => [name, text.replaceAll(/ 'nonce-[^']+'/g, "")]);
  expect([...data].sort()).toEqual(withoutNonce.sort());
  expect(data.get("Strict-Transport-Security")).toMatch(/^max-age=31536000/);
  expect(data.size).toBeGreaterThan(10);
});
