import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { type Answer, codeOf, numbers } from "../../support/api.ts";
import { type Caller, openReviewShop, type ReviewShop, reviewing } from "./reviewFacts.ts";

interface ReviewPage {
  readonly product: {
    readonly reviews: {
      readonly nodes: readonly { readonly id: string }[];
      readonly pageInfo: { readonly endCursor: string };
    };
  };
}

let reviews: ReviewShop;

beforeAll(async () => {
  reviews = await openReviewShop();
});
afterEach(async () => {
  expect(await reviews.breaches()).toEqual([]);
});
afterAll(() => reviews?.stop());

const { create } = reviewing(() => reviews);

describe("a page of", () => {
  const cost = async (as: Caller, query: string) => {
    const before = statementsSent();
    const { data, errors } = await reviews.ask<Record<string, { nodes: object[] }>>(as, query);
    expect(errors).toEqual([]);
    return { statements: statementsSent() - before, length: Object.values(data ?? {})[0]?.nodes.length ?? 0 };
  };

  test.each([
    [
      "products with their reviews",
      `{ products(first: 50) { nodes {
        rating reviewCount reviews(first: 3) { totalCount nodes { author product { id } } } } } }`,
      3,
    ],
    [
      "orders with what their buyer says",
      "{ orders(first: 50) { nodes { items { canReview review { id author } } } } }",
      3,
    ],
    ["own reviews", "{ reviews { totalCount nodes { author product { id } } } }", 3],
  ])("%s costs the same statements, whatever its length", async (_what, query, statements) => {
    const buyer = await reviews.addBuyer();
    const seen = [];
    for (const _ of numbers(3)) {
      const shelf = await reviews.addShelf();
      await reviews.complete(buyer, shelf);
      await create(buyer, shelf, "Cocok");
      seen.push(await cost(buyer, query));
    }
    expect(seen.map((each) => each.statements)).toEqual([statements, statements, statements]);
    expect(new Set(seen.map(({ length }) => length)).size).toBe(3);
  });

  test("a product's reviews goes on where the last one ended, and each product has its own", async () => {
    const [shelf, other] = [await reviews.addShelf(), await reviews.addShelf()];
    const written: string[] = [];
    for (const n of numbers(5)) {
      const buyer = await reviews.addBuyer();
      await reviews.complete(buyer, shelf);
      written.unshift((await create(buyer, shelf, `Ulasan ${n}`)).data?.createReview.id as string);
      await reviews.complete(buyer, other);
      await create(buyer, other, `Lain ${n}`);
    }
    const seen: string[] = [];
    for (let after: string | null = null; seen.length < 5; ) {
      const answer: Answer<ReviewPage> = await reviews.ask(
        null,
        `query($id: ID!, $after: String) {
           product(id: $id) { reviews(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } } }`,
        { id: shelf.productId, after },
      );
      const page: ReviewPage["product"]["reviews"] | undefined = answer.data?.product.reviews;
      if (!page?.nodes.length) break;
      seen.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(written);
  });

  test.each(["reviews(first: 0)", "reviews(first: 101)", 'reviews(after: "x")'])(
    "%s of a product is refused",
    async (field) => {
      const { productId } = await reviews.addShelf();
      const answer = await reviews.ask(null, `query($id: ID!) { product(id: $id) { ${field} { nodes { id } } } }`, {
        id: productId,
      });
      expect(codeOf(answer)).toBe("INVALID_INPUT");
    },
  );
});
