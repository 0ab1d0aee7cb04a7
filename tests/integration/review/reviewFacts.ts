import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { runAudit } from "../../../domain/report/runAudit.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type Answer, startTestApi, type TestApi } from "../../support/api.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  ids,
  NOW,
  type OrderRow,
  openTestShop,
  payOrder,
  type ShelfRow,
  type TestShop,
} from "../../support/shopRows.ts";

export interface Caller {
  readonly id: string;
  readonly token: string;
}

export interface ReviewShop {
  readonly shop: TestShop;
  readonly api: TestApi;
  readonly staff: Caller;
  addBuyer(name?: string): Promise<Caller>;
  addShelf(): Promise<ShelfRow>;
  /** An order that its buyer has: paid, and COMPLETED. */
  complete(buyer: Caller, shelf: ShelfRow): Promise<OrderRow>;
  sql<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  ask<T>(as: Caller | null, query: string, variables?: object): Promise<Answer<T>>;
  /** What the audit says of reviews. */
  breaches(): Promise<string[]>;
  stop(): Promise<void>;
}

let shelves = 0;

/** A shop without gateways: orders are rows as a checkout, a payment and a courier leave them. */
export async function openReviewShop(): Promise<ReviewShop> {
  const shop = await openTestShop();
  const api = await startTestApi({ databaseUrl: shop.url, env: { RATE_LIMIT_SCALE: "0" } });
  const tokens = createAccessTokens(api.config.jwtSecret, api.app.clock);
  const sql = <T extends object>(text: string, values: unknown[] = []) =>
    inTransaction(shop.db, (tx) => tx.sql<T>(text, values));
  const addBuyer = async (name?: string): Promise<Caller> => {
    const id = await addCustomer(shop.db, name);
    return { id, token: await tokens.forUser({ id: id as UserId, role: "CUSTOMER" }) };
  };
  const { id: staffId } = await addBuyer("Staf");
  await sql("update users set role = 'STAFF' where id = $1", [staffId]);
  const staff = { id: staffId, token: await tokens.forUser({ id: staffId as UserId, role: "STAFF" }) };
  return {
    shop,
    api,
    staff,
    addBuyer,
    sql,
    addShelf: () => addStore(shop.db, { slug: `toko-${++shelves}` }),
    async complete(buyer, shelf) {
      const order = await addOrder(shop.db, buyer.id, shelf);
      await payOrder(shop.db, order);
      await sql("update orders set status = 'COMPLETED' where id = $1", [order.orderId]);
      return order;
    },
    ask: (as, query, variables = {}) => api.graphql(query, variables, as ? { token: as.token } : {}),
    async breaches() {
      const found = await runAudit(shop.db, { now: NOW });
      return found
        .filter(({ invariant }) => invariant === "REVIEW")
        .map(({ subject, detail }) => `${subject} ${detail}`);
    },
    async stop() {
      await api.stop();
      await shop.drop();
    },
  };
}

/** A refund of an order that is done, and what the order shows of it. */
export async function refund(
  { sql }: ReviewShop,
  order: OrderRow,
  { amount = order.total, status = "SUCCEEDED", shown = "REFUNDED" } = {},
): Promise<string> {
  const id = ids.next();
  await sql(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, created_at,
                          updated_at)
     values ($1, $2, $3, $4, $5, 'rusak', $6, 'STAFF', $7, $7)`,
    [id, order.paymentId, order.transactionId, order.orderId, amount, status, NOW],
  );
  await sql("update orders set payment_status = $2 where id = $1", [order.orderId, shown]);
  return id;
}

export interface Review {
  readonly id: string;
  readonly author: string;
  readonly rating: number | null;
  readonly comment: string;
  readonly isActive: boolean;
  readonly isArchived: boolean;
  readonly archiveReason: string | null;
}

export interface Shown {
  readonly rating: number | null;
  readonly reviewCount: number;
  readonly reviews: { readonly nodes: readonly Review[]; readonly totalCount: number };
}

const FIELDS = "id author rating comment isActive isArchived archiveReason createdAt updatedAt product { id }";
export const GUESSED = "0192f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";
export const GOOD = "Kainnya halus dan jahitannya rapi";

/** What people do with reviews, over the API. The shop is opened after the tests are named. */
export function reviewing(shop: () => ReviewShop) {
  const create = (as: Caller | null, { productId }: ShelfRow, comment: string = GOOD, rating: number | null = 5) =>
    shop().ask<{ createReview: Review }>(
      as,
      `mutation($input: ReviewInput!) { createReview(input: $input) { ${FIELDS} } }`,
      { input: { productId, rating, comment } },
    );
  const update = (as: Caller, reviewId: string, input: object) =>
    shop().ask<{ updateReview: Review }>(
      as,
      `mutation($id: ID!, $input: ReviewUpdateInput!) { updateReview(reviewId: $id, input: $input) { ${FIELDS} } }`,
      { id: reviewId, input },
    );
  const remove = (as: Caller, reviewId: string) =>
    shop().ask<{ deleteReview: Review }>(as, `mutation($id: ID!) { deleteReview(reviewId: $id) { ${FIELDS} } }`, {
      id: reviewId,
    });
  const archive = (as: Caller, reviewId: string, reason = "kata kasar") =>
    shop().ask<{ archiveReview: Review }>(
      as,
      `mutation($id: ID!, $reason: String!) { archiveReview(reviewId: $id, reason: $reason) { ${FIELDS} } }`,
      { id: reviewId, reason },
    );
  const shown = async ({ productId }: ShelfRow, as: Caller | null = null): Promise<Shown> => {
    const { data } = await shop().ask<{ product: Shown }>(
      as,
      `query($id: ID!) { product(id: $id) { rating reviewCount reviews { totalCount nodes { ${FIELDS} } } } }`,
      { id: productId },
    );
    return data?.product as Shown;
  };

  /** A buyer who has the goods, and what he said of them. */
  async function reviewed(comment = GOOD, rating: number | null = 5) {
    const [buyer, shelf] = [await shop().addBuyer("Sari"), await shop().addShelf()];
    const order = await shop().complete(buyer, shelf);
    const { data } = await create(buyer, shelf, comment, rating);
    return { buyer, shelf, order, review: data?.createReview as Review };
  }
  return { create, update, remove, archive, shown, reviewed };
}
