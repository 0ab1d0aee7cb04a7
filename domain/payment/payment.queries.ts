import { redact } from "../../platform/redact.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { may, requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import {
  isId,
  type NotificationId,
  type PaymentId,
  type SessionId,
  type TransactionId,
  type UserId,
} from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { DAY_MS, later } from "../kernel/time.ts";
import {
  type Condition,
  countRows,
  type Days,
  listNewest,
  NO_ROW,
  searchTerm,
  type TimedList,
  withinDays,
} from "../kernel/timedList.ts";
import { type PaymentMethod, shownMethod } from "./methods.rules.ts";
import { canReadPayment } from "./payment.access.ts";
import type { TransactionState } from "./payment.rules.ts";
import { PAYMENT_STATUSES, type PaymentStatus } from "./payment.states.ts";
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

export const PAYMENT_COLUMNS = `p.id, p.number, p.purpose, p.channel, p.status, ${shownMethod("p.method")},
  p.amount, p.refunded_amount, p.user_id, p.session_id, p.paid_at, p.expires_at, p.created_at`;

const LIST: TimedList = { columns: PAYMENT_COLUMNS, from: "payments p", at: "p.created_at", id: "p.id" };

export interface PaymentFilter extends Days {
  readonly status?: readonly PaymentStatus[] | null;
  readonly purpose?: "ORDER" | "ENROLLMENT" | null;
}

export interface AdminPaymentFilter {
  readonly filter?: PaymentFilter | null;
  readonly userId?: string | null;
  readonly search?: string | null;
}

/**
 * One status stands in the text, where a plan that is made once knows how rare it is: of an unknown one PostgreSQL
 * thinks that the list has it on every page, and walks the list from end to end for one that is rare. They are few.
 */
function inStatus<S extends string>(column: string, known: readonly S[], asked: readonly S[]): Condition {
  const only = asked.length === 1 ? known.find((status) => status === asked[0]) : undefined;
  return only
    ? { text: `${column} = '${only}' and ?::boolean`, value: true }
    : { text: `${column} = any(?::text[])`, value: asked };
}

function filterConditions(filter: PaymentFilter | null | undefined): Condition[] {
  const list: Condition[] = [];
  if (filter?.status?.length) list.push(inStatus("p.status", PAYMENT_STATUSES, filter.status));
  if (filter?.purpose) list.push({ text: "p.purpose = ?", value: filter.purpose });
  return [...list, ...withinDays("p.created_at", filter)];
}

// Each way to find a payment has an index of its own; joined by `or`, none would be used.
const FOUND = `p.id in (
  select id from payments where number = upper(?)
  union all
  select s.id from payments s join users u on u.id = s.user_id where u.email_key = lower(?)
  union all
  select s.id from payments s join orders o on o.session_id = s.session_id where o.number = upper(?)
  union all
  select payment_id from payment_transactions where gateway_order_id = ?
  union all
  select payment_id from payment_transactions where gateway_transaction_id = ?
  union all
  select payment_id from payment_transactions where instructions ?? 'vaNumber' and instructions->>'vaNumber' = ?)`;

function adminConditions({ filter, userId, search }: AdminPaymentFilter): Condition[] {
  const list = filterConditions(filter);
  if (userId) list.push(isId(userId) ? { text: "p.user_id = ?", value: userId } : NO_ROW);
  const term = searchTerm(search);
  if (term) list.push({ text: FOUND, value: term });
  return list;
}

const mine = (actor: Actor, filter: PaymentFilter | null | undefined): Condition[] => [
  { text: "p.user_id = ?", value: actor.userId },
  ...filterConditions(filter),
];

/** The caller's own payments, newest first. */
export async function listMyPayments(
  app: Pick<App, "db">,
  actor: Actor,
  filter: PaymentFilter | null | undefined,
  page: PageInput,
): Promise<Page<PaymentView>> {
  requireRight(actor, "own.payments");
  return listNewest(app.db, LIST, mine(actor, filter), page);
}
/** How many they are, exactly. */
export const countMyPayments = (
  app: Pick<App, "db">,
  actor: Actor,
  filter: PaymentFilter | null | undefined,
): Promise<number> => countRows(app.db, LIST.from, mine(actor, filter), null);

/** Every payment, for staff and services. */
export async function listAllPayments(
  app: Pick<App, "db">,
  actor: Actor,
  filter: AdminPaymentFilter,
  page: PageInput,
): Promise<Page<PaymentView>> {
  requireRight(actor, "payment.read.any");
  return listNewest(app.db, LIST, adminConditions(filter), page);
}
/** How many there are, up to 10,000. */
export const countAllPayments = async (
  app: Pick<App, "db">,
  actor: Actor,
  filter: AdminPaymentFilter,
): Promise<number> => {
  requireRight(actor, "payment.read.any");
  return countRows(app.db, LIST.from, adminConditions(filter));
};

/** A payment that this actor may read; null for any other. */
export async function findPayment(app: Pick<App, "db">, actor: Actor, id: string): Promise<PaymentView | null> {
  if (!isId(id)) return null;
  const [payment] = await app.db.sql<PaymentView>(`select ${PAYMENT_COLUMNS} from payments p where p.id = $1`, [id]);
  return payment && canReadPayment(actor, payment) ? payment : null;
}

/** Longer than any payment's window (PAYMENT_WINDOW): what is older is over. */
const OPEN_DAYS_MAX = 8;

/** A checkout of the caller's that still waits for its money, the newest; null where none does. */
export async function findOpenPayment(app: Pick<App, "db" | "clock">, actor: Actor): Promise<PaymentView | null> {
  const now = app.clock.now();
  const [row] = await app.db.sql<PaymentView>(
    `select ${PAYMENT_COLUMNS} from payments p
      where p.user_id = $1 and p.purpose = 'ORDER' and p.status = 'PENDING' and p.expires_at > $2
        and p.created_at > $3
      order by p.created_at desc, p.id desc limit 1`,
    [actor.userId, now, later(now, -OPEN_DAYS_MAX * DAY_MS)],
  );
  return row ?? null;
}

export function readPayments(source: { sql: Sql }, ids: readonly PaymentId[]): Promise<PaymentView[]> {
  return source.sql<PaymentView>(`select ${PAYMENT_COLUMNS} from payments p where p.id = any($1::uuid[])`, [ids]);
}

/** The tries of these payments, oldest first. */
export function readTransactions(source: { sql: Sql }, ids: readonly PaymentId[]): Promise<TransactionView[]> {
  return source.sql<TransactionView>(
    `select id, payment_id, gateway_order_id, gateway_transaction_id, ${shownMethod("method")}, state,
            gateway_status, fraud_status,
            instructions,
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
  "id, gateway_order_id, gateway_transaction_id, gateway_status, state, received_at, applied_at, attempts, error, " +
  "body_sealed";

export interface NotificationFilter {
  readonly gatewayOrderId?: string | null;
  readonly state?: readonly NotificationState[] | null;
}

const INBOX: TimedList = { columns: NOTIFICATION_COLUMNS, from: "payment_notifications", at: "received_at", id: "id" };

function inboxConditions({ gatewayOrderId, state }: NotificationFilter): Condition[] {
  const list: Condition[] = [];
  if (gatewayOrderId) list.push({ text: "gateway_order_id = ?", value: gatewayOrderId });
  if (state?.length) list.push(inStatus("state", NOTIFICATION_STATES, state));
  return list;
}

/** The inbox, newest first. */
export async function listNotifications(
  app: Pick<App, "db">,
  actor: Actor,
  filter: NotificationFilter,
  page: PageInput,
): Promise<Page<NotificationView>> {
  requireRight(actor, "notification.read");
  return listNewest(app.db, INBOX, inboxConditions(filter), page);
}

/** How many there are, up to 10,000. */
export async function countNotifications(
  app: Pick<App, "db">,
  actor: Actor,
  filter: NotificationFilter,
): Promise<number> {
  requireRight(actor, "notification.read");
  return countRows(app.db, INBOX.from, inboxConditions(filter));
}

export async function findNotification(
  app: Pick<App, "db">,
  actor: Actor,
  id: string,
): Promise<NotificationView | null> {
  requireRight(actor, "notification.read");
  const [row] = isId(id)
    ? await app.db.sql<NotificationView>(`select ${NOTIFICATION_COLUMNS} from payment_notifications where id = $1`, [
        id,
      ])
    : [];
  return row ?? null;
}

/** The body as staff may read it: signature, tokens and personal data are hidden. */
export function readNotificationBody(app: Pick<App, "sealer">, actor: Actor, row: NotificationView): string {
  if (!may(actor, "notification.read")) return "{}";
  return JSON.stringify(redact(JSON.parse(app.sealer.open(row.bodySealed, BODY_CONTEXT))));
}
