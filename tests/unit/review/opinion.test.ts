import { describe, expect, test } from "vitest";
import { likenessOf, requireOpinion } from "../../../domain/review/review.rules.ts";

const said = (comment: string, rating: number | null = null) => requireOpinion({ rating, comment });
const complaint = (comment: string): string | null => {
  try {
    said(comment);
    return null;
  } catch (error) {
    return (error as { details: { fields: { comment: string } } }).details.fields.comment;
  }
};

describe("a comment", () => {
  test.each([
    "Bagus",
    "👍",
    "Ok.Sip",
    "Mantap.Top deh",
    "Baguuuuuus sekali",
    "Beli 2 gratis 1, harga Rp1.500.000, dikirim jam 10.30",
    "Kualitas 10/10, ukuran 3.5 x 4.2 cm",
    "Enak! Enak! Enak!",
    "Baris satu\nbaris dua",
    "Terima kasih.Info lebih lanjut tidak perlu",
    "Isi 500gr.Net 450gr",
    "Untuk 3 orang.Org tua suka",
    "Belanja cepat.Online lebih murah",
  ])("such as %j is taken as people write", (comment) => {
    expect(said(comment).comment).toBe(comment);
  });

  test.each([
    "lihat https://murah.example/x",
    "HTTP://x",
    "www.toko-saya",
    "ke tokoku.com saja",
    "toko (dot) com",
    "toko[.]com",
    "promo di belanja.co.id",
    "wa.me/62812",
    "t.me/promo",
    "bit.ly/abc",
    "promo.info/x",
    "murah.online/beli",
    "tokoku\u200b.com",
    "ｔｏｋｏｋｕ．ｃｏｍ",
  ])("with a link, as %j, is refused", (comment) => {
    expect(complaint(comment)).toBe("no links or addresses");
  });

  test.each(["bagussssssssssssssssssss", "promo ".repeat(20), "beli sekarang ".repeat(10)])(
    "that repeats itself, as %j, is refused",
    (comment) => {
      expect(complaint(comment)).toBe("no repeated words or characters");
    },
  );

  test.each(["", "   \n ", "\u200b\u202e", "x".repeat(2_001)])("of no length or too much is refused", (comment) => {
    expect(complaint(comment)).toBe("1 to 2000 characters");
  });

  test("of dots says nothing", () => {
    expect(complaint("...")).toBe("words");
  });

  test("is kept without what nobody sees", () => {
    expect(said("  Bagus\u202e sekali\u0000\r\nya ").comment).toBe("Bagus sekali\nya");
  });

  test("of the longest kind is judged within a tenth of a second", () => {
    const before = performance.now();
    for (const text of ["a-".repeat(1_000), "a (".repeat(600), "a.".repeat(1_000), " ".repeat(1_999)]) complaint(text);
    expect(performance.now() - before).toBeLessThan(100);
  });
});

test.each([0, 6, -1, 4.5, Number.NaN])("%p is no rating", (rating) => {
  expect(() => said("Bagus", rating)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
});

test("no rating is as good as one", () => {
  expect([said("Bagus", null).rating, said("Bagus", 1).rating, said("Bagus", 5).rating]).toEqual([null, 1, 5]);
});

test("texts are alike but for case, spaces and marks; a short phrase is anybody's, a long text nobody else's", () => {
  const text = "Barang sesuai gambar, pengiriman cepat";
  expect(likenessOf(text)).toEqual(likenessOf("barang  SESUAI gambar... pengiriman cepat!"));
  expect(likenessOf(text).key).not.toBe(likenessOf(`${text} sekali`).key);
  expect(likenessOf(text)).toMatchObject({ ownMax: 0, isCopied: false });
  expect(likenessOf("Barang bagus")).toMatchObject({ ownMax: 2, isCopied: false });
  expect(likenessOf(text.repeat(2))).toMatchObject({ ownMax: 0, isCopied: true });
  expect(likenessOf("👍").key).toBeNull();
});
