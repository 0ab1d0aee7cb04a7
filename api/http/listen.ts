import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000; // to send a whole request; how long an answer takes is the use case's own limit
const KEEP_ALIVE_TIMEOUT_MS = 65_000; // longer than the 60 s of common proxies, so that they close first
const CONNECTIONS_MAX = 5_000;

export interface Listening {
  readonly port: number;
  /** Takes no new request, lets those that run finish, and cuts off what still runs after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Listens with every wait bounded. Port 0 takes any free one. @throws Error when the port is taken */
export async function listen(
  handler: RequestListener,
  at: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, handler);
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(at.port, at.host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop(graceMs) {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const cut = new AbortController();
      const late = delay(graceMs, undefined, { signal: cut.signal }).then(
        () => server.closeAllConnections(),
        () => undefined,
      );
      await closed;
      cut.abort();
      await late;
    },
  };
}
