import { setTimeout as delay } from "node:timers/promises";
import { isBrokenCircuitError } from "cockatiel";
import { GatewayRefused, GatewayUnavailable } from "../domain/kernel/errors.ts";
import { type HttpAnswer, type HttpRequest, httpCall, NoAnswer } from "../platform/http.ts";
import { createBreaker, wasSent } from "./breaker.ts";
import type { CallOutcome, GatewayCall, RecordCall } from "./recordCall.ts";

export interface HttpCallerOptions {
  readonly gateway: GatewayCall["gateway"];
  /** As people call the company. */
  readonly company: string;
  /** Base URL without a path. */
  readonly url: string;
  readonly key: string;
  readonly recordCall: RecordCall;
  /** 0 to 1, shifts retries. */
  readonly random: () => number;
  /** Overrides the time limit of every call, in milliseconds; null: each its own. */
  readonly timeoutMs: number | null;
  /** How long an open breaker lets nothing through, in milliseconds; left out: BREAK_MS. */
  readonly breakMs?: number;
  /** All tries of one read, in milliseconds; a single one may take its own limit. */
  readonly totalMs: number;
}

export interface CallLimits {
  /** Of one request, in milliseconds. */
  readonly timeoutMs: number;
  /** Of its answer. */
  readonly bytesMax: number;
  /** Of a read, the first one among them; anything else is sent once, whatever stands here. */
  readonly tries: number;
}

/** One kind of request. Without the key in `headers`, its answer would be told to anybody. */
export interface HttpCallOf<T> {
  readonly operation: string;
  readonly limits: CallLimits;
  readonly method: HttpRequest["method"];
  /** Below the base URL. */
  readonly path: string;
  /** As it stands in the URL, without the question mark; empty for none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What it is about, such as a booking's number. */
  readonly correlation: string | null;
  /** What is kept of the request for staff. */
  readonly request: unknown;
  /** What is kept of an answer in place of all of it. */
  readonly keep?: (answer: HttpAnswer) => unknown;
  readonly read: (answer: HttpAnswer) => Verdict<T>;
}

/** What an answer means to the adapter that asked. */
export type Verdict<T> =
  | { readonly kind: "answer"; readonly value: T; readonly outcome: "ok" | "refused" }
  /** It will say the same again, whatever is asked, and nothing was done. */
  | { readonly kind: "refused"; readonly why: string }
  /** It will say the same again to this request alone, and nothing was done: the breaker does not count it. */
  | { readonly kind: "mistaken"; readonly why: string }
  /** Its own trouble: a read may work a moment later, and of anything else nobody knows whether it had its effect. */
  | { readonly kind: "failed"; readonly why: string };

/** So many calls in a row that failed: then nothing is asked for BREAK_MS, and then one call to see. */
const FAILURES_MAX = 5;
const BREAK_MS = 60_000;

const BACKOFF_MS = 200; // before the second try, doubled before the third, each shifted by half of it

const OUTCOMES: Readonly<Record<"refused" | "mistaken" | "failed", CallOutcome>> = {
  refused: "refused",
  mistaken: "refused",
  failed: "failed",
};

/** A failure after which the same read may work a moment later. */
class Passing extends GatewayUnavailable {}

/** A no to one request. */
class Mistaken extends GatewayRefused {}

/** Our own no: it says nothing about the company, so the breaker does not count it. */
class NotAllowed extends Error {}

/** What is recorded or thrown may repeat what the company said, which may repeat the key. */
const withoutKey = (text: string, key: string): string => text.replaceAll(key, "[key]");

function keptOf<T>(call: HttpCallOf<T>, answer: HttpAnswer, key: string): unknown {
  if (call.keep) return call.keep(answer);
  if (answer.json === null) return { text: withoutKey(answer.text, key) };
  // As JSON all the same: the names of its fields say what of it is personal.
  return answer.text.includes(key) ? JSON.parse(withoutKey(answer.text, key)) : answer.json;
}

type Sent<T> = Extract<Verdict<T>, { kind: "answer" }>;

/** One request, recorded. @throws Passing, GatewayUnavailable */
async function ask<T>(
  options: HttpCallerOptions,
  call: HttpCallOf<T>,
  timeoutMs: number,
  isRead: boolean,
): Promise<Sent<T>["value"]> {
  const { gateway, company, key } = options;
  const startedAt = performance.now();
  const record = (status: number | null, outcome: CallOutcome, response: unknown) => {
    const { operation, method, path, correlation, request } = call;
    const durationMs = performance.now() - startedAt;
    const kept = { gateway, operation, method, path, correlation, request, status, outcome, durationMs, response };
    return options.recordCall(kept);
  };
  const passing = (why: string, mayHaveLanded: boolean, cause?: unknown) =>
    new Passing(gateway, `${company}: ${withoutKey(why, key)}`, mayHaveLanded && !isRead ? "unknown" : "none", {
      cause,
    });
  let answer: HttpAnswer;
  try {
    const { method, path, query, headers, body } = call;
    const url = `${options.url}${path}${query === "" ? "" : `?${query}`}`;
    const sent = { method, url, headers, timeoutMs, bytesMax: call.limits.bytesMax };
    answer = await httpCall(body === undefined ? sent : { ...sent, body });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    await record(null, "no_answer", null);
    throw passing(error.message, wasSent(error.cause), error);
  }
  const verdict = call.read(answer);
  const outcome = verdict.kind === "answer" ? verdict.outcome : OUTCOMES[verdict.kind];
  await record(answer.status, outcome, keptOf(call, answer, key));
  if (verdict.kind === "answer") return verdict.value;
  if (verdict.kind === "failed") throw passing(verdict.why, true);
  const No = verdict.kind === "mistaken" ? Mistaken : GatewayUnavailable;
  throw new No(gateway, `${company}: ${withoutKey(verdict.why, key)}`, "none");
}

export interface HttpCaller {
  /**
   * Asks as often as its limits say within its time, the tries apart by a shifted, doubling wait, and never without
   * leave.
   *
   * @throws GatewayUnavailable (outcome "none")
   */
  read<T>(call: HttpCallOf<T>, mayAsk?: () => Promise<boolean>): Promise<T>;
  /** Sends one request. @throws GatewayUnavailable (outcome "unknown" where it may have had its effect) */
  write<T>(call: HttpCallOf<T>): Promise<T>;
}

/**
 * Makes requests of one part of a company's API within their limits and records each; after too many failures in a row
 * nothing is asked for a while, and then one call to see. Parts that fail apart have a caller each.
 */
export function createHttpCaller(options: HttpCallerOptions): HttpCaller {
  const { gateway, company } = options;
  const unavailable = (why: string) => new GatewayUnavailable(gateway, `${company}: ${why}`, "none");
  const { breaker } = createBreaker({
    failuresMax: FAILURES_MAX,
    breakMs: options.breakMs ?? BREAK_MS,
    counts: (error) => error instanceof GatewayUnavailable && !(error instanceof Mistaken),
  });

  async function through<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await breaker.execute(work);
    } catch (error) {
      if (isBrokenCircuitError(error)) throw unavailable("not asked: it failed too often just now");
      throw error instanceof NotAllowed ? unavailable(error.message) : error;
    }
  }

  const limitOf = ({ limits }: HttpCallOf<unknown>) => options.timeoutMs ?? limits.timeoutMs;

  return {
    async read(call, mayAsk) {
      const endsAt = performance.now() + Math.max(options.totalMs, limitOf(call));
      for (let tries = 1; ; tries++) {
        try {
          return await through(async () => {
            if (mayAsk && !(await mayAsk())) throw new NotAllowed("the day's quota is used up");
            const leftMs = Math.max(1, Math.ceil(endsAt - performance.now()));
            return ask(options, call, Math.min(limitOf(call), leftMs), true);
          });
        } catch (error) {
          const waitMs = BACKOFF_MS * 2 ** (tries - 1) * (0.5 + options.random());
          const isLast = tries >= call.limits.tries || performance.now() + waitMs >= endsAt;
          if (!(error instanceof Passing) || isLast) throw error;
          await delay(waitMs);
        }
      }
    },
    write: (call) => through(() => ask(options, call, limitOf(call), false)),
  };
}
