import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Id, uuidv7 } from "../domain/kernel/ids.ts";
import { keepDestinations } from "../domain/shipping/destination.queries.ts";
import { tables } from "../domain/tables.ts";
import { type Config, loadConfigOrExit } from "../platform/config.ts";
import { hashPassword } from "../platform/credentials.ts";
import { type Db, inTransaction, openDb, type Tx } from "../platform/db.ts";
import { DEMO_PASSWORD, demoAccounts, demoCourses, demoPackages, demoStores } from "./seed/shop.ts";

/** Any number that no other tool of ours uses: two starts at once must make one shop. */
const SEED_LOCK = 7_246_303;

const newId = <Kind extends string>(now: Date) => uuidv7(now.getTime(), randomBytes(10)) as Id<Kind>;

async function sowStores(tx: Tx, now: Date): Promise<void> {
  await keepDestinations(
    tx,
    now,
    demoStores.map((store) => store.origin),
  );
  for (const store of demoStores) {
    const storeId = newId<"store">(now);
    await tx.sql(
      `insert into stores (id, slug, name, legal_name, npwp, origin_id, phone, email, address, is_pkp, pkp_since,
                           created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        storeId,
        store.slug,
        store.name,
        store.legalName,
        store.npwp,
        store.origin.id,
        store.phone,
        store.email,
        store.address,
        store.pkpSince !== null,
        store.pkpSince,
        now,
      ],
    );
    for (const goods of store.goods) {
      const [length, width, height] = goods.size;
      await tx.sql(
        `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm,
                               height_cm, opening_stock, stock, image_url, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $13)`,
        [
          newId<"product">(now),
          storeId,
          goods.slug,
          goods.name,
          goods.description,
          goods.price,
          goods.weightGrams,
          length,
          width,
          height,
          goods.stock,
          `/media/products/${goods.slug}.svg`,
          now,
        ],
      );
    }
  }
}

async function sowPackages(tx: Tx, now: Date): Promise<void> {
  const courseIds = new Map<string, string>();
  for (const { slug, title, description } of demoCourses) {
    const id = newId<"course">(now);
    courseIds.set(slug, id);
    await tx.sql("insert into courses (id, slug, title, description, created_at) values ($1, $2, $3, $4, $5)", [
      id,
      slug,
      title,
      description,
      now,
    ]);
  }
  for (const { slug, name, approval, isBundle, prices, courses, monthlyPrice = null } of demoPackages) {
    const id = newId<"package">(now);
    await tx.sql(
      `insert into packages (id, slug, name, approval, is_bundle, monthly_price, created_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, slug, name, approval, isBundle, monthlyPrice, now],
    );
    for (const [type, price] of Object.entries(prices)) {
      await tx.sql("insert into package_prices (package_id, type, price) values ($1, $2, $3)", [id, type, price]);
    }
    for (const [position, course] of courses.entries()) {
      await tx.sql("insert into package_courses (package_id, course_id, position) values ($1, $2, $3)", [
        id,
        courseIds.get(course),
        position,
      ]);
    }
  }
}

async function sowAccounts(tx: Tx, now: Date, passwordHash: string): Promise<void> {
  for (const { email, name, role, isMember, phone } of demoAccounts) {
    await tx.sql(
      `insert into users (id, email, email_key, password_hash, name, phone, role, is_member, created_at, updated_at)
       values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $8) on conflict (email_key) do nothing`,
      [newId<"user">(now), email, passwordHash, name, phone, role, isMember, now],
    );
  }
}

/**
 * Makes the demo shop: stores, products, courses, packages, and accounts whose password everybody knows: for local mode
 * alone. Any other run, also at the same moment, finds a shop and changes nothing: all of it is there or nothing.
 *
 * @returns false when the database has a shop already
 */
export async function seed(db: Db, now: Date): Promise<boolean> {
  const passwordHash = await hashPassword(DEMO_PASSWORD); // before the transaction: it takes a while
  return inTransaction(db, async (tx) => {
    await tx.sql("select pg_advisory_xact_lock($1)", [SEED_LOCK]);
    const shops = await tx.sql("select 1 from stores limit 1");
    if (shops.length > 0) return false;
    await sowStores(tx, now);
    await sowPackages(tx, now);
    await sowAccounts(tx, now, passwordHash);
    return true;
  });
}

/** `npm run seed`: says what it did in one line. */
export async function seedBy(config: Pick<Config, "mode" | "databaseUrl">): Promise<string> {
  if (config.mode !== "local") return `no demo shop in ${config.mode} mode: it belongs to local mode`;
  const db = openDb(config.databaseUrl, tables);
  try {
    return (await seed(db, new Date())) ? "the demo shop is there" : "there is a shop already: nothing changed";
  } finally {
    await db.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await seedBy(loadConfigOrExit())}\n`);
}
