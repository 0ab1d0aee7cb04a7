import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import type { PaymentId, TransactionId, UserId } from "../kernel/ids.ts";
import { rupiah } from "../kernel/money.ts";
import type { PaymentMethod } from "./methods.rules.ts";
import { checkPayer, type PayerFacts } from "./payer.rules.ts";
import type { TransactionState } from "./payment.rules.ts";
import type { ChargeRequest, PageRequest } from "./paymentGateway.ts";

/** A try that the gateway is to be asked for, with everything that it wants to know. */
export interface Start extends PayerFacts {
  readonly transactionId: TransactionId;
  readonly paymentId: PaymentId;
  readonly userId: UserId;
  readonly gatewayOrderId: string;
  readonly method: PaymentMethod;
  readonly state: TransactionState;
  /** null: no charge was sent. */
  readonly chargeSentAt: Date | null;
  /** null: no saved card was chosen, or it is deleted. */
  readonly cardSealed: string | null;
  /** The token of the page that is to be replaced; null: there was none. */
  readonly formerPage: string | null;
  readonly amount: number;
  readonly createdAt: Date;
  /** Of the payment, and of this try: the method may live no longer. */
  readonly expiresAt: Date;
  readonly tryExpiresAt: Date;
  readonly items: PageRequest["items"];
  readonly address:
    | (NonNullable<PageRequest["address"]> & { destination: { city: string; postalCode: string } })
    | null;
}

// Everything that a page or a charge needs, in one read: the lines are the orders' items and their shipping, or the
// package. A charge that is known to live without what it is paid by waits for that.
const READ_START = `
  select t.id as transaction_id, p.id as payment_id, p.user_id, t.gateway_order_id, t.method, t.state, t.charge_sent_at,
         t.amount, t.instructions->>'formerSnapToken' as former_page,
         (select token_sealed from saved_cards c where c.id = t.saved_card_id) as card_sealed,
         t.created_at, p.expires_at, coalesce(t.expires_at, p.expires_at) as try_expires_at, p.currency,
         u.name, u.email, u.phone, a.shipping_address as address, a.shipping_address->>'phone' as address_phone,
         (select jsonb_agg(line order by position, line->>'id') from (
            select 1 as position, jsonb_build_object('id', i.product_id, 'name', i.product_name, 'price', i.unit_price,
                                                     'quantity', i.quantity) as line
              from orders o join order_items i on i.order_id = o.id where o.session_id = p.session_id
            union all
            select 2, jsonb_build_object('id', 'SHIP-' || o.number, 'price', o.shipping_cost, 'quantity', 1,
                     'name', 'Ongkir ' || (o.shipping_quote->>'courier') || ' ' || (o.shipping_quote->>'service'))
              from orders o where o.session_id = p.session_id and o.shipping_cost > 0
            union all
            select 3, jsonb_build_object('id', k.id, 'name', k.name, 'price', p.amount, 'quantity', 1)
              from enrollment_payments b join packages k on k.id = b.package_id where b.id = p.id) lines) as items
    from payment_transactions t join payments p on p.id = t.payment_id join users u on u.id = p.user_id
    left join lateral (select shipping_address from orders o where o.session_id = p.session_id
                        order by o.id limit 1) a on true
   where t.id = $1 and p.status = 'PENDING'
     and (t.state in ('STARTING', 'UNKNOWN')
          or t.state = 'LIVE' and t.charge_sent_at is not null and t.instructions = '{}')`;

/** The try, where the gateway is still to be asked for it; null where there is nothing to do. */
export async function readStart(app: Pick<App, "db">, transactionId: TransactionId): Promise<Start | null> {
  const [start] = await app.db.sql<Start>(READ_START, [transactionId]);
  return start ?? null;
}

/**
 * Who pays a payment, for a check before anything begins.
 *
 * @throws Refusal PAYMENT_METHOD_UNAVAILABLE for a month of a subscription, which the gateway alone charges
 */
export async function readPayer(app: Pick<App, "db">, paymentId: PaymentId): Promise<PayerFacts> {
  const [row] = await app.db.sql<PayerFacts & { readonly isMonth: boolean }>(
    `select u.name, u.email, u.phone, p.currency,
            exists (select from subscription_charges c where c.payment_id = p.id) as is_month,
            (select shipping_address->>'phone' from orders o where o.session_id = p.session_id
              order by o.id limit 1) as address_phone
       from payments p join users u on u.id = p.user_id where p.id = $1`,
    [paymentId],
  );
  if (!row) throw new Error(`payment ${paymentId} is gone`);
  if (!row.isMonth) return row;
  throw new Refusal("PAYMENT_METHOD_UNAVAILABLE", "This month is charged by itself; nothing is to be paid another way");
}

/**
 * What a page and a charge of this try are asked with.
 *
 * @throws Refusal where our own records would be refused
 */
export function requestOf(app: Pick<App, "settings">, start: Start): Omit<ChargeRequest, "charge" | "idempotencyKey"> {
  const { address } = start;
  return {
    gatewayOrderId: start.gatewayOrderId,
    amount: rupiah(start.amount),
    items: start.items,
    customer: checkPayer(start),
    address: address && { ...address, city: address.destination.city, postalCode: address.destination.postalCode },
    returnUrl: `${app.settings.publicUrl}/payments/${start.paymentId}/result`,
    startsAt: start.createdAt,
    expiresAt: start.expiresAt,
  };
}
