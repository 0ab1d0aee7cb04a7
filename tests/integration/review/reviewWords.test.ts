import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codeOf, countCodes } from "../../support/api.ts";
import type { ShelfRow } from "../../support/shopRows.ts";
import { type Caller, openReviewShop, type ReviewShop, reviewing } from "./reviewFacts.ts";

let reviews: ReviewShop;
beforeAll(async () => {
  reviews = await openReviewShop();
});
afterEach(async () => {
  expect(await reviews.breaches()).toEqual([]);
});
afterAll(() => reviews?.stop());

const { create, update, reviewed } = reviewing(() => reviews);

describe("an author", () => {
  const COPIED = "Barang sesuai gambar, pengiriman cepat sekali, penjual ramah dan kemasannya sangat rapi";

  async function bought(by: Caller): Promise<ShelfRow> {
    const shelf = await reviews.addShelf();
    await reviews.complete(by, shelf);
    return shelf;
  }

  test("says it in his own words: of another thing not the same text again", async () => {
    const { buyer, review } = await reviewed("Barang sesuai gambar, pengiriman cepat");
    const second = await bought(buyer);
    const twin = await create(buyer, second, "barang sesuai gambar - pengiriman CEPAT!!");
    expect([codeOf(twin), Object.keys(twin.errors[0]?.extensions.details["fields"] as object)]).toEqual([
      "INVALID_INPUT",
      ["comment"],
    ]);
    expect(codeOf(await create(buyer, second, "Bagus"))).toBeNull();
    expect(codeOf(await update(buyer, review.id, { comment: "Barang sesuai gambar, pengiriman cepat." }))).toBeNull();
  });

  test("may say the same few words of three things, and not of a fourth", async () => {
    const buyer = await reviews.addBuyer();
    for (const comment of ["Bagus", "bagus!", "BAGUS"]) {
      expect(codeOf(await create(buyer, await bought(buyer), comment))).toBeNull();
    }
    expect(codeOf(await create(buyer, await bought(buyer), "Bagus."))).toBe("INVALID_INPUT");
  });

  test("says of a thing what others say of it, but for a long text that was copied", async () => {
    const shelf = await reviews.addShelf();
    const write = async (comment: string) => {
      const buyer = await reviews.addBuyer();
      await reviews.complete(buyer, shelf);
      return codeOf(await create(buyer, shelf, comment));
    };
    for (const comment of ["Bagus", "Barang sesuai deskripsi, pengiriman cepat"]) {
      expect([await write(comment), await write(comment), await write(comment)]).toEqual([null, null, null]);
    }
    expect([await write(COPIED), await write(COPIED)]).toEqual([null, "INVALID_INPUT"]);
  });

  test("at once of several things, or with others of one, says it once all the same", async () => {
    const buyer = await reviews.addBuyer();
    const things = [await bought(buyer), await bought(buyer), await bought(buyer), await bought(buyer)];
    const own = await Promise.all(things.map((thing) => create(buyer, thing, "Pengiriman cepat dan barang rapi")));
    expect(countCodes(own.map(codeOf))).toEqual({ OK: 1, INVALID_INPUT: 3 });
    const shelf = await reviews.addShelf();
    const buyers = await Promise.all(
      things.map(async () => {
        const other = await reviews.addBuyer();
        await reviews.complete(other, shelf);
        return other;
      }),
    );
    const copies = await Promise.all(buyers.map((other) => create(other, shelf, COPIED)));
    expect(countCodes(copies.map(codeOf))).toEqual({ OK: 1, INVALID_INPUT: 3 });
  });
});
