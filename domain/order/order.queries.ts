import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import {
  isId,
  type OrderId,
  type OrderItemId,
  type PaymentId,
  type ProductId,
  type SessionId,
  type StoreId,
  type UserId,
} from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, type Days, listNewest, type TimedList, withinDays } from "../kernel/timedList.ts";
import type { StatusSource } from "./advanceOrders.ts";
import { canReadOrder } from "./order.access.ts";
import type { OrderPaymentStatus } from "./order.rules.ts";
import type { OrderStatus } from "./order.states.ts";

export interface AddressView {
  readonly recipient: string;
  readonly phone: string;
  readonly line: string;
  readonly note: string | null;
  readonly destination: {
    readonly id: number;
    readonly label: string;
    readonly province: string;
    readonly city: string;
    readonly district: string;
    readonly subdistrict: string;
    readonly postalCode: string;
  };
}

export interface OrderView {
  readonly id: OrderId;
  readonly number: string;
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly storeId: StoreId;
  readonly paymentId: PaymentId;
  readonly status: OrderStatus;
  readonly paymentStatus: OrderPaymentStatus;
  readonly subtotal: number;
  readonly shippingCost: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
  readonly shippingAddress: AddressView;
  readonly shippingQuote: {
    readonly courier: string;
    readonly service: string;
    readonly description: string;
    /** Working days; none where the courier did not say. */
    readonly etd?: { readonly minDays: number; readonly maxDays: number } | null;
  };
  readonly isArchived: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface OrderItemView {
  readonly id: OrderItemId;
  readonly orderId: OrderId;
  readonly productId: ProductId;
  readonly productName: string;
  readonly unitPrice: number;
  readonly quantity: number;
  readonly total: number;
}

export interface StatusChangeView {
  readonly orderId: OrderId;
  readonly from: OrderStatus | null;
  readonly to: OrderStatus;
  readonly reason: string | null;
  readonly source: StatusSource;
  readonly externalStatus: string | null;
  readonly at: Date;
}

export const ORDER_COLUMNS = `o.id, o.number, o.session_id, o.user_id, o.store_id, p.id as payment_id, o.status,
  o.payment_status, o.subtotal, o.shipping_cost, o.discount, o.tax, o.total, o.shipping_address, o.shipping_quote,
  o.is_archived, o.created_at, o.updated_at`;
const FROM_ORDERS = "orders o join payments p on p.session_id = o.session_id";

export interface OrderFilter extends Days {
  readonly status?: readonly OrderStatus[] | null;
  readonly paymentStatus?: readonly OrderPaymentStatus[] | null;
}

/** The conditions of a filter, on orders o. */
export function filterConditions(filter: OrderFilter | null | undefined): Condition[] {
  const list: Condition[] = [];
  if (filter?.status?.length) list.push({ text: "o.status = any(?::text[])", value: filter.status });
  if (filter?.paymentStatus?.length) {
    list.push({ text: "o.payment_status = any(?::text[])", value: filter.paymentStatus });
  }
  return [...list, ...withinDays("o.created_at", filter)];
}

export const ORDER_LIST: TimedList = { columns: ORDER_COLUMNS, from: FROM_ORDERS, at: "o.created_at", id: "o.id" };

const mine = (actor: Actor, filter: OrderFilter | null | undefined): Condition[] => [
  { text: "not o.is_archived and o.user_id = ?", value: actor.userId },
  ...filterConditions(filter),
];

/** The caller's own orders that are not archived, newest first. */
export async function listMyOrders(
  app: Pick<App, "db">,
  actor: Actor,
  filter: OrderFilter | null | undefined,
  page: PageInput,
): Promise<Page<OrderView>> {
  requireRight(actor, "own.orders");
  return listNewest(app.db, ORDER_LIST, mine(actor, filter), page);
}

/** How many they are, exactly. */
export const countMyOrders = (
  app: Pick<App, "db">,
  actor: Actor,
  filter: OrderFilter | null | undefined,
): Promise<number> => countRows(app.db, "orders o", mine(actor, filter), null);

/** An order that this actor may read; null for any other. */
export async function findOrder(app: Pick<App, "db">, actor: Actor, id: string): Promise<OrderView | null> {
  if (!isId(id)) return null;
  const [order] = await app.db.sql<OrderView>(`select ${ORDER_COLUMNS} from ${FROM_ORDERS} where o.id = $1`, [id]);
  return order && canReadOrder(actor, order) ? order : null;
}

/** Orders by id; those that the caller may not read are the caller's to leave out. */
export function readOrders(source: { sql: Sql }, ids: readonly OrderId[]): Promise<OrderView[]> {
  return source.sql<OrderView>(`select ${ORDER_COLUMNS} from ${FROM_ORDERS} where o.id = any($1::uuid[])`, [ids]);
}

/** The orders of these sessions, oldest first; those that the caller may not read are the caller's to leave out. */
export function readOrdersOfSessions(source: { sql: Sql }, ids: readonly SessionId[]): Promise<OrderView[]> {
  return source.sql<OrderView>(
    `select ${ORDER_COLUMNS} from ${FROM_ORDERS} where o.session_id = any($1::uuid[]) order by o.id`,
    [ids],
  );
}

export function readItems(source: { sql: Sql }, ids: readonly OrderId[]): Promise<OrderItemView[]> {
  return source.sql<OrderItemView>(
    `select id, order_id, product_id, product_name, unit_price, quantity, total from order_items
      where order_id = any($1::uuid[]) order by id`,
    [ids],
  );
}

export function readHistory(source: { sql: Sql }, ids: readonly OrderId[]): Promise<StatusChangeView[]> {
  return source.sql<StatusChangeView>(
    `select order_id, from_status as "from", to_status as "to", reason, source, external_status, at
       from order_status_logs where order_id = any($1::uuid[]) order by id`,
    [ids],
  );
}
