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
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'rusak', $6, 'STAFF', $7, $7)`,
    [id, order.paymentId, order.transactionId, order.orderId, amount, status, NOW],
  );
  await sql("update orders set payment_status = $2 where id = $1", [order.orderId, shown]);
  return id;
}
