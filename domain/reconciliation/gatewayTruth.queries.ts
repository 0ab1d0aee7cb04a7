import type { Db } from "../../platform/db.ts";
import type { PaymentId } from "../kernel/ids.ts";
import type { KnownRefund } from "./gatewayRefunds.rules.ts";
import type { KnownCase, KnownPayment, KnownTry } from "./gatewayTruth.rules.ts";

/** Which payments are asked about, by when they were begun; null: from the first, to the last. */
export interface PaymentRange {
  readonly since: Date | null;
  readonly until: Date | null;
}

const IN_RANGE = `p.channel = 'MIDTRANS' and ($1::timestamptz is null or p.created_at >= $1)
                  and ($2::timestamptz is null or p.created_at < $2)`;

/** How many gateway transactions of ours lie in a range. */
export async function countTries(db: Pick<Db, "sql">, { since, until }: PaymentRange): Promise<number> {
  const [row] = await db.sql<{ many: number }>(
    `select count(*)::int as many from payment_transactions t join payments p on p.id = t.payment_id where ${IN_RANGE}`,
    [since, until],
  );
  return row?.many ?? 0;
}

/** The next page of a range, in the order in which payments were begun. */
export async function nextPaymentIds(
  db: Pick<Db, "sql">,
  { since, until }: PaymentRange,
  after: PaymentId | null,
  limit: number,
): Promise<PaymentId[]> {
  const rows = await db.sql<{ id: PaymentId }>(
    `select p.id from payments p where ${IN_RANGE} and ($3::uuid is null or p.id > $3) order by p.id limit $4`,
    [since, until, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Transactions under one order id that notifications named: a page has had two or three of them at most. */
const NAMED_MAX = 5;

// A poll or a job counts while it is neither long overdue nor far away: only then may it bring what is missing.
const PAYMENTS = `
  select p.id, p.number, p.status, p.version, p.expires_at, p.created_at, p.covering_transaction_id,
         exists (select from payment_transactions t
                  where t.payment_id = p.id and t.next_poll_at between $2 and $3)
         or exists (select from outbox_messages o
                     where o.done_at is null and o.parked_at is null and o.due_at between $2 and $3
                       and ((o.handler = 'endPaymentWindow' and o.key = p.id::text)
                         or (o.handler = 'applyNotification'
                           and o.key in (select t.gateway_order_id from payment_transactions t
                                          where t.payment_id = p.id)))) as is_awaited
    from payments p where p.id = any($1::uuid[]) order by p.id`;
const TRIES = `
  select t.id, t.payment_id, t.gateway_order_id, t.gateway_transaction_id, t.gateway_status, t.method, t.state,
         t.amount, t.captured_amount, t.refunded_amount, t.refunded_by_hand, t.charged_back_amount, t.settled_at,
         t.captured_at,
         array(select distinct n.gateway_transaction_id from payment_notifications n
                where n.gateway_order_id = t.gateway_order_id and not n.is_test
                  and n.gateway_transaction_id is not null limit ${NAMED_MAX}) as named
    from payment_transactions t where t.payment_id = any($1::uuid[]) order by t.created_at, t.gateway_order_id`;
const CASES = `
  select c.payment_id, c.kind, c.subject, c.transaction_id, c.resolved_at is null as is_open
    from money_cases c where c.payment_id = any($1::uuid[])`;

const REFUNDS = `
  select r.payment_id, r.id, r.transaction_id, r.amount, r.status, r.cause, r.gateway_refund_id,
         r.settled_by is not null as is_by_hand
    from refunds r where r.payment_id = any($1::uuid[])`;

export type DatedPayment = KnownPayment & { readonly createdAt: Date };

/**
 * Payments as our rows have them, for a look at the gateway.
 *
 * @param awaited between when and when a poll or a job must be due to count as one that is soon to come
 */
export async function readKnownPayments(
  db: Pick<Db, "sql">,
  ids: readonly PaymentId[],
  awaited: { readonly from: Date; readonly to: Date },
): Promise<DatedPayment[]> {
  const payments = await db.sql<Omit<DatedPayment, "tries" | "cases" | "refunds">>(PAYMENTS, [
    ids,
    awaited.from,
    awaited.to,
  ]);
  const tries = Map.groupBy(await db.sql<KnownTry>(TRIES, [ids]), ({ paymentId }) => paymentId);
  const cases = Map.groupBy(
    await db.sql<KnownCase & { readonly paymentId: PaymentId }>(CASES, [ids]),
    ({ paymentId }) => paymentId,
  );
  const refunds = Map.groupBy(
    await db.sql<KnownRefund & { readonly paymentId: PaymentId }>(REFUNDS, [ids]),
    ({ paymentId }) => paymentId,
  );
  return payments.map((row) => ({
    ...row,
    tries: tries.get(row.id) ?? [],
    cases: cases.get(row.id) ?? [],
    refunds: refunds.get(row.id) ?? [],
  }));
}
