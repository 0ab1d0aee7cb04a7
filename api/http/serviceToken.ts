import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { Refusal } from "../../domain/kernel/errors.ts";
import type { RateLimits } from "../../platform/rateLimits.ts";
import { limitServiceTokens } from "../graphql/limits.ts";
import { type AccessTokens, SERVICE_TOKEN_MS } from "./accessTokens.ts";
import { addressOf } from "./address.ts";

/** Compares digests, so that neither the time nor the length of a try says anything about the key. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * POST /api/service-token: trades the service key (header `x-api-key`, or `Authorization: Bearer`) for a SERVICE token
 * of five minutes. Answers 401 for a wrong key and 429 for too many tries from one address.
 */
export function serviceToken(deps: {
  limits: RateLimits;
  accessTokens: AccessTokens;
  serviceApiKey: string;
}): RequestHandler {
  return async (request, response) => {
    await limitServiceTokens(deps.limits, addressOf(request));
    const bearer = /^Bearer +(\S+)$/i.exec(request.get("authorization") ?? "")?.[1];
    const given = request.get("x-api-key") ?? bearer ?? "";
    if (!isSame(given, deps.serviceApiKey)) throw new Refusal("UNAUTHENTICATED", "The service key is wrong");
    response.setHeader("cache-control", "no-store");
    response.json({ accessToken: await deps.accessTokens.forService(), expiresIn: SERVICE_TOKEN_MS / 1000 });
  };
}
