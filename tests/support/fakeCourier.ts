import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface CourierRequest {
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  /** As it stood in the URL. */
  readonly query: string;
  /** null for a body that is no JSON. */
  readonly json: unknown;
  readonly headers: IncomingMessage["headers"];
}

/** What the courier company does with one request. `hang`: no answer until the caller gives up. */
export type Behaviour =
  | { readonly status: number; readonly body: unknown; readonly afterMs?: number }
  | "hang"
  | "cut"
  | "half";

export interface FakeCourier {
  readonly url: string;
  readonly requests: CourierRequest[];
  /** How it behaves from now on. */
  behave(behaviour: Behaviour | ((request: CourierRequest) => Behaviour)): void;
  stop(): Promise<void>;
}

export const envelope = (code: number, message: string, data: unknown = null) => ({
  meta: { message, code, status: code < 300 ? "success" : "error" },
  data,
});

const rateRow = (code: string, service: string, cost: number, etd: string) => ({
  name: code,
  code,
  service,
  description: "240",
  cost,
  etd,
});
/** Two services that we sell, one that we don't. */
export const RATES = [
  rateRow("jne", "REG", 20_000, "2-3 day"),
  rateRow("jnt", "EZ", 19_000, ""),
  rateRow("lion", "REGPACK", 17_000, "2-3 day"),
];
export const ratesAnswer = (rows: readonly unknown[] = RATES) => ({
  status: 200,
  body: envelope(200, "Success Calculate", rows),
});
export const noRates = { status: 404, body: envelope(404, "Calculate Domestic Shipping Cost not found") };
export const html = { status: 200, body: "<!doctype html><h1>Bad gateway</h1>" };

async function readRequest(request: IncomingMessage): Promise<CourierRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", "http://courier.test");
  const body = Buffer.concat(chunks).toString();
  const isJson = request.headers["content-type"] === "application/json";
  const form = new URLSearchParams(isJson ? "" : body);
  const fields = Object.fromEntries([...url.searchParams, ...form]);
  const json: unknown = isJson ? JSON.parse(body) : null;
  return {
    method: request.method ?? "",
    path: url.pathname,
    fields,
    query: url.search,
    json,
    headers: request.headers,
  };
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === "hang") return;
  if (behaviour === "cut") return void response.destroy();
  if (behaviour === "half") {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"meta":');
    return void setImmediate(() => response.destroy());
  }
  const { body } = behaviour;
  const sent = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  setTimeout(() => response.writeHead(behaviour.status).end(sent), behaviour.afterMs ?? 0);
}

/** A courier company in this process that does whatever a test asks of it. */
export async function startFakeCourier(): Promise<FakeCourier> {
  const requests: CourierRequest[] = [];
  let behave: (request: CourierRequest) => Behaviour = () => ratesAnswer();
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming);
    requests.push(request);
    answer(response, behave(request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave(behaviour) {
      behave = typeof behaviour === "function" ? behaviour : () => behaviour;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
