import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

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
  let running = 0;
  let whenLast: () => void = () => undefined;
  server.on("request", (_request, response) => {
    running += 1;
    response.once("close", () => {
      running -= 1;
      if (running === 0) whenLast();
    });
  });
  server.listen(at.port, at.host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop(graceMs) {
      const closed = once(server, "close");
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      // Connections on which nothing was asked yet would hold the server open until they time out.
      whenLast = () => server.closeAllConnections();
      server.close();
      if (running === 0) whenLast();
      await closed;
      clearTimeout(late);
    },
  };
}
