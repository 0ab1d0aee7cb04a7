import type { Sql } from "../../platform/sqlClient.ts";
import {
  type BookingThere,
  PARCELS_UNFINISHED,
  readBookings,
  readShipments,
  type ShipmentHere,
} from "./parcelBooks.ts";
import { REFUNDS_UNFINISHED, type RefundHere, type RefundThere, readRefunds } from "./refundBooks.ts";

/** What the shop's own rows say after a fault day. Amounts in whole rupiah. */
export interface ShopBooks {
  readonly checkouts: readonly {
    readonly sessionId: string;
    readonly userId: string;
    /** null: no checkout was asked for under this key. */
    readonly key: string | null;
    readonly total: number;
    readonly status: string;
    readonly paymentId: string;
    readonly paymentStatus: string;
    readonly amount: number;
    /** The gateway's order id of the transaction that pays for it; null: nothing does. */
    readonly covering: string | null;
    /** Mails that thank for the money, and that say it is owed back. */
    readonly paidNotices: number;
    readonly owedNotices: number;
  }[];
  readonly orders: readonly {
    readonly id: string;
    readonly sessionId: string;
    readonly number: string;
    readonly status: string;
    readonly total: number;
    readonly isPaid: boolean;
    readonly invoices: number;
  }[];
  readonly items: readonly { readonly sessionId: string; readonly productId: string; readonly quantity: number }[];
  readonly transactions: readonly {
    readonly gatewayOrderId: string;
    /** The gateway's own id; null: none is known. */
    readonly gatewayTransactionId: string | null;
    readonly paymentId: string;
    readonly method: string;
    readonly captured: number;
    /** Owed to the customer or given back. */
    readonly refunds: number;
    /** What of it is of orders that stay, or was given back at the gateway: the goods are not the shop's again. */
    readonly goodwill: number;
    /** Open cases about this payment, which a person decides. */
    readonly openCases: number;
  }[];
  readonly subscriptions: readonly {
    readonly id: string;
    readonly number: string;
    readonly state: string;
    /** What the gateway charged by itself, by its ids. */
    readonly charges: readonly {
      readonly transactionId: string;
      /** The payment's. */
      readonly status: string;
      /** The month that it pays for; null: none. */
      readonly period: number | null;
    }[];
  }[];
  readonly goods: readonly {
    readonly productId: string;
    readonly opening: number;
    readonly stock: number;
    readonly movements: number;
    /** Pieces in orders that are not cancelled, less those that came back to the shelf. */
    readonly held: number;
  }[];
  readonly shipments: readonly ShipmentHere[];
  readonly refunds: readonly RefundHere[];
  /** Work that is not done, in words. */
  readonly unfinished: readonly string[];
}

const CHECKOUTS = `
  select s.id as session_id, s.user_id, k.key, s.total, s.status, p.id as payment_id, p.status as payment_status,
         p.amount, t.gateway_order_id as covering,
         (select count(*)::int from notices n where n.event = 'payment.paid:' || p.id) as paid_notices,
         (select count(*)::int from notices n where n.event = 'payment.orphaned:' || p.id) as owed_notices
    from checkout_sessions s join payments p on p.session_id = s.id
    left join payment_transactions t on t.id = p.covering_transaction_id
    left join idempotency_keys k on k.user_id = s.user_id and k.operation = 'checkout'
                                and k.result->>'sessionId' = s.id::text`;
const ORDERS = `
  select o.id, o.session_id, o.number, o.status, o.total, o.paid_at is not null as is_paid,
         (select count(*)::int from invoices i where i.order_id = o.id) as invoices
    from orders o`;
const ITEMS = `
  select o.session_id, i.product_id, i.quantity from order_items i join orders o on o.id = i.order_id`;
const TRANSACTIONS = `
  select t.gateway_order_id, t.gateway_transaction_id, t.payment_id, t.method, t.captured_amount as captured,
         (select coalesce(sum(amount), 0)::bigint from refunds r
           where r.transaction_id = t.id and r.status not in ('WITHDRAWN', 'FAILED')) as refunds,
         (select coalesce(sum(amount), 0)::bigint from refunds r
           where r.transaction_id = t.id and r.status not in ('WITHDRAWN', 'FAILED')
             and r.cause in ('STAFF', 'GATEWAY')) as goodwill,
         (select count(*)::int from money_cases c
           where c.payment_id = t.payment_id and c.resolved_at is null) as open_cases
    from payment_transactions t`;
const SUBSCRIPTIONS = `
  select s.id, s.number, s.state,
         (select coalesce(jsonb_agg(jsonb_build_object('transactionId', c.gateway_transaction_id, 'status', p.status,
                                                       'period', c.period)), '[]')
            from subscription_charges c join payments p on p.id = c.payment_id
           where c.subscription_id = s.id) as charges
    from subscriptions s`;
const GOODS = `
  select p.id as product_id, p.opening_stock as opening, p.stock,
         (select coalesce(sum(quantity), 0)::int from stock_movements m where m.product_id = p.id) as movements,
         (select coalesce(sum(i.quantity - coalesce(back.pieces, 0)), 0)::int
            from order_items i join orders o on o.id = i.order_id
            left join lateral (select sum(m.quantity) as pieces from stock_movements m
                                where m.order_item_id = i.id and m.kind = 'RESTOCK') back on true
           where i.product_id = p.id and o.status <> 'CANCELLED') as held
    from products p`;

/** What is still to happen by itself; what was set aside for a person is not. */
const UNFINISHED = `
  select 'job ' || handler || ':' || id || coalesce(' (' || error || ')', '') as what
    from outbox_messages where done_at is null and parked_at is null
     and not (handler = 'closeMonths' and due_at > now() + interval '1 hour') -- when a paid month is over
  union all
  select 'notification about ' || gateway_order_id from payment_notifications where state = 'STORED'
  union all
  select 'payment ' || number || ' is ' || status from payments p
   where status in ('PENDING', 'CHALLENGED')
     and not exists (select from money_cases c where c.payment_id = p.id and c.resolved_at is null)
  union all
  select 'subscription ' || number || ' is ' || state from subscriptions s
   where state in ('STARTING', 'CANCELLING')
      or state = 'UNKNOWN' and not exists (select from alerts a where a.subject = s.number and a.cleared_at is null)
  union all
  select 'mail ' || event from notices where state = 'SENDING'
  union all ${PARCELS_UNFINISHED}
  union all ${REFUNDS_UNFINISHED}`;

/** What the shop still has to do by itself, in words; none when it is at rest. */
export async function readUnfinished(sql: Sql): Promise<string[]> {
  return (await sql<{ what: string }>(UNFINISHED)).map(({ what }) => what);
}

/**
 * Makes every planned look at the gateway due now, as hours would: looks at what seems over are an hour apart.
 *
 * @returns a function that tells how many of them are still to come
 */
export async function letHoursPass(sql: Sql): Promise<() => Promise<number>> {
  const [start] = await sql<{ at: Date }>("select clock_timestamp() as at");
  await sql("update payment_transactions set next_poll_at = now() where next_poll_at is not null");
  await sql("update subscriptions set next_look_at = now() where next_look_at is not null");
  await sql("update refunds set next_attempt_at = now() where status = 'PENDING' and next_attempt_at is not null");
  await sql("update shipments set next_check_at = now(), told_at = null where next_check_at is not null");
  return async () => {
    const [row] = await sql<{ left: number }>(
      `select (select count(*) from payment_transactions
                where next_poll_at is not null and (last_checked_at is null or last_checked_at < $1))::int
            + (select count(*) from subscriptions
                where next_look_at is not null and (last_looked_at is null or last_looked_at < $1))::int
            + (select count(*) from shipments
                where next_check_at is not null and (checked_at is null or checked_at < $1))::int as left`,
      [start?.at],
    );
    return row?.left ?? 0;
  };
}

/** Jobs and notifications that were given up for a person to look at, in words. */
export async function readSetAside(sql: Sql): Promise<string[]> {
  const rows = await sql<{ what: string }>(
    "select kind || ' ' || subject || ': ' || message as what from alerts where cleared_at is null order by raised_at",
  );
  return rows.map(({ what }) => what);
}

export async function readShopBooks(sql: Sql): Promise<ShopBooks> {
  return {
    checkouts: await sql(CHECKOUTS),
    orders: await sql(ORDERS),
    items: await sql(ITEMS),
    transactions: await sql(TRANSACTIONS),
    subscriptions: await sql(SUBSCRIPTIONS),
    goods: await sql(GOODS),
    shipments: await readShipments(sql),
    refunds: await readRefunds(sql),
    unfinished: await readUnfinished(sql),
  };
}

/** What the gateway holds of one of its transactions, whole rupiah. */
export interface GatewayTransaction {
  readonly orderId: string;
  readonly transactionId: string;
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
  /** Taken and given back before it settled: the gateway's totals have neither. */
  readonly isVoided: boolean;
  readonly refunds: readonly Omit<RefundThere, "transactionId">[];
}

export interface GatewayBooks {
  readonly transactions: readonly GatewayTransaction[];
  readonly subscriptions: readonly {
    /** The number that the shop gave it. */
    readonly name: string;
    readonly isActive: boolean;
    readonly transactionIds: readonly string[];
  }[];
  /** Those of the courier company that the sandbox also is. */
  readonly bookings: readonly BookingThere[];
  /** Its own totals, over every transaction that it has, asked for or not. */
  readonly totals: { readonly count: number; readonly captured: number; readonly refunded: number };
}

interface View {
  readonly transaction_id: string;
  readonly transaction_status: string;
  readonly fraud_status?: string | null;
  readonly amount: number;
  readonly refunded: number;
  readonly history: readonly { readonly status: string; readonly fraud_status: string | null }[];
  readonly refunds?: readonly {
    readonly refund_chargeback_id: number;
    readonly refund_key: string;
    readonly refund_amount: string;
  }[];
}

interface Remote {
  readonly name: string;
  readonly status: string;
  readonly transaction_ids: readonly string[];
}

const TAKEN: ReadonlySet<string> = new Set(["settlement", "refund", "partial_refund", "chargeback"]);

/** A reversed or merely authorised payment is no money. */
const capturedOf = ({ transaction_status: status, fraud_status: fraud, amount }: View): number =>
  TAKEN.has(status) || (status === "capture" && fraud !== "challenge") ? amount : 0;

/** A card's payment that was taken and cancelled before it settled: the money came, and went back. */
const isVoid = ({ transaction_status: status, history }: View): boolean =>
  status === "cancel" && history.some((step) => step.status === "capture" && step.fraud_status !== "challenge");

function transactionOf(orderId: string, view: View): GatewayTransaction {
  const { transaction_id: transactionId, transaction_status: status, amount } = view;
  const isVoided = isVoid(view);
  const refunds = (view.refunds ?? []).map((each) => ({
    id: String(each.refund_chargeback_id),
    key: each.refund_key,
    amount: Number(each.refund_amount),
  }));
  const sums = isVoided
    ? { captured: amount, refunded: amount }
    : { captured: capturedOf(view), refunded: view.refunded };
  return { orderId, transactionId, status, ...sums, isVoided, refunds };
}

const ASKED_AT_ONCE = 8;

async function read<T>(url: string): Promise<T | null> {
  const response = await fetch(url);
  if (response.status === 404) return null; // only a page, on which nothing was chosen
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return (await response.json()) as T;
}

/** Reads the sandbox's books about these order ids, and its totals. */
export async function readGatewayBooks(sandboxUrl: string, orderIds: readonly string[]): Promise<GatewayBooks> {
  const transactions: GatewayTransaction[] = [];
  const left = [...orderIds];
  const lane = async () => {
    for (let orderId = left.pop(); orderId !== undefined; orderId = left.pop()) {
      const view = await read<{ transactions: readonly View[] }>(`${sandboxUrl}/sandbox/transactions/${orderId}`);
      for (const each of view?.transactions ?? []) transactions.push(transactionOf(orderId, each));
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, lane));
  const totals = await read<GatewayBooks["totals"]>(`${sandboxUrl}/sandbox/books`);
  if (!totals) throw new Error("the sandbox has no books");
  const remotes = await read<{ subscriptions: readonly Remote[] }>(`${sandboxUrl}/sandbox/subscriptions`);
  const subscriptions = (remotes?.subscriptions ?? []).map(({ name, status, transaction_ids: transactionIds }) => {
    return { name, isActive: status === "active", transactionIds };
  });
  return { transactions, subscriptions, bookings: await readBookings(sandboxUrl), totals };
}
