import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "../../support/api.ts";
import { addOrder, payOrder, type ShelfRow } from "../../support/shopRows.ts";
import {
  type Caller,
  GOOD,
  GUESSED,
  openReviewShop,
  type Review,
  type ReviewShop,
  refund,
  reviewing,
} from "./reviewFacts.ts";

let reviews: ReviewShop;

beforeAll(async () => {
  reviews = await openReviewShop();
});
afterEach(async () => {
  expect(await reviews.breaches()).toEqual([]);
});
afterAll(() => reviews?.stop());

const { create, update, remove, archive, shown, reviewed } = reviewing(() => reviews);

describe("the right to a review", () => {
  test("is the buyer's who has the goods: his word and name are on the product's page", async () => {
    const { shelf, review } = await reviewed();
    expect(review).toMatchObject({ author: "Sari", rating: 5, comment: GOOD, isActive: true, isArchived: false });
    expect(await shown(shelf)).toMatchObject({
      rating: 5,
      reviewCount: 1,
      reviews: { totalCount: 1, nodes: [review] },
    });
  });

  test.each([
    ["who bought nothing", async () => undefined],
    ["whose order is not paid", async (buyer: Caller, shelf: ShelfRow) => addOrder(reviews.shop.db, buyer.id, shelf)],
    [
      "whose order has not arrived",
      async (buyer: Caller, shelf: ShelfRow) =>
        payOrder(reviews.shop.db, await addOrder(reviews.shop.db, buyer.id, shelf)),
    ],
    [
      "whose money went back in full",
      async (buyer: Caller, shelf: ShelfRow) => refund(reviews, await reviews.complete(buyer, shelf)),
    ],
    [
      "who took his money back through his bank",
      async (buyer: Caller, shelf: ShelfRow) => {
        const { orderId } = await reviews.complete(buyer, shelf);
        await reviews.sql("update orders set payment_status = 'CHARGEBACK' where id = $1", [orderId]);
      },
    ],
    [
      "who was paid for every piece of it",
      async (buyer: Caller, shelf: ShelfRow) => {
        const order = await reviews.complete(buyer, shelf);
        const id = await refund(reviews, order, { amount: 300_000, shown: "PARTIALLY_REFUNDED" });
        await reviews.sql("insert into refund_items values ($1, $2, 2, false)", [id, order.itemId]);
      },
    ],
  ])("is not that of a customer %s", async (_who, buys) => {
    const [buyer, shelf] = [await reviews.addBuyer(), await reviews.addShelf()];
    await buys(buyer, shelf);
    expect(codeOf(await create(buyer, shelf))).toBe("REVIEW_NOT_ALLOWED");
    expect(await shown(shelf)).toMatchObject({ rating: null, reviewCount: 0 });
  });

  test("is not anybody's for another's purchase, for a product that is not there, or without an account", async () => {
    const { shelf } = await reviewed();
    expect(codeOf(await create(await reviews.addBuyer(), shelf))).toBe("REVIEW_NOT_ALLOWED");
    expect(codeOf(await create(reviews.staff, shelf))).toBe("REVIEW_NOT_ALLOWED");
    expect(codeOf(await create(reviews.staff, { ...shelf, productId: GUESSED }))).toBe("NOT_FOUND");
    expect(codeOf(await create(reviews.staff, { ...shelf, productId: "' or true" }))).toBe("NOT_FOUND");
    expect(codeOf(await create(null, shelf))).toBe("UNAUTHENTICATED");
  });

  test("stays with one piece that was not paid back, and with a second purchase", async () => {
    const [buyer, shelf] = [await reviews.addBuyer(), await reviews.addShelf()];
    const order = await reviews.complete(buyer, shelf);
    const id = await refund(reviews, order, { amount: 150_000, shown: "PARTIALLY_REFUNDED" });
    await reviews.sql("insert into refund_items values ($1, $2, 1, false)", [id, order.itemId]);
    expect(codeOf(await create(buyer, shelf))).toBeNull();

    const [other, second] = [await reviews.addBuyer(), await reviews.addShelf()];
    await refund(reviews, await reviews.complete(other, second));
    await reviews.complete(other, second);
    expect(codeOf(await create(other, second))).toBeNull();
  });

  test("ends with a refund in full: what was said stands, may be taken back, and is changed no more", async () => {
    const { buyer, shelf, order, review } = await reviewed();
    await refund(reviews, order);
    expect(codeOf(await update(buyer, review.id, { rating: 1 }))).toBe("REVIEW_NOT_ALLOWED");
    expect(await shown(shelf)).toMatchObject({ rating: 5, reviewCount: 1 });
    expect(codeOf(await remove(buyer, review.id))).toBeNull();
    expect(codeOf(await create(buyer, shelf))).toBe("REVIEW_NOT_ALLOWED");
  });

  test("is used once a product, and the second is told which one stands", async () => {
    const { buyer, shelf, review } = await reviewed();
    await reviews.complete(buyer, shelf);
    const again = await create(buyer, shelf, "Beli lagi, tetap bagus");
    expect([codeOf(again), again.errors[0]?.extensions.details]).toEqual(["ALREADY_REVIEWED", { reviewId: review.id }]);
    expect((await shown(shelf)).reviewCount).toBe(1);
  });

  test("is shown on the order's line to its buyer, and used up there", async () => {
    const [buyer, shelf] = [await reviews.addBuyer(), await reviews.addShelf()];
    const { orderId } = await reviews.complete(buyer, shelf);
    const line = async (as: Caller) => {
      const { data } = await reviews.ask<{ order: { items: { canReview: boolean; review: Review | null }[] } }>(
        as,
        "query($id: ID!) { order(id: $id) { items { canReview review { id } } } }",
        { id: orderId },
      );
      return data?.order.items[0];
    };
    expect([await line(buyer), await line(reviews.staff)]).toEqual([
      { canReview: true, review: null },
      { canReview: false, review: null },
    ]);
    const id = (await create(buyer, shelf)).data?.createReview.id as string;
    expect([await line(buyer), await line(reviews.staff)]).toEqual([
      { canReview: false, review: { id } },
      { canReview: false, review: { id } },
    ]);
    await remove(buyer, id);
    expect(await line(buyer)).toEqual({ canReview: true, review: null });
  });
});

describe("an author", () => {
  test("changes his word and his rating, and the product's rating follows", async () => {
    const { buyer, shelf, review } = await reviewed();
    expect((await update(buyer, review.id, { rating: 2 })).data?.updateReview).toMatchObject({
      rating: 2,
      comment: GOOD,
    });
    expect(await shown(shelf)).toMatchObject({ rating: 2, reviewCount: 1 });
    const told = await update(buyer, review.id, { comment: "Luntur setelah dicuci", rating: null });
    expect(told.data?.updateReview).toMatchObject({ rating: null, comment: "Luntur setelah dicuci" });
    expect(await shown(shelf)).toMatchObject({ rating: null, reviewCount: 1 });
    expect((await update(buyer, review.id, {})).data).toEqual(told.data);
  });

  test("takes it back once, however often he clicks, and may write another", async () => {
    const { buyer, shelf, review } = await reviewed();
    const first = await remove(buyer, review.id);
    expect(first.data?.deleteReview).toMatchObject({ id: review.id, isActive: false });
    expect((await remove(buyer, review.id)).data).toEqual(first.data);
    expect(await shown(shelf)).toMatchObject({ rating: null, reviewCount: 0, reviews: { nodes: [] } });
    expect(codeOf(await update(buyer, review.id, { rating: 1 }))).toBe("NOT_FOUND");
    expect(codeOf(await create(buyer, shelf, GOOD, 3))).toBeNull();
    expect(await reviews.sql("select id from reviews where product_id = $1", [shelf.productId])).toHaveLength(2);
  });

  test("reads his own in a list that has nobody else's", async () => {
    const { buyer, review } = await reviewed();
    const mine = (as: Caller) =>
      reviews.ask<object>(as, "{ reviews { totalCount nodes { id } pageInfo { hasNextPage } } }");
    expect((await mine(buyer)).data).toEqual({
      reviews: { totalCount: 1, nodes: [{ id: review.id }], pageInfo: { hasNextPage: false } },
    });
    expect((await mine(await reviews.addBuyer())).data).toMatchObject({ reviews: { totalCount: 0, nodes: [] } });
  });

  test("is told nothing of another's review, and changes none", async () => {
    const { review } = await reviewed();
    const stranger = await reviews.addBuyer();
    for (const id of [review.id, GUESSED, "x"]) {
      expect([id, codeOf(await update(stranger, id, { rating: 1 }))]).toEqual([id, "NOT_FOUND"]);
      expect([id, codeOf(await remove(stranger, id))]).toEqual([id, "NOT_FOUND"]);
    }
    expect(codeOf(await remove(reviews.staff, review.id))).toBe("NOT_FOUND");
    expect(codeOf(await archive(stranger, review.id))).toBe("FORBIDDEN");
  });
});

describe("staff", () => {
  const LIST = `query($productId: ID, $archived: Boolean, $state: ReviewState, $rating: Int, $search: String) {
    adminReviews(productId: $productId, includeArchived: $archived, state: $state, rating: $rating, search: $search) {
      totalCount nodes { id isArchived isActive } } }`;

  test("takes a review down with a reason that its author and staff read, and nobody writes it again", async () => {
    const { buyer, shelf, order, review } = await reviewed();
    const down = await archive(reviews.staff, review.id);
    expect(down.data?.archiveReview).toMatchObject({ isArchived: true, isActive: true, archiveReason: "kata kasar" });
    expect(await shown(shelf)).toMatchObject({ rating: null, reviewCount: 0, reviews: { nodes: [] } });
    expect(codeOf(await create(buyer, shelf))).toBe("REVIEW_NOT_ALLOWED");
    expect(codeOf(await update(buyer, review.id, { comment: "Maaf" }))).toBe("REVIEW_NOT_ALLOWED");
    const { data } = await reviews.ask(buyer, "{ reviews { nodes { isArchived archiveReason } } }");
    expect(data).toEqual({ reviews: { nodes: [{ isArchived: true, archiveReason: "kata kasar" }] } });
    expect(codeOf(await remove(buyer, review.id))).toBeNull();
    expect(codeOf(await create(buyer, shelf))).toBe("REVIEW_NOT_ALLOWED");
    const line = await reviews.ask(buyer, "query($id: ID!) { order(id: $id) { items { canReview review { id } } } }", {
      id: order.orderId,
    });
    expect(line.data).toEqual({ order: { items: [{ canReview: false, review: null }] } });
  });

  test("leaves one line in the audit log, whoever clicks twice", async () => {
    const { review } = await reviewed();
    const first = await archive(reviews.staff, review.id);
    expect((await archive(reviews.staff, review.id, "alasan lain")).data).toEqual(first.data);
    expect(
      await reviews.sql("select permission, actor_id, reason from audit_logs where entity_id = $1", [review.id]),
    ).toEqual([{ permission: "review.archive", actorId: reviews.staff.id, reason: "kata kasar" }]);
  });

  test("needs a reason, and takes down nothing that its author took back", async () => {
    const { buyer, review } = await reviewed();
    expect(codeOf(await archive(reviews.staff, review.id, "  "))).toBe("INVALID_INPUT");
    expect(codeOf(await archive(reviews.staff, GUESSED))).toBe("NOT_FOUND");
    await remove(buyer, review.id);
    expect(codeOf(await archive(reviews.staff, review.id))).toBe("CONFLICT");
  });

  test("reads all, also those taken back or taken down, and the database deletes none", async () => {
    const { buyer, shelf, review } = await reviewed();
    await remove(buyer, review.id);
    const next = (await create(buyer, shelf, "Cukup", 3)).data?.createReview as Review;
    await archive(reviews.staff, next.id);
    const list = async (variables: object) => (await reviews.ask(reviews.staff, LIST, variables)).data;
    expect(await list({ productId: shelf.productId })).toEqual({
      adminReviews: {
        totalCount: 2,
        nodes: [
          { id: next.id, isArchived: true, isActive: true },
          { id: review.id, isArchived: false, isActive: false },
        ],
      },
    });
    expect(await list({ productId: shelf.productId, archived: false })).toMatchObject({
      adminReviews: { totalCount: 1, nodes: [{ id: review.id }] },
    });
    expect(await list({ productId: "x" })).toMatchObject({ adminReviews: { totalCount: 0, nodes: [] } });
    const { productId } = shelf;
    for (const [filter, ids] of [
      [{ state: "TAKEN_DOWN" }, [next.id]],
      [{ state: "TAKEN_BACK" }, [review.id]],
      [{ state: "SHOWN" }, []],
      [{ rating: 3 }, [next.id]],
      [{ search: "nobody@lunas.test" }, []],
    ] as const) {
      const nodes = ids.map((id) => ({ id }));
      expect(await list({ productId, ...filter })).toMatchObject({ adminReviews: { totalCount: ids.length, nodes } });
    }
    await expect(reviews.sql("delete from reviews where id = $1", [review.id])).rejects.toThrow();
  });
});
