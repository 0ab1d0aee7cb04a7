import { describe, expect, test } from "vitest";
import { wasSent } from "../../../gateways/breaker.ts";

describe("a request without an answer", () => {
  test.each([
    { code: "ECONNREFUSED", syscall: "connect" },
    { code: "EHOSTUNREACH", syscall: "connect" },
    { code: "EAI_AGAIN", syscall: "getaddrinfo" },
    { code: "ECONNREFUSED" },
  ])("was never taken by anybody where nothing was connected: %j", (cause) => {
    expect(wasSent(cause)).toBe(false);
  });

  test.each([
    { code: "EHOSTUNREACH", syscall: "read" },
    { code: "ENETUNREACH", syscall: "write" },
    { code: "ECONNRESET", syscall: "read" },
    { code: 7 },
    {},
    undefined,
    null,
  ])("may have been taken otherwise: %j", (cause) => {
    expect(wasSent(cause)).toBe(true);
  });
});
