import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Sandbox } from "../sandbox.ts";
import { coreError } from "./http.ts";

/** Longest key that counts; a longer one is ignored without a word (midtrans.md 1.4). */
const KEY_LENGTH = 46;

/** How long a successful answer is remembered, in simulated ms (midtrans.md 1.4: 5 minutes). */
const KEEP_MS = 300_000;

/** However fast the sandbox's time runs, a caller that is started again needs this to ask again, in real ms. */
const LEAST_KEPT_MS = 20_000;

/** Answers kept at once; beyond it the oldest go first, which only a flood inside five minutes reaches. */
const MAX_KEPT = 10_000;

const succeeded = (body: unknown): boolean => {
  const code = Number((body as { status_code?: string } | null)?.status_code ?? 200);
  // 202 is a refusal by a bank, 407 the code of a successful expire.
  return code === 407 || (code < 400 && code !== 202);
};

/** How long an answer that is remembered for `ms` of simulated time stays known, in real ms. */
export const keptFor = ({ config }: Pick<Sandbox, "config">, ms: number): number =>
  Math.max(ms / config.timeScale, LEAST_KEPT_MS);

/** Drops what is too old; answers are stored in order, so the first ones are the oldest. */
function forget(sandbox: Sandbox): void {
  const keep = keptFor(sandbox, KEEP_MS);
  const kept = sandbox.store.replies.values();
  for (const [at, reply] of kept.entries()) {
    if (kept.length - at <= MAX_KEPT && sandbox.clock.now() - reply.stored_at < keep) return;
    sandbox.store.replies.remove(reply.key);
  }
}

/**
 * Idempotency-Key of the Core POSTs (midtrans.md 1.4): a key's successful answer is repeated for 5 minutes whatever the
 * new call asks, a call while the first still runs gets HTTP 202 without data, a failed call may be made again. Keys
 * hold over all endpoints.
 */
export function idempotency(sandbox: Sandbox): RequestHandler {
  const running = new Set<string>();
  return (req: Request, res: Response, next: NextFunction) => {
    const key = req.get("Idempotency-Key") ?? "";
    const covered = req.method === "POST" && !req.path.startsWith("/pay/account");
    if (!covered || key === "" || key.length > KEY_LENGTH) return next();
    forget(sandbox);
    const kept = sandbox.store.replies.get(key);
    const isKnown = kept && sandbox.clock.now() - kept.stored_at < KEEP_MS / sandbox.config.timeScale;
    if (isKnown) return void res.status(kept.status).json(kept.body);
    if (running.has(key)) {
      const { body } = coreError(sandbox, 202, "Request with the same Idempotency-Key is in progress");
      return void res.status(202).json(body);
    }
    running.add(key);
    res.once("close", () => running.delete(key));
    res.locals["keepReply"] = (status: number, body: unknown) => {
      if (succeeded(body)) sandbox.store.replies.put({ key, status, body, stored_at: sandbox.clock.now() });
    };
    next();
  };
}
