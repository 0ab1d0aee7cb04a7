import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type Express } from "express";
import { type Logger, pino } from "pino";
import { type Clock, systemClock } from "./clock.ts";
import { reachable, readConfig, type SandboxConfig } from "./config.ts";
import { controlRoutes } from "./control/routes.ts";
import { simulatorRoutes } from "./control/shipments.ts";
import { createJobs } from "./jobs.ts";
import { armShipment } from "./komerce/life.ts";
import { komerceRoutes } from "./komerce/routes.ts";
import { armNews } from "./komerce/webhook.ts";
import { armAccount } from "./midtrans/accounts.ts";
import { cardTokenRoutes } from "./midtrans/cards.ts";
import { chargeImages } from "./midtrans/charge.ts";
import { coreRoutes } from "./midtrans/core.ts";
import { BODY_LIMIT, coreError, snapError } from "./midtrans/http.ts";
import { arm } from "./midtrans/notifications.ts";
import { snapRoutes } from "./midtrans/snap.ts";
import { armSubscription } from "./midtrans/subscriptionRuns.ts";
import { subscriptionRoutes } from "./midtrans/subscriptions.ts";
import { armTransaction } from "./midtrans/transactions.ts";
import { homeRoutes } from "./pages/homeRoutes.ts";
import { linkRoutes } from "./pages/linkRoutes.ts";
import { paymentRoutes } from "./pages/paymentRoutes.ts";
import { recurringRoutes } from "./pages/recurringRoutes.ts";
import { shipmentRoutes } from "./pages/shipmentRoutes.ts";
import { threeDsRoutes } from "./pages/threeDsRoutes.ts";
import { walletRoutes } from "./pages/walletRoutes.ts";
import { RETIRED_PATHS, rajaongkirRoutes, retiredRajaongkir } from "./rajaongkir/routes.ts";
import { createGate, type Sandbox } from "./sandbox.ts";
import { openStore } from "./store.ts";

/** Deliveries to the shop that run at once; a shop that hangs must not take all sockets of the machine. */
const DELIVERIES_AT_ONCE = 64;

export interface SandboxOptions extends Partial<SandboxConfig> {
  clock?: Clock;
  random?: () => number;
  log?: Logger;
}

export interface RunningSandbox {
  /** Base URL without a slash at the end. */
  url: string;
  port: number;
  /** Ends the server; deliveries that are under way are made again after the next start. */
  close(): Promise<void>;
  /** Resolves when no alarm's work is running at the moment: for tests that move the clock. */
  idle(): Promise<void>;
}

/** Errors that a body parser raises are answered in the form of the service that was called. */
const onError =
  (sandbox: Sandbox): ErrorRequestHandler =>
  (error: { status?: number; message?: string }, req, res, _next) => {
    const status = error.status ?? 500;
    if (status >= 500) sandbox.log.error({ path: req.path, error: error.message }, "request failed");
    if (res.headersSent) return void res.destroy();
    const message =
      status === 413 ? "Request body is larger than 16 kB" : status < 500 ? "Bad request" : "Server Error";
    if (/^\/(api|order\/api|tariff\/api)\/v1\//.test(req.path)) {
      res.status(status).json({ meta: { message, code: status, status: "error" }, data: null });
    } else if (req.path.startsWith("/v2/") || req.path.startsWith("/v1/")) {
      const answer = coreError(sandbox, status, message);
      res.status(answer.status).json(answer.body);
    } else res.status(status).json(snapError(status, message).body);
  };

function createApp(sandbox: Sandbox): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.get("/healthz", (_req, res) => {
    res.json({ status: "ok" });
  });
  const raw = express.raw({ type: () => true, limit: BODY_LIMIT });
  app.use(["/snap/v4/redirection", "/snap/v3/redirection"], paymentRoutes(sandbox));
  app.use(chargeImages(sandbox));
  app.use("/wallet", walletRoutes(sandbox));
  app.use("/gopay/link", linkRoutes(sandbox));
  app.use("/v2/3ds/redirect/rbav2", threeDsRoutes(sandbox));
  app.use("/recurring", recurringRoutes(sandbox));
  app.use("/snap/v1", raw, snapRoutes(sandbox));
  app.use("/v2", cardTokenRoutes(sandbox), raw, coreRoutes(sandbox));
  app.use("/v1/subscriptions", raw, subscriptionRoutes(sandbox));
  app.use("/api/v1", rajaongkirRoutes(sandbox));
  app.use(komerceRoutes(sandbox));
  app.use([...RETIRED_PATHS], retiredRajaongkir);
  app.use("/sandbox", controlRoutes(sandbox));
  app.use("/_sim", simulatorRoutes(sandbox));
  app.use("/", shipmentRoutes(sandbox));
  app.use("/", homeRoutes(sandbox));
  app.use((_req, res) => {
    res.status(404).json({ error_messages: ["no such page"] });
  });
  app.use(onError(sandbox));
  return app;
}

/** Sets the alarms of everything that was waiting when the last process ended, however it ended. */
function resume(sandbox: Sandbox): void {
  for (const transaction of sandbox.store.transactions.values()) armTransaction(sandbox, transaction);
  for (const account of sandbox.store.accounts.values()) armAccount(sandbox, account);
  for (const subscription of sandbox.store.subscriptions.values()) armSubscription(sandbox, subscription);
  for (const message of sandbox.store.notifications.values()) if (message.next_at !== null) arm(sandbox, message);
  for (const shipment of sandbox.store.shipments.values()) armShipment(sandbox, shipment);
  for (const news of sandbox.store.courierNews.values()) if (news.next_at !== null) armNews(sandbox, news);
}

/** nginx's own default: a connection that ends sooner may end just as a busy client sends on it. */
const KEEP_ALIVE_MS = 75_000;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/**
 * Starts the sandbox on its stored state. Options win over the defaults of config.ts, which are taken without the
 * environment. Throws where the port is taken or the data directory cannot be written.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const { clock = systemClock, random = Math.random, log: given, ...own } = options;
  const config: SandboxConfig = { ...readConfig({}), ...own };
  const log = given ?? pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const store = await openStore(config.dataDir);
  const closing = new AbortController();
  const jobs = createJobs(clock, (job, error) => log.error({ job, error: String(error) }, "job failed"));
  let base = "";
  const sending = createGate(DELIVERIES_AT_ONCE);
  const url = (): string => config.publicUrl ?? base;
  const sandbox: Sandbox = { config, clock, random, log, store, jobs, url, closing: closing.signal, sending };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, createApp(sandbox));
  await listen(server, config.port, config.host);
  const { port } = server.address() as AddressInfo;
  base = `http://${reachable(config.host)}:${port}`;
  resume(sandbox);
  log.info({ url: url(), port, timeScale: config.timeScale }, "sandbox listening");
  return {
    url: url(),
    port,
    idle: jobs.idle,
    close: async () => {
      closing.abort();
      const ended = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await ended;
      await jobs.stop();
      await store.close();
    },
  };
}
