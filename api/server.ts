import compression from "compression";
import express, { type RequestHandler } from "express";
import type { App } from "../domain/app.ts";
import { Refusal } from "../domain/kernel/errors.ts";
import { MINUTE_MS } from "../domain/kernel/time.ts";
import type { Config } from "../platform/config.ts";
import type { JobQueue } from "../platform/queue.ts";
import { localLimit } from "../platform/rateLimits.ts";
import { createAccessTokens } from "./http/accessTokens.ts";
import { addressOf } from "./http/address.ts";
import { answerErrors, notFound, sendRefusal } from "./http/answerErrors.ts";
import { cors, httpsOnly, requestId, securityHeaders } from "./http/edge.ts";
import { graphqlHandler, startApollo } from "./http/graphql.ts";
import { healthz, metrics, readyz } from "./http/health.ts";
import { idePages } from "./http/ide.ts";
import { serviceToken } from "./http/serviceToken.ts";
import { uploadRoutes } from "./http/uploads.ts";
import { webClient } from "./http/webClient.ts";

const GRAPHQL_BODY_MAX = "1mb"; // no operation of ours comes near it
const WEBHOOK_BODY_MAX = "64kb"; // the longest notification has some 3 kB
const COURIER_BODY_MAX = "16kb"; // three short fields

/** GraphQL requests a minute from one address to one process: a school behind one address stays below it. */
const REQUESTS_MAX = 3_000;

export interface ApiDeps {
  readonly queue: Pick<JobQueue, "ping">;
  /** POST /api/webhooks/midtrans/payment-notification; gets the raw body. */
  readonly midtransWebhook: RequestHandler;
  /** POST /api/webhooks/midtrans/recurring-notification; gets the raw body. */
  readonly midtransRecurring: RequestHandler;
  /** POST /api/webhooks/midtrans/pay-account-notification; gets the raw body. */
  readonly midtransPayAccount: RequestHandler;
  /** POST and PUT /api/webhooks/rajaongkir/shipment; gets the raw body. */
  readonly rajaongkirWebhook: RequestHandler;
  /** More routes of features, each on its own path. */
  readonly routes?: readonly RequestHandler[];
  /** The built client and the product pictures. */
  readonly webDir: string;
  readonly mediaDir: string;
}

export interface Api {
  readonly handler: express.Express;
  /** Ends Apollo Server; the HTTP server in front has to be closed before. */
  close(): Promise<void>;
}

/** Answers 405 to every other method. */
const only =
  (...methods: readonly string[]): RequestHandler =>
  (request, response, next) => {
    if (methods.includes(request.method)) return next();
    response.setHeader("allow", methods.join(", "));
    const message = `only ${methods.join(" and ")} is answered here`;
    response.status(405).json({ error: { code: "INVALID_INPUT", message } });
  };

/** A first, coarse bound before a body is read. In memory: counting must not cost what it protects. */
function generalCeiling(scale: number): RequestHandler {
  const ceiling = localLimit(REQUESTS_MAX, MINUTE_MS, scale);
  return async (request, response, next) => {
    const waitMs = await ceiling.consume(addressOf(request));
    if (waitMs === null) return next();
    sendRefusal(
      response,
      new Refusal("RATE_LIMITED", "Too many requests; try again later", { retryAfter: Math.ceil(waitMs / 1000) }),
    );
  };
}

/** Apollo's middleware wants a body, also where GET has none. */
const emptyBody: RequestHandler = (request, _response, next) => {
  request.body ??= {};
  next();
};

/** The whole HTTP face of the shop, without a port. */
export async function createApi(app: App, config: Config, deps: ApiDeps): Promise<Api> {
  const accessTokens = createAccessTokens(config.jwtSecret, app.clock);
  const apollo = await startApollo(app);
  const server = express();
  server.set("trust proxy", config.trustProxyHops);
  server.set("query parser", "simple");
  server.disable("x-powered-by");
  server.set("etag", false); // answers differ by caller; files have their own
  server.use(requestId, httpsOnly(config), securityHeaders(config), cors(config));
  server.get("/healthz", healthz);
  server.get("/readyz", readyz({ ...app, queue: deps.queue }));
  server.get("/metrics", metrics);
  const raw = express.raw({ type: () => true, limit: WEBHOOK_BODY_MAX });
  server.all("/api/webhooks/midtrans/payment-notification", only("POST"), raw, deps.midtransWebhook);
  server.all("/api/webhooks/midtrans/recurring-notification", only("POST"), raw, deps.midtransRecurring);
  server.all("/api/webhooks/midtrans/pay-account-notification", only("POST"), raw, deps.midtransPayAccount);
  const small = express.raw({ type: () => true, limit: COURIER_BODY_MAX });
  server.all("/api/webhooks/rajaongkir/shipment", only("POST", "PUT"), small, deps.rajaongkirWebhook);
  server.use(compression());
  const { serviceApiKey } = config;
  server.all("/api/service-token", only("POST"), serviceToken({ limits: app.limits, accessTokens, serviceApiKey }));
  server.use(uploadRoutes(app, accessTokens));
  for (const route of deps.routes ?? []) server.use(route);
  server.use(idePages(config));
  const json = express.json({ limit: GRAPHQL_BODY_MAX });
  server.all(
    "/graphql",
    generalCeiling(config.rateLimitScale),
    json,
    emptyBody,
    graphqlHandler(apollo, app, { ...config, accessTokens }),
  );
  server.use(webClient(deps));
  server.use(notFound, answerErrors(app.log));
  return { handler: server, close: () => apollo.stop() };
}
