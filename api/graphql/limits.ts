import type { Context } from "./context.ts";

/** What guards operations against floods. */
export interface OperationLimits {
  /** @throws Refusal RATE_LIMITED (details.retryAfter, seconds) when the caller has used up what the operation allows */
  consume(operation: string, caller: Pick<Context, "actor" | "address">): Promise<void>;
}
