import { ExponentialBackoff, handleWhen, isBrokenCircuitError, retry } from "cockatiel";
import { z } from "zod";
import { GatewayUnavailable } from "../../domain/kernel/errors.ts";
import { assertOutsideTransaction } from "../../platform/db.ts";
import { createBreaker, wasSent } from "../breaker.ts";
import type { CallOutcome, RecordCall } from "../recordCall.ts";

export interface CallerOptions {
  /** Overrides every limit of TIMEOUTS_MS; null for the table. */
  readonly timeoutMs: number | null;
  readonly recordCall: RecordCall;
  /** How long an open breaker lets nothing through, in ms; left out: BREAK_MS. */
  readonly breakMs?: number;
}

/**
 * How long each call may take, in ms. Midtrans publishes none: reads 20 s; a charge and what ends one 30 s, for a
 * customer waits; a page is created while he waits, too; a refund 60 s, for nobody does.
 */
export const TIMEOUTS_MS = {
  status: 20_000,
  charge: 30_000,
  cancel: 30_000,
  expire: 30_000,
  approve: 30_000,
  deny: 30_000,
  refund: 60_000,
  openPage: 20_000,
  closePage: 20_000,
  createSubscription: 30_000,
  subscription: 20_000,
  cancelSubscription: 30_000,
  savedCard: 20_000,
  updateSubscription: 30_000,
  linkAccount: 30_000,
  account: 20_000,
  unlinkAccount: 30_000,
} as const;
export type Operation = keyof typeof TIMEOUTS_MS;

/** Only a read is repeated here: of anything else the caller knows what a second one would do. */
const REPEATABLE: ReadonlySet<Operation> = new Set(["status", "subscription", "savedCard", "account"]);
const RETRIES_MAX = 2; // after the first one: more would only add to the trouble that it is in
const RETRY_FIRST_MS = 100; // doubled each time, jittered
const RETRY_LONGEST_MS = 1_000;

/** So many calls in a row that failed: then nothing is asked for BREAK_MS, and then one call to see. */
const FAILURES_MAX = 20;
const BREAK_MS = 10_000;

/** What came back, before anybody decides what it means. `code` is the body's status_code, else the HTTP status. */
export interface Answer {
  readonly code: number | null;
  readonly body: unknown;
}

const codeForm = z.looseObject({ status_code: z.union([z.string().regex(/^\d{3}$/), z.number()]) });

/** The body's own code counts, whatever the HTTP status is: refusals come with HTTP 200 too. */
function answerOf(httpStatus: number | null, body: unknown): Answer {
  const form = codeForm.safeParse(body);
  return { code: form.success ? Number(form.data.status_code) : httpStatus, body };
}

/** The library's error holds the request with its key: only these members are ever read. */
const libraryErrorForm = z.object({
  httpStatusCode: z.union([z.string(), z.number(), z.null()]).optional(),
  ApiResponse: z.unknown().optional(),
});
const networkErrorForm = z.object({ rawHttpClientData: z.object({ code: z.string() }) });

function answerOfError(error: unknown): Answer | null {
  const form = libraryErrorForm.safeParse({
    httpStatusCode: (error as { httpStatusCode?: unknown } | null)?.httpStatusCode ?? null,
    ApiResponse: (error as { ApiResponse?: unknown } | null)?.ApiResponse,
  });
  if (!form.success || form.data.httpStatusCode === null || form.data.httpStatusCode === undefined) return null;
  return answerOf(Number(form.data.httpStatusCode), form.data.ApiResponse);
}

/** "Unable to create va_number": this bank cannot, another one can. */
const NO_NUMBER = 505;
export const isOurMistake = (code: number): boolean => code >= 400 && code < 500 && code !== 429;

function outcomeOf(answer: Answer | null): CallOutcome {
  if (!answer) return "no_answer";
  const isReadable = typeof answer.body === "object" && answer.body !== null;
  if (isReadable && answer.code === NO_NUMBER) return "refused";
  if (!isReadable || answer.code === null || answer.code >= 500 || answer.code === 429) return "failed";
  return isOurMistake(answer.code) && answer.code !== 404 && answer.code !== 407 ? "refused" : "ok";
}

/** It was too slow, which cost its time already: it is not asked again at once. */
const TOO_SLOW: ReadonlySet<string> = new Set(["ERR_CANCELED", "ECONNABORTED", "ETIMEDOUT"]);

/** Why no answer came, in the network's word; null where nothing says it. */
function networkCodeOf(error: unknown): string | null {
  const form = networkErrorForm.safeParse({
    rawHttpClientData: { code: (error as { rawHttpClientData?: { code?: unknown } } | null)?.rawHttpClientData?.code },
  });
  return form.success ? form.data.rawHttpClientData.code : null;
}

/** The gateway is in trouble, and the breaker counts it; a server key that it refuses is no trouble of its own. */
class Trouble extends GatewayUnavailable {
  constructor(
    why: string,
    outcome: "none" | "unknown",
    /** The same read may work a moment later. */
    readonly mayPass: boolean,
  ) {
    super("midtrans", why, outcome);
  }
}

/** What the caller is told where there is no answer that says anything; null where there is one. */
function failureOf(operation: Operation, answer: Answer | null, error: unknown): GatewayUnavailable | null {
  if (!answer) {
    const code = networkCodeOf(error);
    const isQuick = code !== null && !TOO_SLOW.has(code);
    return new Trouble(`Midtrans did not answer (${operation})`, wasSent({ code }) ? "unknown" : "none", isQuick);
  }
  if (outcomeOf(answer) === "failed") {
    // Refused for its rate: nothing was looked at, and asking at once would only be refused again.
    const isTooMany = answer.code === 429;
    const outcome = isTooMany ? "none" : "unknown";
    return new Trouble(`Midtrans failed (${operation}, ${answer.code})`, outcome, !isTooMany);
  }
  return answer.code === 401 ? new GatewayUnavailable("midtrans", "Midtrans refuses the server key", "none") : null;
}

export type Call = (
  operation: Operation,
  correlation: string,
  path: string,
  request: unknown,
  work: () => Promise<unknown>,
) => Promise<Answer>;

export interface Caller {
  readonly call: Call;
  /** For how long nothing is asked, in ms. */
  awayForMs(): number;
}

/**
 * Makes calls within their limit of time, records each, and takes an answer that says nothing for none. Reads are
 * repeated where that may help at once; after too many failures in a row nothing is asked for a while.
 */
export function createCaller(
  options: CallerOptions,
  within: <T>(ms: number, work: () => Promise<T>) => Promise<T>,
): Caller {
  const { breaker, awayForMs } = createBreaker({
    failuresMax: FAILURES_MAX,
    breakMs: options.breakMs ?? BREAK_MS,
    counts: (error) => error instanceof Trouble,
  });
  const again = retry(
    handleWhen((error) => error instanceof Trouble && error.mayPass),
    {
      maxAttempts: RETRIES_MAX,
      backoff: new ExponentialBackoff({ initialDelay: RETRY_FIRST_MS, maxDelay: RETRY_LONGEST_MS }),
    },
  );

  const ask: Call = async (operation, correlation, path, request, work) => {
    const startedAt = performance.now();
    let answer: Answer | null;
    let failure: unknown = null;
    try {
      answer = answerOf(200, await within(options.timeoutMs ?? TIMEOUTS_MS[operation], work));
    } catch (error) {
      failure = error;
      answer = answerOfError(error);
    }
    await options.recordCall({
      gateway: "midtrans",
      operation,
      method: REPEATABLE.has(operation) ? "GET" : "POST",
      path,
      correlation,
      status: answer?.code ?? null,
      outcome: outcomeOf(answer),
      durationMs: performance.now() - startedAt,
      request,
      response: answer?.body ?? null,
    });
    const trouble = failureOf(operation, answer, failure);
    if (trouble || !answer) throw trouble;
    return answer;
  };

  const call: Call = async (operation, ...given) => {
    assertOutsideTransaction(`midtrans ${operation}`);
    const once = () => breaker.execute(() => ask(operation, ...given));
    try {
      return await (REPEATABLE.has(operation) ? again.execute(once) : once());
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw new GatewayUnavailable("midtrans", "Midtrans is not asked: it failed too often just now", "none");
    }
  };
  return { call, awayForMs };
}
