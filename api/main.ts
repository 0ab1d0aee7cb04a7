import path from "node:path";
import { MINUTE_MS } from "../domain/kernel/time.ts";
import { loadConfigOrExit } from "../platform/config.ts";
import { openQueue } from "../platform/queue.ts";
import { onShutdown } from "../platform/shutdown.ts";
import { createApp } from "./app.ts";
import { limitBadWebhook } from "./graphql/limits.ts";
import { invoiceRoutes } from "./http/invoices.ts";
import { listen } from "./http/listen.ts";
import { midtransWebhook } from "./http/midtransWebhook.ts";
import { createApi } from "./server.ts";

const FINISH_MS = 10_000; // for requests that run when the process is to end; then their connections are cut
const COUNTERS_SWEEP_MS = 5 * MINUTE_MS;

const config = loadConfigOrExit();
const app = createApp(config, "api");
const queue = openQueue(config);
const api = await createApi(app, config, {
  queue,
  midtransWebhook: midtransWebhook(app, (address) => limitBadWebhook(app, address)),
  routes: [invoiceRoutes(app)],
  // Commands run from the project's root, as every npm script does.
  webDir: path.resolve("dist/web"),
  mediaDir: path.resolve("media"),
});
const server = await listen(api.handler, config);
const sweep = setInterval(() => {
  app.limits.deleteExpired().catch((error: unknown) => app.log.warn({ err: error }, "old counters stay for now"));
}, COUNTERS_SWEEP_MS);

app.log.info({ port: server.port, host: config.host, mode: config.mode }, "api ready");
process.send?.("ready");

onShutdown(app.log, async () => {
  clearInterval(sweep);
  await server.stop(FINISH_MS);
  await api.close();
  await Promise.all([queue.close(), app.limits.close()]);
  await app.db.close();
});
