import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { encodeCursor } from "../../../domain/kernel/page.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type Answer, codeOf, signUp, startTestApi, type TestApi } from "../../support/api.ts";
import { addCustomer, addOrder, addStore, openTestShop, type TestShop } from "../../support/shopRows.ts";

interface Nodes {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

const LISTS = {
  adminOrders: "orders",
  adminPayments: "payments",
  gatewayNotifications: "payment_notifications",
  alerts: "alerts",
  notices: "notices",
  adminReviews: "reviews",
} as const;
type List = keyof typeof LISTS;
const ALL = Object.keys(LISTS) as List[];
const ID = "0192f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";

describe("lists by time", () => {
  let shop: TestShop;
  let api: TestApi;
  let staff: string;
  let customer: string;

  const page = (list: List, first: number, after: string | null, token = staff): Promise<Answer<Record<List, Nodes>>> =>
    api.graphql(
      `query($first: Int!, $after: String) {
         ${list}(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } totalCount }
       }`,
      { first, after },
      { token },
    );

  beforeAll(async () => {
    shop = await openTestShop();
    api = await startTestApi({ databaseUrl: shop.url, env: { RATE_LIMIT_SCALE: "0" } });
    const accessTokens = createAccessTokens(api.config.jwtSecret, api.app.clock);
    const { user } = await signUp(api);
    await api.app.db.sql("update users set role = 'STAFF' where id = $1", [user.id]);
    staff = await accessTokens.forUser({ id: user.id as UserId, role: "STAFF" });
    const buyer = await addCustomer(shop.db);
    customer = await accessTokens.forUser({ id: buyer as UserId, role: "CUSTOMER" });
    const shelf = await addStore(shop.db);
    for (let n = 0; n < 5; n++) await addOrder(shop.db, buyer, shelf);
    // Five rows a list within one millisecond, and two of them within one microsecond.
    const at = "'2026-11-20T07:05:00.000Z'::timestamptz + make_interval(secs => (n / 2) * 0.000001)";
    await inTransaction(shop.db, async (tx) => {
      await tx.sql(`
        insert into payment_notifications (id, digest, gateway_order_id, body_sealed, state, received_at)
        select gen_random_uuid(), n::text, 'LNS-1', 'k1.x', 'APPLIED', ${at} from generate_series(1, 5) n`);
      await tx.sql(`
        insert into alerts (id, kind, subject, severity, message, raised_at)
        select gen_random_uuid(), 'TEST', n::text, 'INFO', 'x', ${at} from generate_series(1, 5) n`);
      await tx.sql(`
        insert into notices (id, event, template, recipient, subject, body_text, body_html, state, created_at)
        select gen_random_uuid(), n::text, 'paid', 'a@lunas.test', 'x', 'x', 'x', 'STORED', ${at}
          from generate_series(1, 5) n`);
      await tx.sql(
        `insert into reviews (id, product_id, user_id, order_item_id, comment, is_active, created_at, updated_at)
         select gen_random_uuid(), $1, $2, (select id from order_items limit 1), 'x', false, ${at}, ${at}
           from generate_series(1, 5) n`,
        [shelf.productId, buyer],
      );
      for (const table of ["orders", "payments"]) {
        await tx.sql(`
          update ${table} t set created_at = ${at}
            from (select id, row_number() over (order by id) as n from ${table}) as numbered where t.id = numbered.id`);
      }
    });
  });
  afterAll(async () => {
    await api.stop();
    await shop.drop();
  });

  test.each(ALL)("%s gives every row once, though several came in one millisecond", async (list) => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 10; pages++) {
      const { data } = await page(list, 2, after);
      const { nodes, pageInfo, totalCount } = (data as Record<List, Nodes>)[list];
      expect(totalCount).toBe(5);
      seen.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  test.each([
    ["rubbish", Buffer.from("x\0y").toString("base64url")],
    ["a time without an id", encodeCursor({ key: "2026-11-20T07:05:00.000000Z", id: "7" })],
    ["an id without a time", encodeCursor({ key: "yesterday", id: ID })],
    ["a day that is none", encodeCursor({ key: "2026-02-31T07:05:00.000000Z", id: ID })],
    ["a year that is none", encodeCursor({ key: "0000-01-01T00:00:00.000000Z", id: ID })],
    ["a statement", encodeCursor({ key: "2026-11-20T07:05:00.000000Z", id: "'; drop table orders; --" })],
  ])("a cursor that holds %s is refused by every one of them", async (_what, after) => {
    for (const list of ALL) expect([list, codeOf(await page(list, 2, after))]).toEqual([list, "INVALID_INPUT"]);
    for (const own of ["orders", "payments", "reviews"] as unknown as List[]) {
      expect([own, codeOf(await page(own, 2, after, customer))]).toEqual([own, "INVALID_INPUT"]);
    }
  });

  test("payments of an account that is no id are none", async () => {
    const { data, errors } = await api.graphql<{ adminPayments: Nodes }>(
      `{ adminPayments(userId: "x") { nodes { id } pageInfo { hasNextPage endCursor } totalCount } }`,
      {},
      { token: staff },
    );
    expect(errors).toEqual([]);
    expect(data?.adminPayments).toMatchObject({ nodes: [], totalCount: 0 });
  });
});
