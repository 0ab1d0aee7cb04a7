import type { App } from "../app.ts";
import { may, requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type PaymentId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, NO_ROW, type TimedList } from "../kernel/timedList.ts";
import type { LinkedAccountState } from "./linkedAccount.states.ts";
import { SUBSCRIPTION_COLUMNS, type SubscriptionRow } from "./lockSubscription.ts";
import type { SubscriptionState } from "./subscription.states.ts";

export interface SubscriptionView extends SubscriptionRow {
  readonly packageName: string;
  /** As its owner sees it; null: no card. */
  readonly maskedCard: string | null;
  /** Of its linked account; null: none. */
  readonly maskedPhone: string | null;
  readonly cardExpiresAt: Date | null;
  readonly accountState: LinkedAccountState | null;
}

const LIST: TimedList = {
  columns: `${SUBSCRIPTION_COLUMNS}, k.name as package_name, c.masked_card, c.expires_at as card_expires_at,
            a.masked_phone, a.state as account_state`,
  from: `subscriptions s join packages k on k.id = s.package_id
         left join saved_cards c on c.id = s.saved_card_id
         left join linked_accounts a on a.id = s.linked_account_id`,
  at: "s.created_at",
  id: "s.id",
};

const ofUser = (userId: string | null): Condition[] =>
  userId !== null && isId(userId) ? [{ text: "s.user_id = ?", value: userId }] : [NO_ROW];

/** The caller's own, the newest first. @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT */
export async function listMySubscriptions(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput,
): Promise<Page<SubscriptionView>> {
  requireRight(actor, "own.payments");
  return listNewest(app.db, LIST, ofUser(actor.userId), input);
}

export async function countMySubscriptions(app: Pick<App, "db">, actor: Actor): Promise<number> {
  requireRight(actor, "own.payments");
  return countRows(app.db, LIST.from, ofUser(actor.userId));
}

export interface SubscriptionFilter {
  readonly state?: readonly SubscriptionState[] | null;
  readonly userId?: string | null;
}

function conditionsOf({ state, userId }: SubscriptionFilter): Condition[] {
  const states = state ? [{ text: "s.state = any(?::text[])", value: state }] : [];
  return [...states, ...(userId ? ofUser(userId) : [])];
}

/** Everybody's, the newest first. @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT */
export async function listAllSubscriptions(
  app: Pick<App, "db">,
  actor: Actor,
  filter: SubscriptionFilter,
  input: PageInput,
): Promise<Page<SubscriptionView>> {
  requireRight(actor, "subscription.read.any");
  return listNewest(app.db, LIST, conditionsOf(filter), input);
}

export async function countAllSubscriptions(
  app: Pick<App, "db">,
  actor: Actor,
  filter: SubscriptionFilter,
): Promise<number> {
  requireRight(actor, "subscription.read.any");
  return countRows(app.db, LIST.from, conditionsOf(filter));
}

/** One of the caller's own, or anybody's for staff. @throws Refusal NOT_FOUND */
export async function findSubscription(app: Pick<App, "db">, actor: Actor, id: string): Promise<SubscriptionView> {
  const [row] = isId(id)
    ? await app.db.sql<SubscriptionView>(`select ${LIST.columns} from ${LIST.from} where s.id = $1`, [id])
    : [];
  if (!row || !(may(actor, "subscription.read.any") || actor.userId === row.userId))
    throw new Refusal("NOT_FOUND", "There is no such subscription");
  return row;
}

const CHARGES_SHOWN = 24; // two years of months

/** The payments of some subscriptions' latest charges, newest first. One statement for all of them. */
export async function readChargesOf(
  app: Pick<App, "db">,
  subscriptionIds: readonly string[],
): Promise<Map<string, PaymentId[]>> {
  const rows = await app.db.sql<{ subscriptionId: string; paymentId: PaymentId }>(
    `select w.id as subscription_id, c.payment_id
       from unnest($1::uuid[]) as w(id),
            lateral (select payment_id, created_at from subscription_charges
                      where subscription_id = w.id order by created_at desc, id desc limit ${CHARGES_SHOWN}) c
      order by c.created_at desc, c.payment_id desc`,
    [subscriptionIds],
  );
  const charges = Map.groupBy(rows, ({ subscriptionId }) => subscriptionId);
  return new Map([...charges].map(([id, list]) => [id, list.map(({ paymentId }) => paymentId)]));
}
