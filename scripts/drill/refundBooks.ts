import type { RefundId } from "../../domain/kernel/ids.ts";
import { refundIdOf } from "../../domain/refund/refund.rules.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { Loss } from "./reconcile.ts";
import type { ShopperBook } from "./told.ts";

/** A refund as the shop's rows have it. Whole rupiah. */
export interface RefundHere {
  readonly id: string;
  readonly paymentId: string;
  readonly gatewayOrderId: string;
  /** null: the gateway has not told of its transaction. */
  readonly gatewayTransactionId: string | null;
  readonly amount: number;
  readonly status: string;
  readonly cause: string;
  /** The gateway's own id of it; null: it has not told one. */
  readonly gatewayRefundId: string | null;
  /** Who approved and who transferred it; null: nobody. */
  readonly approvedBy: string | null;
  readonly settledBy: string | null;
  readonly bankReference: string | null;
  /** What its order cost, and its status; null: it is of no single order. */
  readonly orderTotal: number | null;
}

/** A refund as the gateway has it. Whole rupiah. */
export interface RefundThere {
  readonly transactionId: string;
  /** The gateway's own id. */
  readonly id: string;
  readonly key: string;
  readonly amount: number;
}

export const readRefunds = (sql: Sql): Promise<RefundHere[]> =>
  sql(
    `select r.id, r.payment_id, t.gateway_order_id, t.gateway_transaction_id, r.amount, r.status, r.cause,
            r.gateway_refund_id, r.approved_by, r.settled_by, r.bank_reference, o.total as order_total
       from refunds r join payment_transactions t on t.id = r.transaction_id left join orders o on o.id = r.order_id`,
  );

/** What the shop still has to do about refunds by itself, in words: what waits for its hour or for people is not. */
export const REFUNDS_UNFINISHED = `
  select 'refund ' || id || ' is ' || status from refunds
   where status = 'PROCESSING' or (status = 'PENDING' and next_attempt_at <= now())`;

/** One of the gateway's transactions, as far as its refunds go. */
interface TransactionThere {
  readonly transactionId: string;
  readonly refunded: number;
  readonly isVoided: boolean;
  readonly refunds: readonly Omit<RefundThere, "transactionId">[];
}

const sumOf = (rows: readonly { readonly amount: number }[]): number =>
  rows.reduce((sum, { amount }) => sum + amount, 0);

/** Each refund that the gateway made is in the shop's rows once, under its key or by the gateway's id. */
function madeThere(here: readonly RefundHere[], { transactionId, refunds }: TransactionThere): Loss[] {
  const losses: Loss[] = [];
  const byId = new Map(here.map((row) => [row.id, row]));
  const made = new Map<RefundId, number>();
  for (const { key, amount } of refunds) {
    const id = refundIdOf(key);
    if (id === null) continue;
    made.set(id, (made.get(id) ?? 0) + 1);
    const row = byId.get(id);
    const lose = (kind: string, detail: string) => losses.push({ kind, subject: key, detail });
    if (!row) lose("REFUND_UNKNOWN", `the gateway gave ${amount} back, and no refund has this key`);
    else if (row.status !== "SUCCEEDED")
      lose("REFUND_UNBOOKED", `the gateway gave ${amount} back, it is ${row.status}`);
    else if (row.amount !== amount) lose("REFUND_AMOUNT", `${row.amount} is booked, the gateway gave ${amount} back`);
    if (row && row.gatewayTransactionId !== transactionId)
      lose("REFUND_ELSEWHERE", `it is of ${row.gatewayTransactionId}, the gateway took it from ${transactionId}`);
  }
  for (const [id, times] of made)
    if (times > 1)
      losses.push({ kind: "REFUND_TWICE", subject: id, detail: `the gateway gave it back ${times} times` });
  return losses;
}

/** What is booked as given back by the gateway is so there, transaction by transaction; by hand is a sum of its own. */
function bookedHere(here: readonly RefundHere[], there: readonly TransactionThere[]): Loss[] {
  const losses: Loss[] = [];
  const done = here.filter(({ status, settledBy }) => status === "SUCCEEDED" && settledBy === null);
  const rowsOf = Map.groupBy(done, ({ gatewayTransactionId }) => gatewayTransactionId ?? "");
  const known = new Set(there.map(({ transactionId }) => transactionId));
  for (const { transactionId, refunded, isVoided, refunds } of there) {
    const rows = rowsOf.get(transactionId) ?? [];
    const booked = sumOf(rows);
    if (booked !== refunded)
      losses.push({
        kind: booked > refunded ? "REFUND_INVENTED" : "REFUND_LOST",
        subject: transactionId,
        detail: `${booked} is booked in ${rows.length} refunds, the gateway gave ${refunded} in ${refunds.length}`,
      });
    const keys = new Set(refunds.map(({ key }) => refundIdOf(key) as string | null));
    const ids = new Set(refunds.map(({ id }) => id));
    for (const { id, amount, cause, gatewayRefundId } of isVoided ? [] : rows) {
      const isThere = keys.has(id) || (gatewayRefundId !== null && ids.has(gatewayRefundId));
      // A dashboard's refund that is more than one debt settles several rows, of which one has its id.
      const isPartOfAnother = cause !== "STAFF" && refunds.some(({ key }) => refundIdOf(key) === null);
      if (!isThere && !isPartOfAnother)
        losses.push({ kind: "REFUND_INVENTED", subject: id, detail: `${amount} is booked, and not in the gateway's` });
    }
  }
  for (const [transactionId, rows] of rowsOf)
    if (!known.has(transactionId))
      losses.push({ kind: "REFUND_INVENTED", subject: transactionId, detail: `${sumOf(rows)} is booked of nothing` });
  return losses;
}

/** By hand, two people have done it, under the reference that the customer was told; what was done stands. */
function byHandLosses(here: readonly RefundHere[], shoppers: readonly ShopperBook[]): Loss[] {
  const losses: Loss[] = [];
  for (const { id, settledBy, approvedBy, status } of here) {
    if (settledBy === null) continue;
    const lose = (detail: string) => losses.push({ kind: "REFUND_BY_HAND", subject: id, detail });
    if (status !== "SUCCEEDED") lose(`it was transferred, and is ${status}`);
    if (approvedBy === null || approvedBy === settledBy) lose("one person alone has paid it");
  }
  const byId = new Map(here.map((row) => [row.id, row]));
  for (const { transferred } of shoppers) {
    for (const { refundId, reference } of transferred) {
      const row = byId.get(refundId);
      if (row?.settledBy && row.bankReference !== reference)
        losses.push({ kind: "REFUND_BY_HAND", subject: refundId, detail: `its reference is ${row.bankReference}` });
    }
  }
  return losses;
}

const isOwed = ({ status }: RefundHere): boolean => status !== "WITHDRAWN" && status !== "FAILED";

/** What shoppers were told and admins were answered still holds, and nobody else decided about money. */
function wordLosses(here: readonly RefundHere[], shoppers: readonly ShopperBook[]): Loss[] {
  const losses: Loss[] = [];
  const byId = new Map(here.map((row) => [row.id, row]));
  for (const { key, toldRefunded, decided, checkout } of shoppers) {
    const lose = (kind: string, detail: string) => losses.push({ kind, subject: key, detail });
    for (const { id, amount } of toldRefunded) {
      const row = byId.get(id);
      if (row?.status !== "SUCCEEDED" || row.amount !== amount)
        lose("TOLD_REFUNDED", `told ${amount} of ${id}, is ${row?.status} of ${row?.amount}`);
    }
    const answered = decided.flatMap(({ refundId }) => refundId ?? []);
    const asked = here.filter(({ paymentId, cause }) => paymentId === checkout?.paymentId && cause === "STAFF");
    const gone = answered.filter((id) => !byId.has(id));
    if (gone.length > 0) lose("REFUND_LOST", `${gone.join(", ")} was answered, and is gone`);
    if (asked.length > decided.length)
      lose("REFUND_TWICE", `${decided.length} were asked for, ${asked.length} are there`);
  }
  return losses;
}

/** What is owed and given back of one transaction is never more than came. */
function ceilingLosses(here: readonly RefundHere[], captured: ReadonlyMap<string, number>): Loss[] {
  const rowsOf = Map.groupBy(here.filter(isOwed), ({ gatewayOrderId }) => gatewayOrderId);
  return [...rowsOf].flatMap(([subject, rows]) => {
    const [owed, came] = [sumOf(rows), captured.get(subject) ?? 0];
    return owed > came ? [{ kind: "REFUND_CEILING", subject, detail: `${owed} is owed or given back of ${came}` }] : [];
  });
}

/**
 * Refunds one by one: the shop's rows against the gateway's, by key; by hand apart; and against what people were told.
 *
 * @param captured what came, by the gateway's order id
 */
export const refundLosses = (
  here: readonly RefundHere[],
  there: readonly TransactionThere[],
  shoppers: readonly ShopperBook[],
  captured: ReadonlyMap<string, number>,
): Loss[] => [
  ...there.flatMap((transaction) => madeThere(here, transaction)),
  ...bookedHere(here, there),
  ...byHandLosses(here, shoppers),
  ...wordLosses(here, shoppers),
  ...ceilingLosses(here, captured),
];
