import { assertOutsideTransaction } from "./db.ts";

export interface HttpAnswer {
  readonly status: number;
  /** Parsed JSON, or null where the body is not JSON (an HTML error page, nothing, half of it). */
  readonly json: unknown;
  readonly text: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Of the answer; left out: BODY_BYTES_MAX. */
  readonly bytesMax?: number;
}

/** No answer came: refused, cut off, timed out. Whether the other side did something is unknown. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

const BODY_BYTES_MAX = 2_000_000; // no answer of a gateway comes near it; a broken one must not fill the memory

async function readBody(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bytesMax) throw new NoAnswer("the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * One HTTP request with a time limit over all of it, the body included. Connections are kept alive. Redirects are
 * refused: no gateway call of ours has a reason to go elsewhere.
 *
 * @throws NoAnswer when no whole answer came
 */
export async function httpCall(request: HttpRequest): Promise<HttpAnswer> {
  assertOutsideTransaction("an HTTP request");
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    const bytes = await readBody(response, request.bytesMax ?? BODY_BYTES_MAX);
    const text = bytes.toString("utf8");
    return { status: response.status, json: parseJson(text), text, bytes };
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(`no answer: ${(error as Error).name}`, { cause: (error as Error).cause });
  }
}
