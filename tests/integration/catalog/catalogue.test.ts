import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  countProducts,
  findPackage,
  findProduct,
  listPackages,
  listProducts,
  listStores,
  type ProductFilter,
  type ProductView,
  readProducts,
} from "../../../domain/catalog/catalogue.queries.ts";
import { encodeCursor } from "../../../domain/kernel/page.ts";
import { inTransaction } from "../../../platform/db.ts";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { seed } from "../../../scripts/seed.ts";
import { addEmptyStore, addProduct } from "../../support/shelves.ts";
import { NOW, openTestShop, type TestShop } from "../../support/shopRows.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await openTestShop();
  await seed(shop.db, NOW);
});
afterAll(() => shop?.drop());

async function walk(filter: ProductFilter, first: number): Promise<ProductView[]> {
  const seen: ProductView[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listProducts>> = await listProducts(shop.db, filter, { first, after });
    seen.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null && seen.length < 1_000);
  return seen;
}
const namesFor = async (search: string) => (await walk({ search }, 100)).map(({ name }) => name);

describe("the list of products", () => {
  test.each([1, 7, 20, 100])("shows every product once on pages of %i, by name", async (first) => {
    const seen = await walk({}, first);
    expect(seen).toHaveLength(80);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(80);
    const [{ names } = { names: [] }] = await shop.db.sql<{ names: string[] }>(
      "select array_agg(name order by name, id) as names from products",
    );
    expect(seen.map(({ name }) => name)).toEqual(names);
  });

  test("keeps its place among products of one name", async () => {
    const storeId = await addEmptyStore(shop.db, 900101);
    const same = [];
    for (let i = 0; i < 5; i++) same.push(await addProduct(shop.db, storeId, { name: "Barang Kembar" }));
    const seen = await walk({ storeId }, 2);
    expect(seen.map(({ id }) => id)).toEqual([...same].sort());
    await inTransaction(shop.db, (tx) => tx.sql("update stores set is_active = false where id = $1", [storeId]));
    expect(await walk({ storeId }, 2)).toEqual([]);
  });

  test("costs one statement a page and one for the count, whatever the filter", async () => {
    for (const filter of [{}, { search: "kopi" }, { search: "batik", inStock: true }]) {
      const before = statementsSent();
      await listProducts(shop.db, filter, { first: 50 });
      expect(statementsSent() - before).toBe(1);
      await countProducts(shop.db, filter);
      expect(statementsSent() - before).toBe(2);
    }
  });

  test("counts what it shows", async () => {
    for (const filter of [{}, { search: "kopi" }, { inStock: true }, { inStock: false }, { search: "zzz" }]) {
      expect(await countProducts(shop.db, filter)).toBe((await walk(filter, 30)).length);
    }
  });

  test("can be held to one store and to what is in stock", async () => {
    const [store] = await listStores(shop.db);
    const ofStore = await walk({ storeId: store?.id ?? "" }, 100);
    expect(ofStore).toHaveLength(20);
    expect(new Set(ofStore.map(({ storeId }) => storeId))).toEqual(new Set([store?.id]));
    const gone = await walk({ inStock: false }, 100);
    expect(gone.length).toBeGreaterThan(0);
    expect(gone.every(({ stock }) => stock === 0)).toBe(true);
    expect((await walk({ inStock: true }, 100)).every(({ stock }) => stock > 0)).toBe(true);
    expect(await walk({ storeId: "no-store" }, 10)).toEqual([]);
  });

  test.each([
    [{ first: 0 }],
    [{ first: 101 }],
    [{ first: 1.5 }],
    [{ first: 10, after: "nonsense" }],
    [{ first: 10, after: encodeCursor({ key: "Kopi", id: "1" }) }],
  ])("refuses the page %j", async (page) => {
    await expect(listProducts(shop.db, {}, page)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("searching as one types", () => {
  test("finds words by their beginnings, in any order and case", async () => {
    expect(await namesFor("KOPI gay")).toContain("Kopi Arabika Gayo 250 g");
    expect(await namesFor("gay kop")).toEqual(await namesFor("kopi gay"));
    expect(await namesFor("topeng pan")).toEqual(["Topeng Kayu Panji"]);
  });

  test("finds what only the description says", async () => {
    expect(await namesFor("kluwek")).toEqual(["Bumbu Rawon Siap Masak 180 g"]);
  });

  test("wants every word", async () => {
    expect(await namesFor("kopi batik")).toEqual([]);
  });

  test.each(["kopi & !gayo", "kopi | batik", "'; drop table products", "a:*b", "kopi \u0000 gayo", "\\", "(("])(
    "takes %j as words",
    async (search) => {
      await expect(namesFor(search)).resolves.toEqual(expect.any(Array));
    },
  );

  test("shows all without a word, and nothing for signs alone", async () => {
    expect(await namesFor("   ")).toHaveLength(80);
    expect(await namesFor("!!!")).toEqual([]);
    expect(await countProducts(shop.db, { search: "!!!" })).toBe(0);
  });

  test("refuses a text that is no search", async () => {
    await expect(namesFor("x".repeat(101))).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("one product", () => {
  test("is found by its id or its slug", async () => {
    const bySlug = await findProduct(shop.db, { slug: "kopi-arabika-gayo-250-g" });
    expect(bySlug).toMatchObject({ name: "Kopi Arabika Gayo 250 g", price: 89_000, rating: null, reviewCount: 0 });
    expect(await findProduct(shop.db, { id: bySlug?.id ?? "" })).toEqual(bySlug);
  });

  test("is asked for by exactly one of them", async () => {
    for (const by of [{}, { id: null, slug: null }, { id: "x", slug: "y" }]) {
      await expect(findProduct(shop.db, by)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    }
  });

  test.each([{ id: "1" }, { slug: "tidak-ada" }, { slug: "\u0000" }, { slug: "" }])("is null for %j", async (by) => {
    expect(await findProduct(shop.db, by)).toBeNull();
  });

  test("that was withdrawn is no longer found, but still known to what refers to it, with nothing to buy", async () => {
    const storeId = await addEmptyStore(shop.db, 900101);
    const id = await addProduct(shop.db, storeId, { isActive: false, stock: 7 });
    expect(await findProduct(shop.db, { id })).toBeNull();
    expect(await readProducts(shop.db, [id])).toMatchObject([{ id, stock: 0 }]);
  });
});

describe("packages", () => {
  test("come with their prices and courses in one statement", async () => {
    const before = statementsSent();
    const packages = await listPackages(shop.db);
    expect(statementsSent() - before).toBe(1);
    expect(packages).toHaveLength(4);
    const bundle = packages.find(({ slug }) => slug === "umkm-naik-kelas");
    expect(bundle).toMatchObject({
      approval: "MANUAL",
      isBundle: true,
      prices: [
        { type: "DIKE", price: 450_000 },
        { type: "UMUM", price: 750_000 },
      ],
    });
    expect(bundle?.courses.map(({ slug }) => slug)).toEqual([
      "pembukuan-umkm",
      "pemasaran-toko-kecil",
      "foto-produk-ponsel",
      "ekspor-pertama",
    ]);
    expect(await findPackage(shop.db, bundle?.id ?? "")).toEqual(bundle);
  });

  test("that do not exist are null", async () => {
    expect(await findPackage(shop.db, "00000000-0000-7000-8000-000000000000")).toBeNull();
    expect(await findPackage(shop.db, "paket")).toBeNull();
  });
});
