import http from "node:http";

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Speaks to one server over connections that stay open, as a browser or a gateway does. */
export interface HttpClient {
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  get(path: string): Promise<HttpAnswer>;
  close(): void;
}

const CONNECTIONS_MAX = 64;
const ANSWER_WITHIN_MS = 30_000; // an answer that hangs must not hang the benchmark

type Options = http.RequestOptions & { readonly body?: string };

function send(options: Options, mayRepeat: boolean): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${ANSWER_WITHIN_MS} ms`)));
    request.on("error", (error: NodeJS.ErrnoException) => {
      // The server may close an idle connection just as it is used again (Node's documentation, request.reusedSocket).
      if (mayRepeat && request.reusedSocket && error.code === "ECONNRESET") send(options, false).then(resolve, reject);
      else reject(error);
    });
    request.end(options.body);
  });
}

export function openHttp(url: string): HttpClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  const { hostname, port } = new URL(url);
  const base = { agent, hostname, port, timeout: ANSWER_WITHIN_MS };
  return {
    post(path, body, headers = {}) {
      const length = String(Buffer.byteLength(body));
      const all = { "content-type": "application/json", "content-length": length, ...headers };
      return send({ ...base, method: "POST", path, headers: all, body }, true);
    },
    get: (path) => send({ ...base, method: "GET", path }, true),
    close: () => agent.destroy(),
  };
}

/** Sends a GraphQL operation. @throws Error with the answer where it is not without errors */
export async function askGraphql<T>(
  client: HttpClient,
  bearer: string,
  body: { readonly query: string; readonly variables?: object },
): Promise<T> {
  const { status, text } = await client.post("/graphql", JSON.stringify(body), { authorization: bearer });
  const answer = JSON.parse(text) as { data?: T; errors?: unknown };
  if (status !== 200 || answer.errors !== undefined || !answer.data) throw new Error(`answered ${status}: ${text}`);
  return answer.data;
}
