import { anyId, type Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId, type OrderItemId, type ProductId, type ReviewId, type UserId } from "../kernel/ids.ts";
import { type Page, type PageInput, pageOf, readTimedPage } from "../kernel/page.ts";
import {
  type Condition,
  countRows,
  cursorKeyOf,
  listNewest,
  NO_ROW,
  searchTerm,
  type TimedList,
} from "../kernel/timedList.ts";

export interface ReviewView {
  readonly id: ReviewId;
  readonly productId: ProductId;
  readonly userId: UserId;
  /** The reviewer's display name. */
  readonly author: string;
  readonly rating: number | null;
  readonly comment: string;
  /** False: its author took it back. */
  readonly isActive: boolean;
  /** True: staff took it down. */
  readonly isArchived: boolean;
  readonly archiveReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const COLUMNS = `r.id, r.product_id, r.user_id, u.name as author, r.rating, r.comment, r.is_active, r.is_archived,
  r.archive_reason, r.created_at, r.updated_at`;
const FROM = "reviews r join users u on u.id = r.user_id";
const LIST: TimedList = { columns: COLUMNS, from: FROM, at: "r.created_at", id: "r.id" };

/** One review, whoever may read it; null: there is none. */
export async function readReview(source: { sql: Sql }, id: ReviewId): Promise<ReviewView | null> {
  const [review] = await source.sql<ReviewView>(`select ${COLUMNS} from ${FROM} where r.id = $1`, [id]);
  return review ?? null;
}

/** What an order's line pays for, in words of SQL over order_items i and orders o: done, and not paid back in full. */
export const STANDS_ON = `o.status = 'COMPLETED'
  and o.payment_status in ('PAID', 'REFUND_PENDING', 'PARTIALLY_REFUNDED')
  and i.quantity > (select coalesce(sum(b.quantity), 0) from refund_items b join refunds f on f.id = b.refund_id
                     where b.order_item_id = i.id and f.status = 'SUCCEEDED')`;

const mine = (actor: Actor): Condition[] => [{ text: "r.is_active and r.user_id = ?", value: actor.userId }];

/** The caller's own reviews, newest first; those that he took back are gone, those that staff took down are not. */
export async function listMyReviews(app: Pick<App, "db">, actor: Actor, page: PageInput): Promise<Page<ReviewView>> {
  requireRight(actor, "own.reviews");
  return listNewest(app.db, LIST, mine(actor), page);
}

/** How many they are, exactly. */
export const countMyReviews = (app: Pick<App, "db">, actor: Actor): Promise<number> =>
  countRows(app.db, "reviews r", mine(actor), null);

export const REVIEW_STATES = ["SHOWN", "TAKEN_BACK", "TAKEN_DOWN"] as const;
/** SHOWN: on its product's page. TAKEN_BACK: by its author. TAKEN_DOWN: by staff. */
export type ReviewState = (typeof REVIEW_STATES)[number];

export interface AdminReviewFilter {
  readonly productId?: string | null;
  readonly includeArchived: boolean;
  readonly state?: ReviewState | null;
  /** Its stars, 1 to 5. */
  readonly rating?: number | null;
  /** The whole e-mail address of its author. */
  readonly search?: string | null;
}

/** Each as its index has it. */
const IN_STATE: Readonly<Record<ReviewState, string>> = {
  SHOWN: "r.is_active and not r.is_archived and ?::boolean",
  TAKEN_BACK: "not r.is_active and not r.is_archived and ?::boolean",
  TAKEN_DOWN: "r.is_archived and ?::boolean",
};

function adminConditions({ productId, includeArchived, state, rating, search }: AdminReviewFilter): Condition[] {
  const list: Condition[] = [];
  const term = searchTerm(search);
  if (term) list.push({ text: "r.user_id in (select id from users where email_key = lower(?))", value: term });
  if (state) list.push({ text: IN_STATE[state], value: true });
  if (rating) list.push({ text: "r.rating = ?", value: rating });
  if (productId !== null && productId !== undefined)
    list.push(isId(productId) ? { text: "r.product_id = ?", value: productId } : NO_ROW);
  if (!includeArchived) list.push({ text: "r.is_archived = ?", value: false });
  return list;
}

/** Every review, for staff: the taken back and the taken down, too. */
export async function listAllReviews(
  app: Pick<App, "db">,
  actor: Actor,
  filter: AdminReviewFilter,
  page: PageInput,
): Promise<Page<ReviewView>> {
  requireRight(actor, "review.read.any");
  return listNewest(app.db, LIST, adminConditions(filter), page);
}

/** How many there are, up to 10,000. */
export async function countAllReviews(app: Pick<App, "db">, actor: Actor, filter: AdminReviewFilter): Promise<number> {
  requireRight(actor, "review.read.any");
  return countRows(app.db, "reviews r", adminConditions(filter));
}

const livingOf = (position: string, limit: number) => `
  select r.*, u.name as author from unnest($1::uuid[]) as wanted(product_id) cross join lateral (
    select r.id, r.product_id, r.user_id, r.rating, r.comment, r.is_active, r.is_archived, r.archive_reason,
           r.created_at, r.updated_at, ${cursorKeyOf("r.created_at")}
      from reviews r where r.product_id = wanted.product_id and r.is_active and not r.is_archived ${position}
     order by r.created_at desc, r.id desc limit ${limit}) r
    join users u on u.id = r.user_id
   order by r.product_id, r.created_at desc, r.id desc`;

/**
 * The living reviews of products, newest first: the same page of each. One statement, however many products.
 *
 * @throws Refusal INVALID_INPUT for a page or a cursor that is not of its form
 */
export async function readReviewsOf(
  source: { sql: Sql },
  ids: readonly ProductId[],
  input: PageInput,
): Promise<Page<ReviewView>[]> {
  const { limit, after } = readTimedPage(input);
  const position = after ? "and (r.created_at, r.id) < ($2::timestamptz, $3::uuid)" : "";
  const rows = await source.sql<ReviewView & { cursorKey: string }>(
    livingOf(position, limit + 1),
    after ? [ids, after.at, after.id] : [ids],
  );
  return ids.map((id) =>
    pageOf<ReviewView & { cursorKey: string }>(
      rows.filter(({ productId }) => productId === id),
      limit,
      after !== null,
      (row) => ({ key: row.cursorKey, id: row.id }),
    ),
  );
}

/** What an order's line and its buyer's word on the product have to do with each other. */
export interface ItemReview {
  readonly orderItemId: OrderItemId;
  readonly buyerId: UserId;
  /** The line gives its buyer the right to a review. */
  readonly isGround: boolean;
  /** The buyer's review of the product, taken down or not; null: none, or he took it back. */
  readonly review: ReviewView | null;
  /** He took it back after staff took it down: he may not write another. */
  readonly isBarred: boolean;
}

type ItemRow = Omit<ItemReview, "review"> & { readonly [K in keyof ReviewView]: ReviewView[K] | null };

/** Of these lines of orders, in any order. One statement. */
export async function readItemReviews(source: { sql: Sql }, ids: readonly OrderItemId[]): Promise<ItemReview[]> {
  const rows = await source.sql<ItemRow>(
    `select i.id as order_item_id, o.user_id as buyer_id, (${STANDS_ON}) as is_ground, ${COLUMNS},
            coalesce(r.is_archived and not r.is_active, false) as is_barred
       from order_items i join orders o on o.id = i.order_id join users u on u.id = o.user_id
       left join reviews r on r.user_id = o.user_id and r.product_id = i.product_id and (r.is_active or r.is_archived)
      where i.id = ${anyId(1)}`,
    [ids],
  );
  return rows.map(({ orderItemId, buyerId, isGround, isBarred, ...review }) => ({
    orderItemId,
    buyerId,
    isGround,
    isBarred,
    review: review.isActive === true ? (review as ReviewView) : null,
  }));
}
