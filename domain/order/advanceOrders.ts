import type { Tx } from "../../platform/db.ts";
import type { OrderId, SessionId, UserId } from "../kernel/ids.ts";
import type { Verdict } from "../kernel/stateTable.ts";
import { type OrderEvent, type OrderStatus, orderStates } from "./order.states.ts";

export const STATUS_SOURCES = ["CUSTOMER", "STAFF", "MIDTRANS", "RAJAONGKIR", "SYSTEM"] as const;
export type StatusSource = (typeof STATUS_SOURCES)[number];

/** Why a status moves: goes into the order's log. */
export interface OrderCause {
  readonly source: StatusSource;
  readonly actorId: UserId | null;
  readonly reason: string | null;
  readonly externalStatus?: string | null;
  readonly now: Date;
}

export interface OrderState {
  readonly id: OrderId;
  readonly status: OrderStatus;
}

export interface AdvancedOrder extends OrderState {
  readonly verdict: Verdict<OrderStatus>;
}

/** Locks the orders of sessions, in the order of their ids, as every transaction that touches orders begins. */
export async function lockOrdersOfSessions(
  tx: Tx,
  sessionIds: readonly SessionId[],
): Promise<(OrderState & { readonly sessionId: SessionId })[]> {
  return tx.sql("select id, status, session_id from orders where session_id = any($1::uuid[]) order by id for update", [
    sessionIds,
  ]);
}

/** As lockOrdersOfSessions, of one. */
export const lockOrdersOfSession = (tx: Tx, sessionId: SessionId): Promise<OrderState[]> =>
  lockOrdersOfSessions(tx, [sessionId]);

/** Locks one order. What hangs from it is locked after it, always. null: there is none. */
export async function lockOrder(tx: Tx, id: OrderId): Promise<OrderState | null> {
  const [row] = await tx.sql<OrderState>("select id, status from orders where id = $1 for update", [id]);
  return row ?? null;
}

// The one place that writes an order's status: the row and its log line in one statement.
const MOVE_ORDERS = `
  with moved as (
    update orders o set status = m.next, version = o.version + 1, updated_at = $2,
           paid_at = case when m.next = 'PAID' then coalesce(o.paid_at, $2) else o.paid_at end
      from jsonb_to_recordset($1::jsonb) as m(id uuid, previous text, next text)
     where o.id = m.id and o.status = m.previous
    returning o.id, m.previous, m.next)
  insert into order_status_logs (order_id, from_status, to_status, event, source, actor_id, reason, external_status, at)
  select id, previous, next, $3, $4, $5, $6, $7, $2 from moved order by id
  returning order_id`;

/**
 * Applies one event to locked orders by the total table: moves those that it moves, with a log line each, and says for
 * every one what the table said. What the table calls `never` changes nothing: the caller decides whether to refuse a
 * person or to keep evidence.
 *
 * @throws Error when a row is not as it was locked, which only a missing lock can cause
 */
export async function advanceOrders<O extends OrderState>(
  tx: Tx,
  orders: readonly O[],
  event: OrderEvent,
  cause: OrderCause,
): Promise<(O & AdvancedOrder)[]> {
  const advanced = orders.map((order) => ({ ...order, verdict: orderStates.verdict(order.status, event) }));
  const moves = advanced.filter(({ verdict, status }) => verdict.kind === "moved" && verdict.next !== status);
  if (moves.length > 0) {
    const rows = await tx.sql(MOVE_ORDERS, [
      JSON.stringify(moves.map(({ id, status, verdict }) => ({ id, previous: status, next: verdict.next }))),
      cause.now,
      event,
      cause.source,
      cause.actorId,
      cause.reason,
      cause.externalStatus ?? null,
    ]);
    if (rows.length !== moves.length)
      throw new Error(`orders moved without their lock: ${moves.map(({ id }) => id).join(", ")}`);
  }
  return advanced;
}

/** Shows on a locked order that money of it is to go back: a refund of it was just owed. */
export async function showRefundOwed(tx: Tx, orderId: OrderId, now: Date): Promise<void> {
  await tx.sql("update orders set payment_status = 'REFUND_PENDING', updated_at = $2 where id = $1", [orderId, now]);
}
