import { randomBytes, randomUUID } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import helmet from "helmet";
import { DAY_MS } from "../../domain/kernel/time.ts";
import type { Config } from "../../platform/config.ts";
import { withRequestId } from "../../platform/log.ts";

/** What a client may name its request: anything else is replaced, so that no log line can be forged. */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** Gives each request an id that its log lines, its outbox rows and its answer carry. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get("x-request-id");
  const id = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader("x-request-id", id);
  response.locals["requestId"] = id;
  withRequestId(id, next);
};

export const requestIdOf = (response: Response): string => response.locals["requestId"] as string;

/** Plain http behind a proxy that we trust. 308 keeps method and body, and is what Midtrans follows. */
export function httpsOnly(config: Pick<Config, "trustProxyHops" | "publicUrl">): RequestHandler {
  const secureUrl = config.publicUrl.replace(/^http:/, "https:");
  return (request, response, next) => {
    const isPlain = config.trustProxyHops > 0 && request.get("x-forwarded-proto") !== undefined && !request.secure;
    if (isPlain) response.redirect(308, `${secureUrl}${request.originalUrl}`);
    else next();
  };
}

const HSTS_S = (365 * DAY_MS) / 1000;
const NONCE_BYTES = 16;

export const nonceOf = (response: Response): string => response.locals["nonce"] as string;

/** The origins whose pictures (payment codes) a page of ours shows. */
const imageOrigins = (config: Config) => [
  ...new Set([config.midtrans.coreUrl, config.midtrans.snapUrl].map((url) => new URL(url).origin)),
];

type Nonce = (request: unknown, response: unknown) => string;

/** HSTS where we are reached by https, nosniff, no frames, and a content security policy. */
const helmetOf = (config: Config, nonces: readonly Nonce[]): RequestHandler =>
  helmet({
    strictTransportSecurity: config.publicUrl.startsWith("https:") ? { maxAge: HSTS_S } : false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...nonces],
        styleSrc: ["'self'", ...nonces],
        styleSrcAttr: ["'unsafe-inline'"], // components set sizes and colours as style attributes
        imgSrc: ["'self'", "data:", ...imageOrigins(config)],
        fontSrc: ["'self'", "data:"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    xFrameOptions: { action: "deny" },
  });

/** What helmet writes when nothing in it depends on the request. */
function fixedHeaders(handler: RequestHandler): ReadonlyMap<string, string> {
  const written = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string) => written.set(name, value),
    removeHeader: () => undefined,
  };
  handler({} as Request, recorder as unknown as Response, () => undefined);
  return written;
}

/**
 * The same headers on every answer. Pages have a nonce of their own; what a POST is answered holds data and never a
 * page, so its policy has none and is written down once.
 */
export function securityHeaders(config: Config): RequestHandler {
  const nonce: Nonce = (_request, response) => `'nonce-${nonceOf(response as Response)}'`;
  const ofPages = helmetOf(config, [nonce]);
  const ofData = fixedHeaders(helmetOf(config, []));
  return (request, response, next) => {
    if (request.method === "POST") {
      response.setHeaders(ofData as Map<string, string>);
      next();
      return;
    }
    response.locals["nonce"] = randomBytes(NONCE_BYTES).toString("base64");
    ofPages(request, response, next);
  };
}

const CORS_HEADERS =
  "authorization, content-type, x-request-id, x-device-id, x-apollo-operation-name, apollo-require-preflight, " +
  "apollographql-client-name, apollographql-client-version";
const PREFLIGHT_MAX_AGE_S = 600;

/** Webhooks are called by servers: no browser of any origin may read what they answer. */
export const WEBHOOK_PREFIX = "/api/webhooks/";

/**
 * Lets pages of the listed origins call the API with a bearer token; cookies are never used, so none are allowed. Any
 * other origin gets no header, which its browser takes for a no.
 */
export function cors(config: Pick<Config, "corsOrigins">): RequestHandler {
  const allowed = new Set(config.corsOrigins.map((origin) => (URL.canParse(origin) ? new URL(origin).origin : origin)));
  return (request, response, next) => {
    if (request.path.startsWith(WEBHOOK_PREFIX)) return next();
    response.vary("Origin");
    const origin = request.get("origin");
    if (origin !== undefined && allowed.has(origin)) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-expose-headers", "x-request-id, retry-after");
    }
    if (request.method !== "OPTIONS" || request.get("access-control-request-method") === undefined) return next();
    if (origin !== undefined && allowed.has(origin)) {
      response.setHeader("access-control-allow-methods", "GET, POST");
      response.setHeader("access-control-allow-headers", CORS_HEADERS);
      response.setHeader("access-control-max-age", String(PREFLIGHT_MAX_AGE_S));
      // A tool on the internet that speaks to a server on its user's own machine must be let in by name.
      if (request.get("access-control-request-private-network") === "true") {
        response.setHeader("access-control-allow-private-network", "true");
      }
    }
    response.sendStatus(204);
  };
}
