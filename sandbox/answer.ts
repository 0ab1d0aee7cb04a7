import type { Request, RequestHandler, Response } from "express";
import { type ApiTarget, takeApiFault } from "./faults.ts";
import type { Fault } from "./model.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a handler wants to be answered; it is sent after the journal is on disk. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** False where the service does not remember this answer under an Idempotency-Key. */
  keep?: boolean;
}

/** How one of the simulated services words an error that it makes itself. */
export type ErrorForm = (status: 401 | 429 | 500 | 503, message: string) => Answer;

/** Real ms for which a faulty call hangs, or is slowed, unless the fault says otherwise. */
const HANG_MS = 120_000;
const SLOW_MS = 3_000;

const HTML = "<!doctype html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>";

const pause = (sandbox: Sandbox, ms: number): Promise<void> =>
  new Promise((resolve) => {
    sandbox.clock.after(ms, resolve);
  });

/** Keeps the caller without an answer until it hangs up, or then cuts the line. */
async function hang(sandbox: Sandbox, res: Response, ms: number | null): Promise<void> {
  if (res.closed) return;
  await new Promise<void>((resolve) => {
    const cancel = sandbox.clock.after(ms ?? HANG_MS, resolve);
    // Also when the sandbox closes: an alarm that is left would keep its process from ending.
    res.once("close", () => {
      cancel();
      resolve();
    });
  });
  res.destroy();
}

/** Acts out a fault that comes before any effect. True where the call is over. */
async function failBefore(sandbox: Sandbox, fault: Fault, res: Response, form: ErrorForm): Promise<boolean> {
  switch (fault.kind) {
    case "timeout":
      await hang(sandbox, res, fault.ms);
      return true;
    case "reset":
      res.socket?.resetAndDestroy();
      return true;
    case "500":
    case "503":
    case "429": {
      const status = Number(fault.kind) as 500 | 503 | 429;
      const { body } = form(status, "Sorry, we encountered an internal problem. Please try again later.");
      res.status(status).json(body);
      return true;
    }
    case "html":
      res
        .status(fault.status ?? 200)
        .type("html")
        .send(HTML);
      return true;
    case "empty":
      res
        .status(fault.status ?? 200)
        .type("json")
        .end();
      return true;
    case "slow":
      await pause(sandbox, fault.ms ?? SLOW_MS);
      return false;
    default:
      return false;
  }
}

/** Acts out a fault that loses the answer after the effect. True where nothing more may be sent. */
async function failAfter(sandbox: Sandbox, fault: Fault, res: Response, answer: Answer): Promise<boolean> {
  switch (fault.kind) {
    case "timeout_after":
      await hang(sandbox, res, fault.ms);
      return true;
    case "reset_after":
      res.socket?.resetAndDestroy();
      return true;
    case "half": {
      const text = JSON.stringify(answer.body);
      res
        .status(answer.status)
        .type("json")
        .set("Content-Length", String(Buffer.byteLength(text)));
      res.write(text.slice(0, Math.floor(text.length / 2)), () => res.socket?.destroy());
      return true;
    }
    default:
      return false;
  }
}

/** Hands the answer to whoever remembers answers under a key, so that a lost answer can be asked for again. */
function keepReply(res: Response, { status, body, keep = true }: Answer): void {
  const remember: unknown = res.locals["keepReply"];
  if (keep && typeof remember === "function") remember(status, body);
}

/**
 * A route of a simulated service: meets the fault in force for `target`, runs the handler, makes its effect durable and
 * answers. The handler is told the kind of the fault, for those that only it can act out.
 */
export function endpoint(
  sandbox: Sandbox,
  target: ApiTarget | null,
  form: ErrorForm,
  handler: (req: Request, met: string | undefined) => Answer | Promise<Answer>,
): RequestHandler {
  return async (req, res) => {
    const fault = target === null ? undefined : takeApiFault(sandbox, target);
    if (fault) sandbox.log.info({ target, kind: fault.kind, path: req.path }, "fault met");
    if (fault && (await failBefore(sandbox, fault, res, form))) return;
    const answer = await handler(req, fault?.kind);
    keepReply(res, answer);
    await sandbox.store.commit();
    if (fault && (await failAfter(sandbox, fault, res, answer))) return;
    res
      .status(answer.status)
      .set(answer.headers ?? {})
      .json(answer.body);
  };
}
