import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const HEADERS_TIMEOUT_MS = 15_000;
/** To send a whole request, in ms; how long an answer takes is the use case's own limit. */
const SEND_WITHIN = {
  request: 30_000,
  upload: 180_000, // a proof of 5 MB over a slow line, a settlement file of 48 MB over a fair one
};
const UPLOADS = /^\/api\/(uploads\/|reconciliation\/files(\?|$))/;
const KEEP_ALIVE_TIMEOUT_MS = 65_000; // longer than the 60 s of common proxies, so that they close first
const CONNECTIONS_MAX = 5_000;

export interface Listening {
  readonly port: number;
  /** Takes no new request, lets those that run finish, and cuts off what still runs after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Ends a request whose body takes too long: a connection that is held open costs whoever holds it nothing. */
function boundBody(request: IncomingMessage, response: ServerResponse, withinMs: number): void {
  const late = setTimeout(() => {
    if (request.complete || response.headersSent) return;
    response.writeHead(408, { connection: "close" }).end(() => request.destroy());
  }, withinMs);
  request.once("close", () => clearTimeout(late));
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;

/** Listens with every wait bounded. Port 0 takes any free one. @throws Error when the port is taken */
export async function listen(
  handler: RequestListener,
  at: { readonly host: string; readonly port: number },
  sendWithin: typeof SEND_WITHIN = SEND_WITHIN,
): Promise<Listening> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: sendWithin.upload });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxConnections = CONNECTIONS_MAX;
  let running = 0;
  let whenLast: () => void = () => undefined;
  server.on("request", (request, response) => {
    if (hasBody(request) && !UPLOADS.test(request.url ?? "")) boundBody(request, response, sendWithin.request);
    running += 1;
    response.once("close", () => {
      running -= 1;
      if (running === 0) whenLast();
    });
  });
  server.on("request", handler);
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
