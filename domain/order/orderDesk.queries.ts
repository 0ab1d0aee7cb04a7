import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { type Page, type PageInput, pageOf, readTimedPage } from "../kernel/page.ts";
import {
  COUNT_MAX,
  type Condition,
  countRows,
  cursorKeyOf,
  listNewest,
  searchTerm,
  whereOf,
  withinDays,
} from "../kernel/timedList.ts";
import { filterConditions, ORDER_COLUMNS, ORDER_LIST, type OrderFilter, type OrderView } from "./order.queries.ts";
import { ORDER_PAYMENT_STATUSES } from "./order.rules.ts";
import { ORDER_STATUSES } from "./order.states.ts";

export interface AdminOrderFilter {
  readonly filter?: OrderFilter | null;
  readonly search?: string | null;
  readonly includeArchived: boolean;
}

// Each way to find an order has an index of its own; joined by `or` over several tables, none would be used.
const FOUND = `o.id in (
  select id from orders where number = upper(?)
  union all
  select s.id from orders s join payments q on q.session_id = s.session_id where q.number = upper(?)
  union all
  select s.id from orders s join users u on u.id = s.user_id where u.email_key = lower(?)
  union all
  select s.id from orders s join payments q on q.session_id = s.session_id
    join payment_transactions t on t.payment_id = q.id where t.gateway_order_id in (?, upper(?))
  union all
  select s.id from orders s join payments q on q.session_id = s.session_id
    join payment_transactions t on t.payment_id = q.id where t.gateway_transaction_id in (?, lower(?))
  union all
  select order_id from shipments where airway_bill in (?, upper(?)))`;

function conditionsOf({ filter, search, includeArchived }: AdminOrderFilter): Condition[] {
  const term = searchTerm(search);
  return [
    ...filterConditions(filter),
    ...(term ? [{ text: FOUND, value: term }] : []),
    ...(includeArchived ? [] : [{ text: "o.is_archived = ?", value: false }]),
  ];
}

/** What a search finds is few; all that has a rare status is found by walking one index a pair of statuses. */
const isByStatus = ({ filter, search }: AdminOrderFilter): boolean =>
  Boolean(filter?.status?.length || filter?.paymentStatus?.length) && searchTerm(search) === null;

/** The newest of each pair of statuses: at most so many pairs as there are, each a few steps in its index. */
const ofEachPair = (where: string, limit: number) => `
  unnest($1::text[]) as s(status) cross join unnest($2::text[]) as y(payment_status) cross join lateral (
    select o.id, o.created_at from orders o
     where o.status = s.status and o.payment_status = y.payment_status and ${where}
     order by o.created_at desc, o.id desc limit ${limit}) k`;

interface ByStatus {
  /** What stands beside the statuses, from $3 on. */
  readonly where: string;
  readonly values: readonly unknown[];
}

function byStatus({ filter, includeArchived }: AdminOrderFilter): ByStatus {
  const beside: Condition[] = [
    ...withinDays("o.created_at", filter),
    ...(includeArchived ? [] : [{ text: "o.is_archived = ?", value: false }]),
  ];
  const statuses = filter?.status?.length ? filter.status : ORDER_STATUSES;
  const paid = filter?.paymentStatus?.length ? filter.paymentStatus : ORDER_PAYMENT_STATUSES;
  const values = [[...new Set(statuses)], [...new Set(paid)]];
  return {
    where: whereOf(beside, values.length),
    values: [...values, ...beside.map(({ value }) => value)],
  };
}

type Row = OrderView & { readonly cursorKey: string };

async function listByStatus(db: { readonly sql: Sql }, filter: AdminOrderFilter, page: PageInput): Promise<Page<Row>> {
  const { limit, after } = readTimedPage(page);
  const { where, values } = byStatus(filter);
  const at = values.length;
  const position = after ? ` and (o.created_at, o.id) < ($${at + 1}::timestamptz, $${at + 2}::uuid)` : "";
  const rows = await db.sql<Row>(
    `with picked as materialized (
       select k.id from ${ofEachPair(where + position, limit + 1)}
        order by k.created_at desc, k.id desc limit ${limit + 1})
     select ${ORDER_COLUMNS}, ${cursorKeyOf("o.created_at")} from picked join orders o on o.id = picked.id
       join payments p on p.session_id = o.session_id
      order by o.created_at desc, o.id desc`,
    after ? [...values, after.at, after.id] : values,
  );
  return pageOf<Row>(rows, limit, after !== null, (row) => ({ key: row.cursorKey, id: row.id }));
}

/**
 * Every order, for staff, the newest first; `search` is an order's or payment's number, an e-mail address, a gateway's
 * id or a waybill.
 *
 * @throws Refusal FORBIDDEN without order.read.any, INVALID_INPUT for a page or a cursor that is not of its form
 */
export async function listAllOrders(
  app: Pick<App, "db">,
  actor: Actor,
  filter: AdminOrderFilter,
  page: PageInput,
): Promise<Page<OrderView>> {
  requireRight(actor, "order.read.any");
  if (isByStatus(filter)) return listByStatus(app.db, filter, page);
  return listNewest(app.db, ORDER_LIST, conditionsOf(filter), page);
}

/** How many there are, up to 10,000. @throws Refusal FORBIDDEN without order.read.any */
export async function countAllOrders(app: Pick<App, "db">, actor: Actor, filter: AdminOrderFilter): Promise<number> {
  requireRight(actor, "order.read.any");
  if (!isByStatus(filter)) return countRows(app.db, "orders o", conditionsOf(filter));
  const { where, values } = byStatus(filter);
  const [row] = await app.db.sql<{ count: number }>(
    `select count(*) as count from (select 1 from ${ofEachPair(where, COUNT_MAX)} limit ${COUNT_MAX}) counted`,
    values,
  );
  return row?.count ?? 0;
}
