import { setTimeout as delay } from "node:timers/promises";
import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
  isBrokenCircuitError,
} from "cockatiel";
import { GatewayUnavailable } from "../../domain/kernel/errors.ts";
import type {
  CourierRate,
  Destination,
  MayAsk,
  RatesRequest,
  ShippingGateway,
} from "../../domain/shipping/shippingGateway.ts";
import { type HttpAnswer, httpCall, NoAnswer } from "../../platform/http.ts";
import type { CallOutcome, RecordCall } from "../recordCall.ts";
import { type Reading, readAnswer, readDestinations, readRates } from "./wire.ts";

export interface RajaongkirOptions {
  /** Without the path below it, which is RajaOngkir's own: `/api/v1/...`. */
  readonly url: string;
  /** Of the "Shipping Cost" product. */
  readonly key: string;
  /** Limit of every request in milliseconds; null: the table below. */
  readonly timeoutMs: number | null;
  readonly recordCall: RecordCall;
  /** 0 to 1, shifts retries. */
  readonly random: () => number;
  /** How long an open breaker lets nothing through, in milliseconds. */
  readonly breakMs?: number;
}

const GATEWAY = "rajaongkir";

/** None is published: integrators wait 5 s for a search, and 8 to 15 s for costs: the slowest courier decides. */
const TIMEOUTS_MS = { search: 5_000, cost: 10_000 } as const;
type Operation = keyof typeof TIMEOUTS_MS;

const TRIES_MAX = 3; // reads of a company in trouble; more would only burn the daily quota
const BACKOFF_MS = 200; // before the second try, doubled before the third, each shifted by half of it
const TOTAL_MS = 15_000; // all tries of one read: a shopper waits for it

const FAILURES_MAX = 5; // in a row, then the breaker opens
const BREAK_MS = 60_000;

const SEARCH_LIMIT = 50; // places of one search: a picker shows no more

interface Call {
  readonly operation: Operation;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Query or form, without the key. */
  readonly fields: Readonly<Record<string, string>>;
}

const unavailable = (why: string, options?: ErrorOptions): GatewayUnavailable =>
  new GatewayUnavailable(GATEWAY, `RajaOngkir: ${why}`, "none", options);

/** A failure after which the same read may work a moment later. */
class Passing extends GatewayUnavailable {}

const OUTCOMES: Readonly<Record<Reading["kind"], CallOutcome>> = {
  data: "ok",
  empty: "ok",
  refused: "refused",
  failed: "failed",
};

/** What is recorded or thrown may repeat what the company said, which may repeat the key. */
const withoutKey = (text: string, key: string): string => text.replaceAll(key, "[key]");

function send(options: RajaongkirOptions, call: Call, timeoutMs: number): Promise<HttpAnswer> {
  const fields = new URLSearchParams(call.fields).toString();
  const isPost = call.method === "POST";
  return httpCall({
    method: call.method,
    url: `${options.url}${call.path}${isPost ? "" : `?${fields}`}`,
    headers: {
      key: options.key,
      accept: "application/json",
      ...(isPost ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    },
    ...(isPost ? { body: fields } : {}),
    timeoutMs,
  });
}

/** One request, recorded. @throws Passing, GatewayUnavailable */
async function ask(
  options: RajaongkirOptions,
  call: Call,
  timeoutMs: number,
): Promise<Extract<Reading, { kind: "data" | "empty" }>> {
  const startedAt = performance.now();
  const kept = {
    gateway: GATEWAY,
    operation: call.operation,
    method: call.method,
    path: call.path,
    correlation: null,
    request: call.fields,
  } as const;
  const took = () => performance.now() - startedAt;
  let answer: HttpAnswer;
  try {
    answer = await send(options, call, timeoutMs);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    await options.recordCall({ ...kept, status: null, outcome: "no_answer", durationMs: took(), response: null });
    throw new Passing(GATEWAY, `RajaOngkir: ${error.message}`, "none", { cause: error });
  }
  const reading = readAnswer(answer);
  const repeatsKey = answer.text.includes(options.key);
  const response = answer.json !== null && !repeatsKey ? answer.json : { text: withoutKey(answer.text, options.key) };
  await options.recordCall({
    ...kept,
    status: answer.status,
    outcome: OUTCOMES[reading.kind],
    durationMs: took(),
    response,
  });
  if (reading.kind === "data" || reading.kind === "empty") return reading;
  const why = withoutKey(reading.why, options.key);
  throw reading.kind === "failed" ? new Passing(GATEWAY, `RajaOngkir: ${why}`, "none") : unavailable(why);
}

/** Asks up to TRIES_MAX times within TOTAL_MS, never without leave. @throws GatewayUnavailable */
async function askPatiently(options: RajaongkirOptions, breaker: CircuitBreakerPolicy, call: Call, mayAsk: MayAsk) {
  const endsAt = performance.now() + TOTAL_MS;
  for (let tries = 1; ; tries++) {
    try {
      return await breaker.execute(async () => {
        if (!(await mayAsk())) throw new NotAllowed("the day's quota is used up");
        const timeoutMs = Math.min(
          options.timeoutMs ?? TIMEOUTS_MS[call.operation],
          Math.ceil(endsAt - performance.now()),
        );
        return ask(options, call, timeoutMs);
      });
    } catch (error) {
      if (isBrokenCircuitError(error)) throw unavailable("not asked: it failed too often just now");
      if (error instanceof NotAllowed) throw unavailable(error.message);
      const waitMs = BACKOFF_MS * 2 ** (tries - 1) * (0.5 + options.random());
      if (!(error instanceof Passing) || tries === TRIES_MAX || performance.now() + waitMs >= endsAt) throw error;
      await delay(waitMs);
    }
  }
}

/** Our own no: it says nothing about the company, so the breaker does not count it. */
class NotAllowed extends Error {}

/**
 * RajaOngkir by Komerce, the "Shipping Cost" API ("API V2" in its documentation, below `/api/v1`). Grams, one call for
 * all couriers, form encoding for costs. Its places and its prices each have a breaker: they fail apart.
 */
export function createRajaongkirGateway(options: RajaongkirOptions): ShippingGateway {
  const newBreaker = () =>
    circuitBreaker(handleType(GatewayUnavailable), {
      halfOpenAfter: options.breakMs ?? BREAK_MS,
      breaker: new ConsecutiveBreaker(FAILURES_MAX),
    });
  const breakers = { search: newBreaker(), cost: newBreaker() };

  async function read<T>(call: Call, mayAsk: MayAsk, rowsOf: (data: unknown) => T[] | null): Promise<T[]> {
    const reading = await askPatiently(options, breakers[call.operation], call, mayAsk);
    if (reading.kind === "empty") return [];
    const rows = rowsOf(reading.data);
    if (!rows) throw unavailable("an answer of another form than documented");
    return rows;
  }

  return {
    searchDestinations(search, mayAsk): Promise<Destination[]> {
      const fields = { search, limit: String(SEARCH_LIMIT), offset: "0" };
      const path = "/api/v1/destination/domestic-destination";
      return read({ operation: "search", method: "GET", path, fields }, mayAsk, readDestinations);
    },
    domesticRates(request: RatesRequest, mayAsk): Promise<CourierRate[]> {
      const fields = {
        origin: String(request.originId),
        destination: String(request.destinationId),
        weight: String(request.weightGrams),
        courier: request.couriers.join(":"),
      };
      const path = "/api/v1/calculate/domestic-cost";
      return read({ operation: "cost", method: "POST", path, fields }, mayAsk, readRates);
    },
  };
}
