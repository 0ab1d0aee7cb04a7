import type { Tx } from "../../platform/db.ts";
import type { RefundRow } from "./advanceRefunds.ts";
import { refundKey } from "./refund.rules.ts";

interface Attempt {
  readonly outcome: "SUCCESS" | "FAILED" | "PENDING";
  /** Left out: there was no answer. */
  readonly code?: number;
  readonly message?: string;
}

const MESSAGE_CHARS_MAX = 300;

/** Appends to the log of a refund's tries. */
export async function logAttempt(tx: Tx, now: Date, refund: RefundRow, attempt: Attempt): Promise<void> {
  await tx.sql(
    `insert into refund_attempts (refund_id, refund_key, outcome, gateway_code, message, at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      refund.id,
      refundKey(refund.id, refund.keyNumber),
      attempt.outcome,
      attempt.code === undefined ? null : String(attempt.code),
      attempt.message?.slice(0, MESSAGE_CHARS_MAX) ?? null,
      now,
    ],
  );
}
