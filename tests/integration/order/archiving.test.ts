import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTransaction } from "../../../platform/db.ts";
import { codeOf } from "../../support/api.ts";
import { addCustomer, addOrder, endOrder, ids, NOW, type OrderRow } from "../../support/shopRows.ts";
import { type Caller, openReviewShop, type ReviewShop, refund } from "../review/reviewFacts.ts";

const GUESSED = "0192f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";

let shop: ReviewShop;
let buyer: Caller;

beforeAll(async () => {
  shop = await openReviewShop();
});
beforeEach(async () => {
  buyer = await shop.addBuyer();
});
afterAll(() => shop?.stop());

const archive = (as: Caller, orderId: string) =>
  shop.ask<{ archiveOrder: { id: string; isArchived: boolean } }>(
    as,
    `mutation($id: ID!) { archiveOrder(orderId: $id) {
       id isArchived payment { orders { id } } items { productName review { id } } refunds { order { id } } } }`,
    { id: orderId },
  );
const completed = async () => shop.complete(buyer, await shop.addShelf());
const openCase = (about: { order?: string; payment?: string; transaction?: string }, isOpen = true) =>
  shop.sql(
    `insert into money_cases (id, kind, subject, payment_id, order_id, transaction_id, amount, summary, evidence,
                              actions, opened_at, resolved_at)
     values ($1::uuid, 'UNKNOWN_REFUND', $1::uuid::text, $2, $3, $4, 1, 's', '{}', '{DISMISS}', $5, $6)`,
    [ids.next(), about.payment ?? null, about.order ?? null, about.transaction ?? null, NOW, isOpen ? null : NOW],
  );

describe("an archived order", () => {
  test("is out of its owner's sight on every way, and in staff's", async () => {
    const order = await completed();
    await refund(shop, order, { amount: 1_000, shown: "PARTIALLY_REFUNDED" });
    const other = await completed();
    const review = await shop.ask<{ createReview: { id: string } }>(
      buyer,
      'mutation($id: ID!) { createReview(input: { productId: $id, comment: "Bagus" }) { id } }',
      {
        id: (
          await shop.sql<{ id: string }>("select product_id as id from order_items where id = $1", [order.itemId])
        )[0]?.id,
      },
    );
    expect(codeOf(review)).toBeNull();
    expect((await archive(buyer, order.orderId)).data?.archiveOrder).toMatchObject({
      id: order.orderId,
      isArchived: true,
      payment: { orders: [] },
      refunds: [{ order: null }],
    });

    const preview = await shop.ask(buyer, "query($id: ID!) { cancelPreview(orderId: $id) { refusal { code } } }", {
      id: order.orderId,
    });
    expect(codeOf(preview)).toBe("NOT_FOUND");
    const seen = await shop.ask<object>(
      buyer,
      `query($order: ID!, $payment: ID!, $session: ID!) {
         order(id: $order) { id invoice { url } }
         orders { totalCount nodes { id } }
         payment(id: $payment) { orders { id } refunds { amount order { id } } }
         checkoutSession(id: $session) { orders { id } payment { orders { id } } }
         reviews { nodes { id } }
       }`,
      { order: order.orderId, payment: order.paymentId, session: order.sessionId },
    );
    expect(seen.data).toEqual({
      order: null,
      orders: { totalCount: 1, nodes: [{ id: other.orderId }] },
      payment: { orders: [], refunds: [{ amount: 1_000, order: null }] },
      checkoutSession: { orders: [], payment: { orders: [] } },
      reviews: { nodes: [{ id: review.data?.createReview.id }] },
    });
    const staffs = await shop.ask<object>(
      shop.staff,
      `query($order: ID!, $number: String) {
         order(id: $order) { id isArchived items { review { id } } }
         adminOrders(search: $number) { nodes { id } }
         living: adminOrders(search: $number, includeArchived: false) { totalCount nodes { id } }
       }`,
      { order: order.orderId, number: order.orderNumber },
    );
    expect(staffs.data).toEqual({
      order: { id: order.orderId, isArchived: true, items: [{ review: { id: review.data?.createReview.id } }] },
      adminOrders: { nodes: [{ id: order.orderId }] },
      living: { totalCount: 0, nodes: [] },
    });
  });

  test.each([
    ["archiveOrder(orderId: $id)"],
    ["confirmReceipt(orderId: $id)"],
    ['cancelOrder(input: { orderId: $id, reason: "x" })'],
  ])("is not there any more for %s, as one that never was, and stays as it is", async (operation) => {
    const { orderId } = await completed();
    await archive(buyer, orderId);
    const answers = [];
    for (const id of [orderId, GUESSED, (await shop.complete(await shop.addBuyer(), await shop.addShelf())).orderId]) {
      answers.push(await shop.ask(buyer, `mutation($id: ID!) { ${operation} { id } }`, { id }));
    }
    const told = answers.map(({ errors }) => [errors[0]?.extensions.code, errors[0]?.message]);
    expect(new Set(told.map(String)).size).toBe(1);
    expect(told[0]?.[0]).toBe("NOT_FOUND");
    expect(await shop.sql("select status, is_archived from orders where id = $1", [orderId])).toEqual([
      { status: "COMPLETED", isArchived: true },
    ]);
  });

  test("still is a purchase: what was bought may be reviewed", async () => {
    const shelf = await shop.addShelf();
    const { orderId } = await shop.complete(buyer, shelf);
    await archive(buyer, orderId);
    const answer = await shop.ask(
      buyer,
      'mutation($id: ID!) { createReview(input: { productId: $id, rating: 4, comment: "Awet" }) { rating } }',
      { id: shelf.productId },
    );
    expect(answer.data).toEqual({ createReview: { rating: 4 } });
  });
});

describe("an order", () => {
  test.each(["PENDING_PAYMENT", "PAID", "PROCESSING", "SHIPPED", "CANCEL_REQUESTED"])(
    "that is %s is not archived",
    async (status) => {
      const { orderId } = await completed();
      await shop.sql("update orders set status = $2 where id = $1", [orderId, status]);
      const answer = await archive(buyer, orderId);
      expect([codeOf(answer), answer.errors[0]?.extensions.details]).toEqual([
        "ORDER_NOT_ARCHIVABLE",
        { status, why: "UNDER_WAY", reason: "It is still under way" },
      ]);
    },
  );

  test.each(["COMPLETED", "RETURNED"])("that is %s is", async (status) => {
    const { orderId } = await completed();
    await shop.sql("update orders set status = $2 where id = $1", [orderId, status]);
    expect(codeOf(await archive(buyer, orderId))).toBeNull();
  });

  test("that is CANCELLED is, once nothing can be paid for it", async () => {
    const shelf = await shop.addShelf();
    const [open, over] = [await addOrder(shop.shop.db, buyer.id, shelf), await addOrder(shop.shop.db, buyer.id, shelf)];
    await endOrder(shop.shop.db, over, "EXPIRED");
    await shop.sql("update orders set status = 'CANCELLED' where id = $1", [open.orderId]);
    expect(codeOf(await archive(buyer, open.orderId))).toBe("ORDER_NOT_ARCHIVABLE");
    expect(codeOf(await archive(buyer, over.orderId))).toBeNull();
    await shop.sql("update payment_transactions set state = 'UNKNOWN' where id = $1", [over.transactionId]);
    await shop.sql("update orders set is_archived = false where id = $1", [over.orderId]);
    expect(codeOf(await archive(buyer, over.orderId))).toBe("ORDER_NOT_ARCHIVABLE");
  });

  test.each([
    ["a refund that is due", (order: OrderRow) => refund(shop, order, { status: "PENDING", shown: "REFUND_PENDING" })],
    ["a refund that was sent", (order: OrderRow) => refund(shop, order, { status: "PROCESSING" })],
    ["a refund that failed", (order: OrderRow) => refund(shop, order, { status: "FAILED" })],
    ["a refund by hand", (order: OrderRow) => refund(shop, order, { status: "MANUAL" })],
    [
      "late money on its way back",
      async (order: OrderRow) =>
        shop.sql("update refunds set order_id = null where id = $1", [
          await refund(shop, order, { status: "PENDING" }),
        ]),
    ],
    ["a case about it", ({ orderId }: OrderRow) => openCase({ order: orderId })],
    ["a case about its payment", ({ paymentId }: OrderRow) => openCase({ payment: paymentId })],
    ["a case about a try of it", ({ transactionId }: OrderRow) => openCase({ transaction: transactionId })],
  ])("with %s stays in sight, and says which of both it is", async (what, doubt) => {
    const order = await completed();
    await doubt(order);
    const answer = await archive(buyer, order.orderId);
    expect(codeOf(answer)).toBe("ORDER_NOT_ARCHIVABLE");
    const why = what.includes("case") ? "CASE_OPEN" : "REFUND_OPEN";
    expect(answer.errors[0]?.extensions.details).toMatchObject({ why });
    expect(await shop.sql("select is_archived from orders where id = $1", [order.orderId])).toEqual([
      { isArchived: false },
    ]);
  });

  test("whose refund is done and whose case has ended is archived, whatever is open of its neighbour", async () => {
    const [order, neighbour] = [await completed(), await completed()];
    await refund(shop, order);
    await openCase({ order: order.orderId }, false);
    await openCase({ order: neighbour.orderId, payment: order.paymentId });
    expect(codeOf(await archive(buyer, order.orderId))).toBeNull();
  });

  test("of another, a guessed one and no id at all are answered alike", async () => {
    const stranger = { id: await addCustomer(shop.shop.db), token: "" };
    const order = await shop.complete(stranger, await shop.addShelf());
    const told = [];
    for (const id of [order.orderId, GUESSED, "x"]) told.push((await archive(buyer, id)).errors[0]);
    expect(told.map((error) => [error?.extensions.code, error?.message])).toEqual(
      Array(3).fill(["NOT_FOUND", "There is no such order"]),
    );
    expect(codeOf(await archive(shop.staff, order.orderId))).toBe("NOT_FOUND");
  });

  test("whose refund is just being owed waits for it, and stays in sight", async () => {
    const order = await completed();
    let answer: ReturnType<typeof archive> | undefined;
    await inTransaction(shop.shop.db, async (tx) => {
      await tx.sql("select id from orders where id = $1 for update", [order.orderId]);
      answer = archive(buyer, order.orderId);
      await tx.sql(
        `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, created_at,
                              updated_at)
         values ($1, $2, $3, $4, 1000, 'x', 'PENDING', 'STAFF', $5, $5)`,
        [ids.next(), order.paymentId, order.transactionId, order.orderId, NOW],
      );
    });
    expect(codeOf(await (answer as ReturnType<typeof archive>))).toBe("ORDER_NOT_ARCHIVABLE");
  });

  test("is archived once by many clicks at once, and never moves by it", async () => {
    const order = await completed();
    const logged = () => shop.sql("select count(*) as n from order_status_logs where order_id = $1", [order.orderId]);
    const before = await logged();
    const codes = (await Promise.all(Array.from({ length: 8 }, () => archive(buyer, order.orderId)))).map(codeOf);
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set([null, "NOT_FOUND"]));
    expect(await logged()).toEqual(before);
  });
});
