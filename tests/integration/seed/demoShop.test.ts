import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listProducts } from "../../../domain/catalog/catalogue.queries.ts";
import { billedGrams } from "../../../domain/shipping/parcel.rules.ts";
import { verifyPassword } from "../../../platform/credentials.ts";
import { drawPicture } from "../../../scripts/seed/pictures.ts";
import { DEMO_PASSWORD, demoStores } from "../../../scripts/seed/shop.ts";
import { seed, seedBy } from "../../../scripts/seed.ts";
import { NOW, openTestShop, type TestShop } from "../../support/shopRows.ts";

const PICTURE_BYTES_MAX = 4_096; // a page shows many of them on a phone

let shop: TestShop;
beforeAll(async () => {
  shop = await openTestShop();
});
afterAll(() => shop?.drop());

const counts = async () => {
  const tables = [
    "stores",
    "products",
    "courses",
    "packages",
    "package_prices",
    "package_courses",
    "users",
    "destinations",
  ];
  const columns = tables.map((table) => `(select count(*) from ${table}) as ${table}`);
  return (await shop.db.sql(`select ${columns.join(", ")}`))[0];
};

describe("the demo shop", () => {
  const whole = {
    stores: 4,
    products: 80,
    courses: 6,
    packages: 4,
    packagePrices: 8,
    packageCourses: 10,
    users: 6,
    destinations: 4,
  };

  test("is made once, also by several at once", async () => {
    const made = await Promise.all([seed(shop.db, NOW), seed(shop.db, NOW), seed(shop.db, NOW)]);
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await counts()).toEqual(whole);
    expect(await seed(shop.db, NOW)).toBe(false);
    expect(await counts()).toEqual(whole);
  });

  test("is not made where a password that everybody knows would be an open door", async () => {
    for (const mode of ["sandbox", "production"] as const) {
      expect(await seedBy({ mode, databaseUrl: "postgres://nowhere.invalid/none" })).toMatch(/no demo shop/);
    }
  });

  test("lets its people in, each in a role", async () => {
    const people = await shop.db.sql<{ email: string; role: string; isMember: boolean; passwordHash: string }>(
      "select email, role, is_member, password_hash from users order by email",
    );
    expect(people.map(({ email, role, isMember }) => [email, role, isMember])).toEqual([
      ["admin2@lunas.test", "ADMIN", false],
      ["admin@lunas.test", "ADMIN", false],
      ["customer2@lunas.test", "CUSTOMER", false],
      ["customer@lunas.test", "CUSTOMER", false],
      ["learner@lunas.test", "CUSTOMER", true],
      ["staff@lunas.test", "STAFF", false],
    ]);
    expect(await verifyPassword(people[0]?.passwordHash ?? null, DEMO_PASSWORD)).toBe(true);
  });

  test("sells from four places, and one of its stores is no taxable entrepreneur", async () => {
    const stores = await shop.db.sql<{ originId: number; isPkp: boolean }>("select origin_id, is_pkp from stores");
    expect(new Set(stores.map(({ originId }) => originId)).size).toBe(4);
    expect(stores.filter(({ isPkp }) => !isPkp)).toHaveLength(1);
  });

  test("sells parcels that a courier takes", () => {
    for (const { name, weightGrams, size } of demoStores.flatMap((store) => store.goods)) {
      const [lengthCm, widthCm, heightCm] = size;
      expect([name, billedGrams({ weightGrams, lengthCm, widthCm, heightCm })]).toEqual([name, expect.any(Number)]);
      expect(billedGrams({ weightGrams, lengthCm, widthCm, heightCm })).toBeLessThan(10_000);
    }
  });
});

describe("the pictures", () => {
  const folder = path.resolve("media", "products");
  const goods = demoStores.flatMap((store) => store.goods);

  test("are one for each product, as they are drawn now (`node dist/scripts/drawPictures.js`)", () => {
    expect(readdirSync(folder).sort()).toEqual(goods.map(({ slug }) => `${slug}.svg`).sort());
    const stale = goods.filter(
      ({ slug, picture }) => readFileSync(path.join(folder, `${slug}.svg`), "utf8") !== drawPicture(slug, picture),
    );
    expect(stale.map(({ slug }) => slug)).toEqual([]);
  });

  test("are small, and hold nothing that runs or loads", () => {
    for (const { slug } of goods) {
      const picture = readFileSync(path.join(folder, `${slug}.svg`), "utf8");
      expect(Buffer.byteLength(picture)).toBeLessThan(PICTURE_BYTES_MAX);
      expect(picture).not.toMatch(/<script|<image|<foreignObject|\son\w+=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/i);
    }
  });

  test("are what the products show", async () => {
    const { nodes } = await listProducts(shop.db, {}, { first: 100 });
    expect(nodes.map(({ imageUrl }) => imageUrl).sort()).toEqual(
      goods.map(({ slug }) => `/media/products/${slug}.svg`).sort(),
    );
  });
});
