import type { Db } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { PaymentId, ShipmentId, UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { countRows, listNewest, type TimedList } from "../kernel/timedList.ts";
import type { PaymentStatus } from "../payment/payment.states.ts";
import type { Bought, NoticeState } from "./notice.rules.ts";

/** What a mail says about a payment and what it is for. Whole rupiah. */
export interface PaymentNews extends Bought {
  readonly id: PaymentId;
  readonly number: string;
  readonly status: PaymentStatus;
  readonly paidAt: Date | null;
  readonly expiresAt: Date;
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  /** The month's subscription was not paid, and is again by this payment: that has a mail of its own. */
  readonly isBack: boolean;
  /** Why its proof was not believed; null: it was not rejected. */
  readonly rejectReason: string | null;
}

/** Payments with their customers and their orders by number; an unknown id is left out. */
export function readPaymentsNews(db: Pick<Db, "sql">, paymentIds: readonly PaymentId[]): Promise<PaymentNews[]> {
  return db.sql<PaymentNews>(
    `select p.id, p.number, p.status, p.amount, p.paid_at, p.expires_at, p.user_id, u.name, u.email,
            coalesce((select jsonb_agg(jsonb_build_object(
                        'id', o.id, 'number', o.number, 'store', s.name, 'total', o.total,
                        'pieces', (select sum(i.quantity) from order_items i where i.order_id = o.id),
                        'invoice', v.number) order by o.number)
                        from orders o join stores s on s.id = o.store_id left join invoices v on v.order_id = o.id
                       where o.session_id = p.session_id), '[]') as orders,
            coalesce(k.name, m.name) as package, s.id is not null as is_month, b.reject_reason,
            exists (select from subscription_logs l
                     where l.subscription_id = s.id and l.from_state = 'PAST_DUE' and l.to_state = 'ACTIVE'
                       and l.at = p.paid_at) as is_back,
            array(select c.title from unnest(b.course_ids) with ordinality as n(id, place)
                    join courses c on c.id = n.id order by n.place) as courses
       from payments p join users u on u.id = p.user_id
       left join enrollment_payments b on b.id = p.id left join packages k on k.id = b.package_id
       left join subscription_charges n on n.payment_id = p.id left join subscriptions s on s.id = n.subscription_id
       left join packages m on m.id = s.package_id
      where p.id = any($1::uuid[])`,
    [paymentIds],
  );
}

/** As readPaymentsNews, of one; null where there is none of that id. */
export async function readPaymentNews(db: Pick<Db, "sql">, paymentId: PaymentId): Promise<PaymentNews | null> {
  return (await readPaymentsNews(db, [paymentId]))[0] ?? null;
}

/** What a mail says about a parcel. */
export interface ParcelNotice {
  readonly orderId: string;
  readonly number: string;
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly courier: string;
  readonly service: string;
  /** null: there is none. */
  readonly airwayBill: string | null;
}

/** A parcel with its order and its customer; null where there is none of that id. */
export async function readParcelNotice(db: Pick<Db, "sql">, shipmentId: ShipmentId): Promise<ParcelNotice | null> {
  const [row] = await db.sql<ParcelNotice>(
    `select o.id as order_id, o.number, o.user_id, u.name, u.email, s.courier, s.service, s.airway_bill
       from shipments s join orders o on o.id = s.order_id join users u on u.id = o.user_id where s.id = $1`,
    [shipmentId],
  );
  return row ?? null;
}

export interface Notice {
  readonly id: string;
  readonly event: string;
  readonly recipient: string;
  readonly template: string;
  readonly subject: string;
  /** The mail as plain text. */
  readonly body: string;
  readonly html: string;
  readonly state: NoticeState;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

const LIST: TimedList = {
  columns: "id, event, recipient, template, subject, body_text as body, body_html as html, state, created_at, sent_at",
  from: "notices",
  at: "created_at",
  id: "id",
};

/**
 * The mails that were written, the latest first, sent or not.
 *
 * @throws Refusal FORBIDDEN without notice.read, INVALID_INPUT for a bad page
 */
export async function listNotices(app: Pick<App, "db">, actor: Actor, input: PageInput): Promise<Page<Notice>> {
  requireRight(actor, "notice.read");
  return listNewest(app.db, LIST, [], input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without notice.read */
export async function countNotices(app: Pick<App, "db">, actor: Actor): Promise<number> {
  requireRight(actor, "notice.read");
  return countRows(app.db, LIST.from, []);
}
