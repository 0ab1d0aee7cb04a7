import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { RequestHandler } from "express";
import { createApp } from "../../api/app.ts";
import { listen } from "../../api/http/listen.ts";
import { createApi } from "../../api/server.ts";
import type { App } from "../../domain/app.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Config, loadConfig } from "../../platform/config.ts";
import { openQueue } from "../../platform/queue.ts";

/** A clock that tests move. */
export interface TestClock extends Clock {
  move(ms: number): void;
}

export function testClock(start = new Date()): TestClock {
  let shift = 0;
  return {
    now: () => new Date(start.getTime() + shift),
    move: (ms) => {
      shift += ms;
    },
  };
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T | null;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: {
      readonly code: string;
      readonly retryable: boolean;
      readonly details: Record<string, unknown>;
    };
  }[];
}

export interface SendOptions {
  readonly token?: string;
  /** The address that a trusted proxy says the request came from. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly url: string;
  readonly app: App;
  readonly config: Config;
  graphql<T = Record<string, never>>(query: string, variables?: object, options?: SendOptions): Promise<Answer<T>>;
  stop(): Promise<void>;
}

const nothing: RequestHandler = (_request, response) => {
  response.json({ status: "stored" });
};

export interface TestApiOptions {
  readonly databaseUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly midtransWebhook?: (app: App) => RequestHandler;
  readonly midtransRecurring?: (app: App) => RequestHandler;
  readonly rajaongkirWebhook?: (app: App) => RequestHandler;
  readonly midtransPayAccount?: (app: App) => RequestHandler;
  readonly webDir?: string;
  /** Routes of features, as api/main.ts gives them. */
  readonly routes?: (app: App, config: Config) => readonly RequestHandler[];
}

/** An API in this process, on a port and a data directory of its own, that trusts one proxy for addresses. */
export async function startTestApi(options: TestApiOptions): Promise<TestApi> {
  const ownDir = options.env?.["DATA_DIR"] ? null : mkdtempSync(path.join(os.tmpdir(), "lunas-api-"));
  const dataDir = ownDir ?? (options.env?.["DATA_DIR"] as string);
  const env = {
    DATABASE_URL: options.databaseUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: "silent",
    TRUST_PROXY: "1",
    ...options.env,
  };
  const config = loadConfig(env);
  const app = createApp(config, "test", options.clock);
  const queue = openQueue(config);
  const midtransWebhook = options.midtransWebhook?.(app) ?? nothing;
  const dirs = { webDir: options.webDir ?? path.join(dataDir, "web"), mediaDir: path.join(dataDir, "media") };
  const api = await createApi(app, config, {
    queue,
    midtransWebhook,
    midtransRecurring: options.midtransRecurring?.(app) ?? nothing,
    rajaongkirWebhook: options.rajaongkirWebhook?.(app) ?? nothing,
    midtransPayAccount: options.midtransPayAccount?.(app) ?? nothing,
    routes: options.routes?.(app, config) ?? [],
    ...dirs,
  });
  const server = await listen(api.handler, { host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    app,
    config,
    async graphql<T>(query: string, variables: object = {}, { token, from, headers }: SendOptions = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(from ? { "x-forwarded-for": from } : {}),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      const { data = null, errors = [] } = (await response.json()) as { data?: T | null; errors?: Answer<T>["errors"] };
      return { status: response.status, headers: response.headers, data, errors };
    },
    async stop() {
      await server.stop(1_000);
      await api.close();
      await Promise.all([queue.close(), app.limits.close()]);
      await app.db.close();
      if (ownDir) rmSync(ownDir, { recursive: true, force: true });
    },
  };
}

export interface Pool {
  readonly apis: readonly [TestApi, TestApi];
  /** The one whose turn it is. */
  readonly turn: (n: number) => TestApi;
  stop(): Promise<void>;
}

/** Two of them on one database and with the same keys, as a deployment runs them. */
export async function startTestApis(options: TestApiOptions): Promise<Pool> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-apis-"));
  const shared = { ...options, env: { ...options.env, DATA_DIR: dataDir } };
  const apis = [await startTestApi(shared), await startTestApi(shared)] as const;
  return {
    apis,
    turn: (n) => apis[(n % 2) as 0 | 1],
    async stop() {
      for (const api of apis) await api.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Works on all of them, some at once, in order. */
export async function eachOf<T, R>(all: readonly T[], work: (item: T) => Promise<R>, atOnce = 16): Promise<R[]> {
  const results: R[] = new Array(all.length);
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < all.length; at = next++) results[at] = await work(all[at] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

export const numbers = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** How often each code came; OK for an answer without one. */
export function countCodes(codes: readonly (string | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code ?? "OK"] = (counts[code ?? "OK"] ?? 0) + 1;
  return counts;
}

/** The code of the first error; null for an answer without one. */
export const codeOf = (answer: { readonly errors: Answer<unknown>["errors"] }): string | null =>
  answer.errors[0]?.extensions.code ?? null;

export const REGISTER = `mutation Register($input: RegisterInput!) {
  register(input: $input) { accessToken refreshToken user { id email name phone role isMember createdAt } }
}`;
export const LOGIN = `mutation LogIn($email: String!, $password: String!) {
  login(email: $email, password: $password) { accessToken refreshToken user { id } }
}`;
export const REFRESH = `mutation Refresh($token: String!) {
  refresh(refreshToken: $token) { accessToken refreshToken user { id role } }
}`;
export const PASSWORD = "a-long-password";

export interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string; readonly role: string };
}

let people = 0;

/** A new customer, signed in. */
export async function signUp(api: TestApi, options: SendOptions = {}): Promise<Pair & { readonly email: string }> {
  people += 1;
  const email = `person-${people}-${process.pid}@lunas.test`;
  const input = { email, password: PASSWORD, name: "Customer" };
  const { data, errors } = await api.graphql<{ register: Pair }>(REGISTER, { input }, options);
  if (!data) throw new Error(`no account: ${JSON.stringify(errors)}`);
  return { ...data.register, email };
}
