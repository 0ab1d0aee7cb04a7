import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId, type TransactionId, type UserId } from "../kernel/ids.ts";
import type { PaymentStatus } from "./payment.states.ts";

/** One step of a payment's life. */
export interface PaymentLogEntry {
  readonly id: string;
  readonly transactionId: TransactionId | null;
  readonly step: string;
  /** Null: the status was not touched. */
  readonly fromStatus: PaymentStatus | null;
  readonly toStatus: PaymentStatus | null;
  /** What belongs to the step, as JSON. */
  readonly detail: string;
  readonly source: string;
  readonly actorId: UserId | null;
  readonly requestId: string | null;
  readonly at: Date;
}

const ENTRIES_MAX = 200; // the latest: a payment of ten tries has some eighty, and nobody reads further

/** What happened to a payment, the latest first. @throws Refusal FORBIDDEN without gatewayCall.read */
export async function listPaymentLog(
  app: Pick<App, "db">,
  actor: Actor,
  input: { readonly paymentId: string },
): Promise<PaymentLogEntry[]> {
  requireRight(actor, "gatewayCall.read");
  if (!isId(input.paymentId)) return [];
  return app.db.sql<PaymentLogEntry>(
    `select id::text as id, transaction_id, step, from_status, to_status, detail::text as detail, source, actor_id,
            request_id, at
       from payment_logs where payment_id = $1 order by payment_logs.id desc limit ${ENTRIES_MAX}`,
    [input.paymentId],
  );
}
