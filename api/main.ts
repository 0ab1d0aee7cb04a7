import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MINUTE_MS } from "../domain/kernel/time.ts";
import { createSharedClock } from "../platform/clock.ts";
import { loadConfigOrExit } from "../platform/config.ts";
import { openQueue } from "../platform/queue.ts";
import { onShutdown } from "../platform/shutdown.ts";
import { createApp } from "./app.ts";
import { limitBadWebhook, limitCourierNews, limitUnsignedNews } from "./graphql/limits.ts";
import { createAccessTokens } from "./http/accessTokens.ts";
import { creditNoteRoutes } from "./http/creditNotes.ts";
import { invoiceRoutes } from "./http/invoices.ts";
import { labelRoutes } from "./http/labels.ts";
import { listen } from "./http/listen.ts";
import { midtransPayAccount, midtransRecurring } from "./http/midtransNews.ts";
import { midtransWebhook } from "./http/midtransWebhook.ts";
import { rajaongkirWebhook } from "./http/rajaongkirWebhook.ts";
import { runReportRoutes } from "./http/runReports.ts";
import { settlementFileRoutes } from "./http/settlementFiles.ts";
import { statementRoutes } from "./http/statements.ts";
import { createApi } from "./server.ts";

const FINISH_MS = 10_000; // for requests that run when the process is to end; then their connections are cut
const RIGHT_WITHIN_MS = 1_000; // for the first look at the shop's clock
const COUNTERS_SWEEP_MS = 5 * MINUTE_MS;

const config = loadConfigOrExit();
const clock = createSharedClock();
const app = createApp(config, "api", clock);
const following = clock.follow(app.db, (ms) => app.log.warn({ wrongByMs: ms }, "this machine's clock was wrong"));
// Who starts while the database is away answers so, and follows when it is back.
await Promise.race([following, delay(RIGHT_WITHIN_MS)]);
const queue = openQueue(config);
const accessTokens = createAccessTokens(config.jwtSecret, clock);
const api = await createApi(app, config, {
  queue,
  midtransWebhook: midtransWebhook(app, (address) => limitBadWebhook(app, address)),
  midtransRecurring: midtransRecurring(app, (address) => limitUnsignedNews(app, address)),
  midtransPayAccount: midtransPayAccount(app, (address) => limitUnsignedNews(app, address)),
  rajaongkirWebhook: rajaongkirWebhook(app, (address) => limitCourierNews(app, address)),
  routes: [
    invoiceRoutes(app),
    creditNoteRoutes(app),
    labelRoutes(app),
    settlementFileRoutes(app, accessTokens),
    statementRoutes(app, accessTokens),
    runReportRoutes(app, accessTokens),
  ],
  // Commands run from the project's root, as every npm script does.
  webDir: path.resolve("dist/client"),
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
  clock.stop();
  await server.stop(FINISH_MS);
  await api.close();
  await Promise.all([queue.close(), app.limits.close()]);
  await app.db.close();
});
