import type { Attempt } from "./model.ts";
import type { Sandbox } from "./sandbox.ts";

/** One message to a shop, as JSON. */
export interface Outgoing {
  url: string;
  method: "POST" | "PUT";
  headers: Readonly<Record<string, string>>;
  body: unknown;
  /** How long an answer is waited for, in ms of real time. */
  timeoutMs: number;
  /** Redirects of 307 and 308 that are followed. */
  maxHops: number;
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return cause.message || String((cause as NodeJS.ErrnoException).code);
  return error instanceof Error ? error.message : String(error);
};

/** Sends it once and tells what came of it; never throws. Cut off when the sandbox closes. */
export async function sendOut(sandbox: Pick<Sandbox, "clock" | "closing">, message: Outgoing): Promise<Attempt> {
  const at = sandbox.clock.now();
  const cut = new AbortController();
  const cancel = sandbox.clock.after(message.timeoutMs, () => cut.abort());
  let hops = 0;
  try {
    let target = message.url;
    for (;;) {
      const answer = await fetch(target, {
        method: message.method,
        headers: { Accept: "application/json", "Content-Type": "application/json", ...message.headers },
        body: JSON.stringify(message.body),
        redirect: "manual",
        signal: AbortSignal.any([cut.signal, sandbox.closing]),
      });
      await answer.body?.cancel();
      const next = answer.headers.get("location");
      const isMoved = (answer.status === 307 || answer.status === 308) && next !== null;
      if (!isMoved || hops >= message.maxHops) {
        return { at, ms: sandbox.clock.now() - at, status: answer.status, error: null, hops };
      }
      hops += 1;
      target = new URL(next, target).href;
    }
  } catch (error) {
    const reason = cut.signal.aborted ? "no answer in time" : reasonOf(error);
    return { at, ms: sandbox.clock.now() - at, status: null, error: reason, hops };
  } finally {
    cancel();
  }
}
