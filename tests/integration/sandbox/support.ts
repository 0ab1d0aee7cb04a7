import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Clock } from "../../../sandbox/clock.ts";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "../../../sandbox/server.ts";
import { until } from "../../support/until.ts";

export const SERVER_KEY = "SB-Mid-server-EXAMPLEKEY0123456789ab";
export const CLIENT_KEY = "SB-Mid-client-EXAMPLEKEY0123456789ab";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** 14 March 2026, 10:00 WIB. */
export const START = Date.parse("2026-03-14T10:00:00+07:00");

export interface HandClock extends Clock {
  /** Moves on by `ms`, firing every alarm on the way at its own moment, without waiting for what they start. */
  fire(ms: number): void;
  /** Moves on alarm by alarm, waiting for the work of each, until `ms` have passed. */
  advance(ms: number, idle: () => Promise<void>): Promise<void>;
}

/** A clock that stands still until a test moves it. */
export function handClock(start = START): HandClock {
  let now = start;
  let timers: { at: number; run: () => void }[] = [];
  const takeNext = (until: number): { at: number; run: () => void } | undefined => {
    const due = timers.filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0];
    timers = timers.filter((timer) => timer !== due);
    return due;
  };
  return {
    now: () => now,
    after: (ms, run) => {
      const timer = { at: now + Math.max(0, ms), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    fire: (ms) => {
      const until = now + ms;
      for (let due = takeNext(until); due; due = takeNext(until)) {
        now = Math.max(now, due.at);
        due.run();
      }
      now = until;
    },
    advance: async (ms, idle) => {
      const until = now + ms;
      await idle();
      for (let due = takeNext(until); due; due = takeNext(until)) {
        now = Math.max(now, due.at);
        due.run();
        await idle();
      }
      now = until;
    },
  };
}

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, string>;
}

export interface Shop {
  url: string;
  received: Received[];
  /** How the next notifications are answered; the last one stays in force. */
  answers: ((res: ServerResponse, path: string) => void)[];
  /** Resolves when this many notifications have arrived. */
  has(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A shop's webhook that keeps what it gets and answers as a test says. */
export async function startShop(): Promise<Shop> {
  const received: Received[] = [];
  const answers: Shop["answers"] = [];
  let waiting: { count: number; done: () => void }[] = [];
  const server = createServer((req, res) => {
    let text = "";
    req.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    req.on("end", () => {
      received.push({ method: req.method ?? "", path: req.url ?? "", headers: req.headers, body: JSON.parse(text) });
      for (const waiter of waiting) if (received.length >= waiter.count) waiter.done();
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer) answer(res, req.url ?? "");
      else res.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answers,
    has: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) return resolve();
        waiting = [...waiting, { count, done: resolve }];
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of a foreign API, read member by member in tests
  body: any;
  text: string;
  headers: Headers;
}

export interface Stand {
  sandbox: RunningSandbox;
  clock: HandClock;
  shop: Shop;
  dataDir: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A Snap create of a good request, changed as the test wants. */
  create(orderId: string, more?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>;
  /** Presses a button of the hosted page. */
  press(token: string, form: string, fields: Record<string, string>, userAgent?: string): Promise<Answer>;
  /** The newest state by the control API. */
  look(orderId: string): Promise<Answer["body"]>;
  /** Lets time pass and every delivery in it end. */
  pass(ms: number): Promise<void>;
  /** Ends this process's sandbox and starts another on the same data. */
  restart(options?: SandboxOptions): Promise<void>;
  close(): Promise<void>;
}

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: asJson(text), text, headers: response.headers };
}

const authorization = `Basic ${Buffer.from(`${SERVER_KEY}:`).toString("base64")}`;

/** Calls the API with the server key, unless the headers say otherwise. */
async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const hasBody = body !== undefined;
  const type: Record<string, string> = hasBody ? { "Content-Type": "application/json" } : {};
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { Authorization: authorization, Accept: "application/json", ...type, ...headers },
    ...(hasBody ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
  });
  return answerOf(response);
}

/** A sandbox on a clock of its own with a shop beside it. */
export async function stand(more: SandboxOptions = {}): Promise<Stand> {
  const clock = handClock();
  const shop = await startShop();
  const dataDir = await mkdtemp(join(tmpdir(), "sandbox-"));
  const options = (again: SandboxOptions = {}): SandboxOptions => ({
    port: 0,
    dataDir,
    clock,
    // The middle of the shift: retries come exactly after the table's waits.
    random: () => 0.5,
    serverKey: SERVER_KEY,
    signatureKey: SERVER_KEY,
    clientKey: CLIENT_KEY,
    notificationUrl: `${shop.url}/hook`,
    recurringUrl: `${shop.url}/recurring`,
    payAccountUrl: `${shop.url}/accounts`,
    shipmentUrl: `${shop.url}/shipments`,
    // Nothing comes twice or late by chance.
    courierNoise: 0,
    finishUrl: "http://shop.test/",
    log: pino({ level: "silent" }),
    ...more,
    ...again,
  });
  const rig: Stand = {
    sandbox: await startSandbox(options()),
    clock,
    shop,
    dataDir,
    call: (method, path, body, headers = {}) => send(`${rig.sandbox.url}${path}`, method, body, headers),
    create: (orderId, changes = {}, headers = {}) => {
      const details = { order_id: orderId, gross_amount: 150_000 };
      return rig.call("POST", "/snap/v1/transactions", { transaction_details: details, ...changes }, headers);
    },
    press: async (token, form, fields, userAgent = "Mozilla/5.0 (X11; Linux x86_64)") =>
      answerOf(
        await fetch(`${rig.sandbox.url}/snap/v4/redirection/${token}/${form}`, {
          method: "POST",
          redirect: "manual",
          headers: { "User-Agent": userAgent },
          body: new URLSearchParams(fields),
        }),
      ),
    look: async (orderId) => (await rig.call("GET", `/sandbox/transactions/${orderId}`)).body,
    pass: (ms) => clock.advance(ms, () => rig.sandbox.idle()),
    restart: async (again) => {
      await rig.sandbox.close();
      rig.sandbox = await startSandbox(options(again));
    },
    close: async () => {
      await rig.sandbox.close();
      await shop.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return rig;
}

export interface CardAsk {
  number?: string;
  saved?: string;
  cvv?: string;
  clientKey?: string;
}

/** GET /v2/token as a buyer's browser makes it: no server key. */
export function cardToken(
  rig: Stand,
  { number, saved, cvv = "123", clientKey = CLIENT_KEY }: CardAsk,
): Promise<Answer> {
  const query = new URLSearchParams({ client_key: clientKey, card_cvv: cvv });
  if (number !== undefined) query.set("card_number", number);
  if (number !== undefined) query.set("card_exp_month", "12");
  if (number !== undefined) query.set("card_exp_year", "2030");
  if (saved !== undefined) query.set("token_id", saved);
  return rig.call("GET", `/v2/token?${query}`, undefined, { Authorization: "" });
}

/** POST /v2/charge of Rp 150,000, unless the body says otherwise. */
export const chargeOf = (rig: Stand, orderId: string, body: object, headers?: Record<string, string>) =>
  rig.call(
    "POST",
    "/v2/charge",
    { transaction_details: { order_id: orderId, gross_amount: 150_000 }, ...body },
    headers,
  );

/** Charges a test card, known by its number, with whatever else the credit_card object shall say. */
export async function chargeCard(rig: Stand, orderId: string, number: string, card: object = {}, more: object = {}) {
  const token = (await cardToken(rig, { number })).body.token_id;
  return chargeOf(rig, orderId, { payment_type: "credit_card", credit_card: { token_id: token, ...card }, ...more });
}

/** Resolves when every fault that was set has met a call. */
export async function faultsMet(rig: Stand): Promise<void> {
  await until(
    "every fault has met a call",
    async () => (await rig.call("GET", "/sandbox/faults")).body.faults.length === 0,
  );
}
