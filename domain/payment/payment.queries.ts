import type { Db } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import { redact } from "../../platform/redact.ts";
import type { App } from "../app.ts";
import { may, requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId, type NotificationId, type PaymentId, type SessionId, type TransactionId, type UserId } from "../kernel/ids.ts";
import { type Page, type PageInput, pageOf, readTimedPage } from "../kernel/page.ts";
import { DAY_MS, later, startOfJakartaDay } from "../kernel/time.ts";
import { canReadPayment } from "./payment.access.ts";
import type { PaymentMethod, TransactionState } from "./payment.rules.ts";
import type { PaymentStatus } from "./payment.states.ts";
import { BODY_CONTEXT } from "./receiveNotification.ts";

export interface PaymentView {
  readonly id: PaymentId;
  readonly number: string;
  readonly purpose: "ORDER" | "ENROLLMENT";
  readonly channel: "MIDTRANS" | "MANUAL_TRANSFER";
  readonly status: PaymentStatus;
  readonly method: PaymentMethod | null;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly userId: UserId;
  readonly sessionId: SessionId | null;
  readonly paidAt: Date | null;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  /** Only in the answers that issue one. */
  readonly paymentToken?: string | null;
}

export interface TransactionView {
  readonly id: TransactionId;
  readonly paymentId: PaymentId;
  readonly gatewayOrderId: string;
  readonly gatewayTransactionId: string | null;
  readonly method: PaymentMethod;
  readonly state: TransactionState;
  readonly gatewayStatus: string | null;
  readonly fraudStatus: string | null;
  readonly instructions: Readonly<Record<string, string>>;
  readonly expiresAt: Date | null;
  readonly lastCheckedAt: Date | null;
  readonly nextPollAt: Date | null;
  readonly createdAt: Date;
}

const COLUMNS = `p.id, p.number, p.purpose, p.channel, p.status, p.method, p.amount, p.refunded_amount, p.user_id, p.session_id,
  p.paid_at, p.expires_at, p.created_at`;

export interface PaymentFilter {
  readonly status?: readonly PaymentStatus[] | null;
  readonly purpose?: "ORDER" | "ENROLLMENT" | null;
  /** Jakarta days, both inclusive. */
  readonly from?: string | null;
  readonly to?: string | null;
}

export interface AdminPaymentFilter {
  readonly filter?: PaymentFilter | null;
  readonly userId?: string | null;
  readonly search?: string | null;
}

interface Condition {
  readonly text: string;
  readonly value: unknown;
}
const NOTHING: Condition = { text: "? is null", value: "no such id" };

function filterConditions(filter: PaymentFilter | null | undefined): Condition[] {
  const list: Condition[] = [];
  if (filter?.status?.length) list.push({ text: "p.status = any(?::text[])", value: filter.status });
  if (filter?.purpose) list.push({ text: "p.purpose = ?", value: filter.purpose });
  if (filter?.from) list.push({ text: "p.created_at >= ?", value: startOfJakartaDay(filter.from) });
  if (filter?.to) list.push({ text: "p.created_at < ?", value: later(startOfJakartaDay(filter.to), DAY_MS) });
  return list;
}

const SEARCH_MAX = 100;
const COUNT_MAX = 10_000;

function adminConditions({ filter, userId, search }: AdminPaymentFilter): Condition[] {
  const list = filterConditions(filter);
  if (userId) list.push(isId(userId) ? { text: "p.user_id = ?", value: userId } : NOTHING);
  const term = search?.trim().slice(0, SEARCH_MAX);
  if (term) {
    const text = `(p.number = upper(?) or p.user_id in (select id from users where email_key = lower(?))
      or p.session_id in (select session_id from orders where number = upper(?))
      or p.id in (select payment_id from payment_transactions
                   where gateway_order_id = ? or gateway_transaction_id = ? or instructions->>'vaNumber' = ?))`;
    list.push({ text, value: term });
  }
  return list;
}

const textOf = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? "true" : conditions.map(({ text }, i) => text.replaceAll("?", `$${i + 1}`)).join(" and ");

async function list(db: Pick<Db, "sql">, conditions: readonly Condition[], input: PageInput): Promise<Page<PaymentView>> {
  const { limit, after } = readTimedPage(input);
  const values = conditions.map(({ value }) => value);
  let where = textOf(conditions);
  if (after) {
    values.push(after.at, after.id);
    where += ` and (p.created_at, p.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`;
  }
  const rows = await db.sql<PaymentView>(
    `select ${COLUMNS} from payments p where ${where}
      order by p.created_at desc, p.id desc limit ${limit + 1}`,
    values,
  );
  return pageOf(rows, limit, after !== null, (row) => ({ key: row.createdAt.toISOString(), id: row.id }));
}

async function count(db: Pick<Db, "sql">, conditions: readonly Condition[], max: number | null): Promise<number> {
  const inner = `select 1 from payments p where ${textOf(conditions)}${max ? ` limit ${max}` : ""}`;
  const [row] = await db.sql<{ count: number }>(`select count(*) as count from (${inner}) counted`, conditions.map(({ value }) => value));
  return row?.count ?? 0;
}

const mine = (actor: Actor, filter: PaymentFilter | null | undefined): Condition[] => [
  { text: "p.user_id = ?", value: actor.userId },
  ...filterConditions(filter),
];

/** The caller's own payments, newest first. */
export function listMyPayments(app: Pick<App, "db">, actor: Actor, filter: PaymentFilter | null | undefined, page: PageInput): Promise<Page<PaymentView>> {
  requireRight(actor, "own.payments");
  return list(app.db, mine(actor, filter), page);
}
export const countMyPayments = (app: Pick<App, "db">, actor: Actor, filter: PaymentFilter | null | undefined): Promise<number> =>
  count(app.db, mine(actor, filter), null);

/** Every payment, for staff and services. */
export function listAllPayments(app: Pick<App, "db">, actor: Actor, filter: AdminPaymentFilter, page: PageInput): Promise<Page<PaymentView>> {
  requireRight(actor, "payment.read.any");
  return list(app.db, adminConditions(filter), page);
}
/** How many there are, up to 10,000. */
export const countAllPayments = (app: Pick<App, "db">, actor: Actor, filter: AdminPaymentFilter): Promise<number> => {
  requireRight(actor, "payment.read.any");
  return count(app.db, adminConditions(filter), COUNT_MAX);
};

/** A payment that this actor may read; null for any other. */
export async function findPayment(app: Pick<App, "db">, actor: Actor, id: string): Promise<PaymentView | null> {
  if (!isId(id)) return null;
  const [payment] = await app.db.sql<PaymentView>(`select ${COLUMNS} from payments p where p.id = $1`, [id]);
  return payment && canReadPayment(actor, payment) ? payment : null;
}

export function readPayments(source: { sql: Sql }, ids: readonly PaymentId[]): Promise<PaymentView[]> {
  return source.sql<PaymentView>(`select ${COLUMNS} from payments p where p.id = any($1::uuid[])`, [ids]);
}

/** The tries of these payments, oldest first. */
export function readTransactions(source: { sql: Sql }, ids: readonly PaymentId[]): Promise<TransactionView[]> {
  return source.sql<TransactionView>(
    `select id, payment_id, gateway_order_id, gateway_transaction_id, method, state, gateway_status, fraud_status, instructions,
            expires_at, last_checked_at, next_poll_at, created_at
       from payment_transactions where payment_id = any($1::uuid[]) order by gateway_order_id`,
    [ids],
  );
}

export const NOTIFICATION_STATES = ["STORED", "APPLIED", "SAME", "PARKED", "REJECTED"] as const;
export type NotificationState = (typeof NOTIFICATION_STATES)[number];

export interface NotificationView {
  readonly id: NotificationId;
  readonly gatewayOrderId: string;
  readonly gatewayTransactionId: string | null;
  readonly gatewayStatus: string | null;
  readonly state: NotificationState;
  readonly receivedAt: Date;
  readonly appliedAt: Date | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly bodySealed: string;
}

const NOTIFICATION_COLUMNS =
  "id, gateway_order_id, gateway_transaction_id, gateway_status, state, received_at, applied_at, attempts, error, body_sealed";

export interface NotificationFilter {
  readonly gatewayOrderId?: string | null;
  readonly state?: readonly NotificationState[] | null;
}

/** The inbox, newest first. */
export async function listNotifications(app: Pick<App, "db">, actor: Actor, filter: NotificationFilter, input: PageInput): Promise<Page<NotificationView>> {
  requireRight(actor, "notification.read");
  const { limit, after } = readTimedPage(input);
  const rows = await app.db.sql<NotificationView>(
    `select ${NOTIFICATION_COLUMNS} from payment_notifications
      where ($1::text is null or gateway_order_id = $1) and ($2::text[] is null or state = any($2))
        and ($3::timestamptz is null or (received_at, id) < ($3, $4::uuid))
      order by received_at desc, id desc limit ${limit + 1}`,
    [filter.gatewayOrderId ?? null, filter.state?.length ? filter.state : null, after?.at ?? null, after?.id ?? null],
  );
  return pageOf(rows, limit, after !== null, (row) => ({ key: row.receivedAt.toISOString(), id: row.id }));
}

export async function countNotifications(app: Pick<App, "db">, filter: NotificationFilter): Promise<number> {
  const [row] = await app.db.sql<{ count: number }>(
    `select count(*) as count from (select 1 from payment_notifications
      where ($1::text is null or gateway_order_id = $1) and ($2::text[] is null or state = any($2)) limit ${COUNT_MAX}) counted`,
    [filter.gatewayOrderId ?? null, filter.state?.length ? filter.state : null],
  );
  return row?.count ?? 0;
}

export async function findNotification(app: Pick<App, "db">, actor: Actor, id: string): Promise<NotificationView | null> {
  requireRight(actor, "notification.read");
  const [row] = isId(id)
    ? await app.db.sql<NotificationView>(`select ${NOTIFICATION_COLUMNS} from payment_notifications where id = $1`, [id])
    : [];
  return row ?? null;
}

/** The body as staff may read it: signature, tokens and personal data are hidden. */
export function readNotificationBody(app: Pick<App, "sealer">, actor: Actor, row: NotificationView): string {
  if (!may(actor, "notification.read")) return "{}";
  return JSON.stringify(redact(JSON.parse(app.sealer.open(row.bodySealed, BODY_CONTEXT))));
}
