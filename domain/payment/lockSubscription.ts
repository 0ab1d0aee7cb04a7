import type { Tx } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { LinkedAccountId, PackageId, PaymentId, SavedCardId, SubscriptionId, UserId } from "../kernel/ids.ts";
import type { SubscriptionMethod } from "./subscription.rules.ts";
import type { SubscriptionState } from "./subscription.states.ts";

export interface SubscriptionRow {
  readonly id: SubscriptionId;
  readonly number: string;
  readonly userId: UserId;
  readonly packageId: PackageId;
  readonly method: SubscriptionMethod;
  readonly savedCardId: SavedCardId | null;
  readonly linkedAccountId: LinkedAccountId | null;
  /** Whole rupiah a month. */
  readonly amount: number;
  readonly state: SubscriptionState;
  readonly gatewayId: string | null;
  readonly sentAt: Date | null;
  readonly startsAt: Date | null;
  readonly paidUntil: Date | null;
  readonly nextChargeAt: Date | null;
  readonly lastLookedAt: Date | null;
  readonly endedAt: Date | null;
  readonly createdAt: Date;
}

export const SUBSCRIPTION_COLUMNS = `s.id, s.number, s.user_id, s.package_id, s.method, s.saved_card_id,
  s.linked_account_id, s.amount, s.state, s.gateway_id, s.sent_at, s.starts_at, s.paid_until, s.next_charge_at,
  s.last_looked_at, s.ended_at, s.created_at`;

/** A subscription as it stands, unlocked: for a look before an outside call. */
export async function readSubscription(sql: Sql, id: SubscriptionId): Promise<SubscriptionRow | null> {
  const [row] = await sql<SubscriptionRow>(`select ${SUBSCRIPTION_COLUMNS} from subscriptions s where s.id = $1`, [id]);
  return row ?? null;
}

/** Locks a subscription. It comes before its payments, as an order does. */
export async function lockSubscription(tx: Tx, id: SubscriptionId): Promise<SubscriptionRow> {
  const [row] = await tx.sql<SubscriptionRow>(
    `select ${SUBSCRIPTION_COLUMNS} from subscriptions s where s.id = $1 for update`,
    [id],
  );
  if (!row) throw new Error(`subscription ${id} is gone`);
  return row;
}

/** Locks those that some payments pay for, in one order; a payment of something else is passed over. */
export async function lockSubscriptionsOf(
  tx: Tx,
  paymentIds: readonly PaymentId[],
): Promise<Map<PaymentId, SubscriptionRow>> {
  const rows = await tx.sql<SubscriptionRow & { readonly paymentId: PaymentId }>(
    `select ${SUBSCRIPTION_COLUMNS}, c.payment_id
       from subscriptions s join subscription_charges c on c.subscription_id = s.id
      where c.payment_id = any($1::uuid[]) order by s.id for update of s`,
    [paymentIds],
  );
  return new Map(rows.map((row) => [row.paymentId, row]));
}
