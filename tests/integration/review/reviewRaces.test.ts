import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codeOf, countCodes, numbers } from "../../support/api.ts";
import { GUESSED, openReviewShop, type ReviewShop, refund, reviewing } from "./reviewFacts.ts";

let reviews: ReviewShop;

beforeAll(async () => {
  reviews = await openReviewShop();
});
afterEach(async () => {
  expect(await reviews.breaches()).toEqual([]);
});
afterAll(() => reviews?.stop());

const { create, update, remove, archive, shown, reviewed } = reviewing(() => reviews);

describe("at once", () => {
  test("sixteen creates leave one review, and the other fifteen are told so", async () => {
    const [buyer, shelf] = [await reviews.addBuyer(), await reviews.addShelf()];
    await reviews.complete(buyer, shelf);
    await reviews.complete(buyer, shelf);
    const answers = await Promise.all(numbers(16).map((n) => create(buyer, shelf, `Ulasan ke-${n}`, (n % 5) + 1)));
    expect(countCodes(answers.map(codeOf))).toEqual({ OK: 1, ALREADY_REVIEWED: 15 });
    expect((await shown(shelf)).reviewCount).toBe(1);
  });

  test("twelve buyers, changes and take-downs leave a rating that adds up", async () => {
    const shelf = await reviews.addShelf();
    const buyers = await Promise.all(
      numbers(12).map(async () => {
        const buyer = await reviews.addBuyer();
        await reviews.complete(buyer, shelf);
        return buyer;
      }),
    );
    const written = await Promise.all(buyers.map((buyer, n) => create(buyer, shelf, `Bagus ${n}`, (n % 5) + 1)));
    const idOf = (n: number) => written[n]?.data?.createReview.id as string;
    const codes = await Promise.all(
      buyers.flatMap((buyer, n) => [
        update(buyer, idOf(n), { rating: 4 }),
        ...(n % 3 === 0 ? [archive(reviews.staff, idOf(n)), archive(reviews.staff, idOf(n))] : []),
        ...(n % 3 === 1 ? [remove(buyer, idOf(n)), remove(buyer, idOf(n))] : []),
      ]),
    );
    expect(codes.map(codeOf).filter((code) => code !== null && !/^(REVIEW_NOT_ALLOWED|NOT_FOUND)$/.test(code))).toEqual(
      [],
    );
    expect(await shown(shelf)).toMatchObject({ rating: 4, reviewCount: 4 });
  });

  test("a refund in full and a review: the one that comes second sees the first", async () => {
    const [buyer, shelf] = [await reviews.addBuyer(), await reviews.addShelf()];
    const order = await reviews.complete(buyer, shelf);
    const [answer] = await Promise.all([create(buyer, shelf), refund(reviews, order)]);
    expect(["OK", "REVIEW_NOT_ALLOWED"]).toContain(codeOf(answer) ?? "OK");
    expect((await shown(shelf)).reviewCount).toBe(codeOf(answer) === null ? 1 : 0);
    expect(codeOf(await update(buyer, answer.data?.createReview.id ?? GUESSED, { rating: 1 }))).not.toBeNull();
  });

  test("a take-down and a new try of its author: he never has another", async () => {
    for (const _ of numbers(4)) {
      const { buyer, shelf, review } = await reviewed();
      await Promise.all([
        archive(reviews.staff, review.id),
        ...numbers(3).map((n) => create(buyer, shelf, `Lagi ${n}`)),
      ]);
      expect(codeOf(await create(buyer, shelf, "Lagi"))).toBe("REVIEW_NOT_ALLOWED");
      expect((await shown(shelf)).reviewCount).toBe(0);
    }
  });
});
