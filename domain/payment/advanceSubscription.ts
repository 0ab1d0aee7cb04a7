import type { Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Verdict } from "../kernel/stateTable.ts";
import { type Messages, send } from "../messages.ts";
import type { SubscriptionRow } from "./lockSubscription.ts";
import { type SubscriptionEvent, type SubscriptionState, subscriptionStates } from "./subscription.states.ts";

export interface SubscriptionCause {
  readonly source: "CUSTOMER" | "STAFF" | "MIDTRANS" | "SYSTEM";
  readonly actorId: UserId | null;
  readonly now: Date;
}

/** Appends to a subscription's log. @returns the step's id */
export async function logSubscription(
  tx: Tx,
  id: SubscriptionRow["id"],
  step: { readonly from: SubscriptionState | null; readonly to: SubscriptionState; readonly event: string },
  cause: SubscriptionCause,
): Promise<number> {
  const [row] = await tx.sql<{ id: number }>(
    `insert into subscription_logs (subscription_id, from_state, to_state, event, source, actor_id, request_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [id, step.from, step.to, step.event, cause.source, cause.actorId, currentRequestId(), cause.now],
  );
  return (row as { id: number }).id;
}

/** What its owner is to be told of a step; null: nothing. */
function newsOf(from: SubscriptionState, to: SubscriptionState): Messages["subscription.moved"]["as"] | null {
  if (to === "PAST_DUE" || to === "SUSPENDED") return to;
  return from === "PAST_DUE" && to === "ACTIVE" ? to : null;
}

const isOver = (state: SubscriptionState): boolean =>
  state === "SUSPENDED" || state === "CANCELLED" || state === "REFUSED";

/**
 * Applies one event to a locked subscription by the total table. The one writer of its state; each move is logged, and
 * its owner is told where his access is in question.
 */
export async function advanceSubscription(
  tx: Tx,
  row: SubscriptionRow,
  event: SubscriptionEvent,
  cause: SubscriptionCause,
): Promise<Verdict<SubscriptionState>> {
  const verdict = subscriptionStates.verdict(row.state, event);
  if (verdict.kind !== "moved") return verdict;
  const written = await tx.sql(
    `update subscriptions set state = $3, updated_at = $4, ended_at = case when $5 then $4 else ended_at end,
            next_look_at = case when $5 then null else next_look_at end
      where id = $1 and state = $2 returning id`,
    [row.id, row.state, verdict.next, cause.now, isOver(verdict.next)],
  );
  if (written.length !== 1) throw new Error(`subscription ${row.id} moved without its lock`);
  const logId = await logSubscription(tx, row.id, { from: row.state, to: verdict.next, event }, cause);
  const as = newsOf(row.state, verdict.next);
  if (as) await send(tx, cause.now, "subscription.moved", { subscriptionId: row.id, logId, as });
  return verdict;
}
