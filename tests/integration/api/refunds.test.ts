import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { creditNoteRoutes } from "../../../api/http/creditNotes.ts";
import { listen } from "../../../api/http/listen.ts";
import { creditNoteLink, creditNotePath } from "../../../domain/checkout/creditNote.queries.ts";
import { issueCreditNote } from "../../../domain/checkout/issueCreditNote.ts";
import { issueInvoices } from "../../../domain/checkout/issueInvoices.ts";
import type { RefundId, UserId } from "../../../domain/kernel/ids.ts";
import { inTransaction } from "../../../platform/db.ts";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  ids,
  NOW,
  type OrderRow,
  openTestShop,
  payOrder,
  type TestShop,
} from "../../support/shopRows.ts";

const REFUND = `id amount status attempts attemptLog { at outcome gatewayCode message } accountMasked bankReference
  approvedBy { name } settledBy { name } order { number } payment { number } creditNote { number amount tax url }`;
const AMOUNT = 1_000;

let shop: TestShop;
let api: TestApi;
let customer: string;
let stranger: string;
let staff: string;
let orders: OrderRow[];
const refunds: RefundId[] = [];

async function addRefund(order: OrderRow, approver: string, settler: string): Promise<RefundId> {
  const id = ids.next<"refund">();
  await shop.db.sql(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, approved_by,
                          approved_at, settled_by, bank_reference, succeeded_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'sold out', 'SUCCEEDED', 'STAFF', $6, $8, $7, 'TRX-1', $8, $8, $8)`,
    [id, order.paymentId, order.transactionId, order.orderId, AMOUNT, approver, settler, NOW],
  );
  await shop.db.sql(
    `insert into refund_accounts (id, refund_id, bank_code, account_sealed, masked, set_by, set_at)
     values ($1, $1, 'BCA', 'x', 'BCA ••••7890', $2, $3)`,
    [id, approver, NOW],
  );
  await shop.db.sql(
    `insert into refund_attempts (refund_id, refund_key, outcome, gateway_code, message, at)
     values ($1, $1::uuid::text || '-01', 'FAILED', '412', 'not by API', $2)`,
    [id, NOW],
  );
  return id;
}

beforeAll(async () => {
  shop = await openTestShop();
  const userId = await addCustomer(shop.db);
  const [approver, settler] = [await addCustomer(shop.db), await addCustomer(shop.db)];
  await shop.db.sql("update users set role = 'ADMIN' where id = any($1::uuid[])", [[approver, settler]]);
  const shelf = await addStore(shop.db);
  orders = [];
  for (let n = 0; n < 3; n++) {
    const order = await addOrder(shop.db, userId, shelf);
    await payOrder(shop.db, order);
    await inTransaction(shop.db, (tx) => issueInvoices(tx, NOW, ids, [order.orderId as never]));
    orders.push(order);
    const id = await addRefund(order, approver, settler);
    refunds.push(id);
    await issueCreditNote({ db: shop.db, ids, clock: { now: () => NOW } }, { refundId: id });
  }
  api = await startTestApi({ databaseUrl: shop.url, env: { RATE_LIMIT_SCALE: "0" } });
  const tokens = createAccessTokens(api.config.jwtSecret, api.app.clock);
  customer = await tokens.forUser({ id: userId as UserId, role: "CUSTOMER" });
  stranger = await tokens.forUser({ id: settler as UserId, role: "CUSTOMER" });
  staff = await tokens.forUser({ id: approver as UserId, role: "STAFF" });
});
afterAll(async () => {
  await api?.stop();
  await shop?.drop();
});

type Shown = { refunds: Record<string, unknown>[] };
const ofOrder = `query($id: ID!) { order(id: $id) { refunds { ${REFUND} } } }`;

describe("a refund", () => {
  test("is shown to its customer without the shop's people and the gateway's words", async () => {
    const { data, errors } = await api.graphql<{ order: Shown }>(
      ofOrder,
      { id: orders[0]?.orderId },
      { token: customer },
    );
    expect(errors).toEqual([]);
    expect(data?.order.refunds).toMatchObject([
      {
        amount: AMOUNT,
        accountMasked: "BCA ••••7890",
        bankReference: "TRX-1",
        approvedBy: null,
        settledBy: null,
        attemptLog: [{ outcome: "FAILED", gatewayCode: null, message: null }],
        order: { number: orders[0]?.orderNumber },
        creditNote: { amount: AMOUNT },
      },
    ]);
  });

  test("tells staff who approved and settled it, and what the gateway said", async () => {
    const { data } = await api.graphql<{ order: Shown }>(ofOrder, { id: orders[0]?.orderId }, { token: staff });
    const [refund] = data?.order.refunds ?? [];
    expect(refund?.["approvedBy"]).not.toBeNull();
    expect(refund?.["attemptLog"]).toMatchObject([{ gatewayCode: "412", message: "not by API" }]);
  });

  test("is nobody else's", async () => {
    const { data } = await api.graphql<{ order: Shown | null }>(
      ofOrder,
      { id: orders[0]?.orderId },
      { token: stranger },
    );
    expect(data?.order).toBeNull();
  });

  test("leads to no archived order, while the money stays its owner's to see", async () => {
    await shop.db.sql("update orders set is_archived = true where id = $1", [orders[2]?.orderId]);
    const query = `query($id: ID!) { payment(id: $id) { refunds { id amount order { number } } } }`;
    const seen = async (token: string) =>
      (await api.graphql<{ payment: Shown }>(query, { id: orders[2]?.paymentId }, { token })).data?.payment.refunds;
    expect(await seen(customer)).toEqual([{ id: refunds[2], amount: AMOUNT, order: null }]);
    expect(await seen(staff)).toMatchObject([{ order: { number: orders[2]?.orderNumber } }]);
    await shop.db.sql("update orders set is_archived = false where id = $1", [orders[2]?.orderId]);
  });

  test("of a list costs the same statements for one row and for all", async () => {
    const costOf = async (query: string, token: string) => {
      const before = statementsSent();
      const { errors } = await api.graphql(query, {}, { token });
      expect(errors).toEqual([]);
      return statementsSent() - before;
    };
    const desk = (first: number) => `{ adminRefunds(first: ${first}) { totalCount nodes { ${REFUND} } } }`;
    await costOf(desk(1), staff);
    expect(await costOf(desk(3), staff)).toBe(await costOf(desk(1), staff));
    const own = (first: number) => `{ orders(first: ${first}) { nodes { refunds { ${REFUND} } } } }`;
    expect(await costOf(own(3), customer)).toBe(await costOf(own(1), customer));
    const paid = (first: number) => `{ payments(first: ${first}) { nodes { refunds { ${REFUND} } } } }`;
    expect(await costOf(paid(3), customer)).toBe(await costOf(paid(1), customer));
  });

  test("is listed for staff page by page, by status", async () => {
    const query = `query($after: String, $status: [RefundStatus!]) {
      adminRefunds(first: 2, after: $after, status: $status) {
        nodes { id } totalCount pageInfo { hasNextPage endCursor } } }`;
    type Listed = {
      adminRefunds: {
        nodes: { id: string }[];
        totalCount: number;
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
    const page = async (variables: object) =>
      (await api.graphql<Listed>(query, variables, { token: staff })).data?.adminRefunds;
    const first = await page({ status: ["SUCCEEDED"] });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = await page({ status: ["SUCCEEDED"], after: first?.pageInfo.endCursor });
    const seen = [...(first?.nodes ?? []), ...(second?.nodes ?? [])].map(({ id }) => id);
    expect(new Set(seen)).toEqual(new Set(refunds));
    expect(await page({ status: ["MANUAL", "FAILED"] })).toMatchObject({ nodes: [], totalCount: 0 });
  });
});

describe("a credit note's link", () => {
  test("opens its PDF until it is over, and no other path", async () => {
    const [note] = await shop.db.sql<{ id: string }>("select id from credit_notes limit 1");
    let now = NOW;
    const settings = { ...api.app.settings, publicUrl: "" };
    const routes = creditNoteRoutes({ db: shop.db, settings, clock: { now: () => now } });
    const server = await listen(express().use(routes), { host: "127.0.0.1", port: 0 });
    try {
      const base = `http://127.0.0.1:${server.port}`;
      const link = creditNoteLink({ settings, clock: { now: () => now } }, note?.id ?? "");
      const answer = await fetch(`${base}${link}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-disposition")).toContain("CN-BATIK-SEKAR-2026-00000");
      expect(
        Buffer.from(await answer.arrayBuffer())
          .subarray(0, 5)
          .toString("latin1"),
      ).toBe("%PDF-");
      expect((await fetch(`${base}${creditNotePath(ids.next())}?${link.split("?")[1]}`)).status).toBe(403);
      now = new Date(NOW.getTime() + 16 * 60_000);
      expect((await fetch(`${base}${link}`)).status).toBe(410);
    } finally {
      await server.stop(1_000);
    }
  });
});
