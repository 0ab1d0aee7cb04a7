import type { Db } from "../../platform/db.ts";
import type { Sql, SqlValue } from "../../platform/sqlClient.ts";
import { invalidInput } from "../kernel/errors.ts";
import { type CourseId, isId, type PackageId, type ProductId, type StoreId } from "../kernel/ids.ts";
import { type Page, type PageInput, pageOf, readPage } from "../kernel/page.ts";

/** A product as shoppers see it. */
export interface ProductView {
  readonly id: ProductId;
  readonly storeId: StoreId;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** Whole rupiah. */
  readonly price: number;
  /** What can be bought right now: 0 of a withdrawn product. */
  readonly stock: number;
  readonly weightGrams: number;
  readonly imageUrl: string | null;
  /** Mean of the visible ratings, 1 to 5; null before the first. */
  readonly rating: number | null;
  readonly reviewCount: number;
}

export interface StoreView {
  readonly id: StoreId;
  readonly name: string;
  readonly slug: string;
  /** RajaOngkir's id of the place that it sends from. */
  readonly originId: number;
}

export interface ProductFilter {
  readonly search?: string | null;
  readonly storeId?: string | null;
  readonly inStock?: boolean | null;
}

const ON_SALE = "p.is_active and s.is_active";
const PRODUCT_COLUMNS = `p.id, p.store_id, p.slug, p.name, p.description, p.price, p.weight_grams, p.image_url,
  p.review_count,
  case when ${ON_SALE} then p.stock else 0 end as stock,
  p.rating_sum::float8 / nullif(p.rating_count, 0) as rating`;
const PRODUCT_TABLES = "products p join stores s on s.id = p.store_id";

const SEARCH_CHARS_MAX = 100; // a longer text is no search for a product
const SEARCH_WORDS_MAX = 8; // each word is one more index scan

/**
 * Turns what somebody is typing into a tsquery in which each word is a beginning: "kopi gay" finds "Kopi Gayo". Null
 * when it holds no letter or digit. Only letters and digits get through, so nothing in it is an operator.
 *
 * @throws Refusal INVALID_INPUT when it is too long
 */
function prefixQuery(search: string): string | null {
  if (search.length > SEARCH_CHARS_MAX)
    throw invalidInput({ "filter.search": `at most ${SEARCH_CHARS_MAX} characters` });
  const words = search.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return null;
  return words
    .slice(0, SEARCH_WORDS_MAX)
    .map((word) => `${word}:*`)
    .join(" & ");
}

interface Conditions {
  /** SQL that begins with `where`; one of few texts, so each becomes a prepared statement. */
  readonly where: string;
  readonly values: SqlValue[];
}

/** Null when nothing can fit. @throws Refusal INVALID_INPUT */
function conditionsOf(filter: ProductFilter): Conditions | null {
  const parts = [ON_SALE];
  const values: SqlValue[] = [];
  if (filter.search?.trim()) {
    const query = prefixQuery(filter.search);
    if (!query) return null;
    values.push(query);
    parts.push(`p.search @@ to_tsquery('simple', $${values.length})`);
  }
  if (filter.storeId !== null && filter.storeId !== undefined) {
    if (!isId(filter.storeId)) return null;
    values.push(filter.storeId);
    parts.push(`p.store_id = $${values.length}`);
  }
  if (filter.inStock === true) parts.push("p.stock > 0");
  if (filter.inStock === false) parts.push("p.stock = 0");
  return { where: `where ${parts.join(" and ")}`, values };
}

/**
 * Products on sale by name. One statement, whatever the filter; the total is counted by countProducts only where it is
 * asked for.
 *
 * @throws Refusal INVALID_INPUT for a page, cursor or search that is not of its form
 */
export async function listProducts(
  db: Pick<Db, "sql">,
  filter: ProductFilter,
  input: PageInput,
): Promise<Page<ProductView>> {
  const { limit, after } = readPage(input);
  if (after && !isId(after.id)) throw invalidInput({ after: "a cursor of this list" });
  const conditions = conditionsOf(filter);
  const keyset = (row: ProductView) => ({ key: row.name, id: row.id });
  if (!conditions) return pageOf<ProductView>([], limit, after !== null, keyset);
  const { where, values } = conditions;
  if (after) values.push(after.key, after.id);
  const position = after ? `and (p.name, p.id) > ($${values.length - 1}, $${values.length})` : "";
  values.push(limit + 1);
  const rows = await db.sql<ProductView>(
    `select ${PRODUCT_COLUMNS} from ${PRODUCT_TABLES} ${where} ${position}
      order by p.name, p.id limit $${values.length}`,
    values,
  );
  return pageOf(rows, limit, after !== null, keyset);
}

/** How many products the filter fits. One statement. @throws Refusal INVALID_INPUT for a search that is too long */
export async function countProducts(db: Pick<Db, "sql">, filter: ProductFilter): Promise<number> {
  const conditions = conditionsOf(filter);
  if (!conditions) return 0;
  const [row] = await db.sql<{ count: number }>(
    `select count(*) from ${PRODUCT_TABLES} ${conditions.where}`,
    conditions.values,
  );
  return row?.count ?? 0;
}

const SLUG = /^[a-z0-9-]{1,120}$/;

/**
 * One product on sale by its id or its slug; null where there is none.
 *
 * @throws Refusal INVALID_INPUT unless exactly one of the two is given
 */
export async function findProduct(
  db: Pick<Db, "sql">,
  by: { readonly id?: string | null; readonly slug?: string | null },
): Promise<ProductView | null> {
  const { id, slug } = by;
  const hasId = id !== null && id !== undefined;
  const hasSlug = slug !== null && slug !== undefined;
  if (hasId === hasSlug) throw invalidInput({ id: "either id or slug", slug: "either id or slug" });
  if (hasId ? !isId(id) : !SLUG.test(slug ?? "")) return null;
  const [row] = await db.sql<ProductView>(
    `select ${PRODUCT_COLUMNS} from ${PRODUCT_TABLES} where ${ON_SALE} and ${hasId ? "p.id" : "p.slug"} = $1`,
    [hasId ? id : slug],
  );
  return row ?? null;
}

/** Products by id, withdrawn ones too: what was bought is shown for ever. One statement. */
export function readProducts(db: { sql: Sql }, ids: readonly ProductId[]): Promise<ProductView[]> {
  return db.sql<ProductView>(`select ${PRODUCT_COLUMNS} from ${PRODUCT_TABLES} where p.id = any($1::uuid[])`, [ids]);
}

/** Stores by id, closed ones too. One statement. */
export function readStores(db: { sql: Sql }, ids: readonly StoreId[]): Promise<StoreView[]> {
  return db.sql<StoreView>("select id, name, slug, origin_id from stores where id = any($1::uuid[])", [ids]);
}

/** Every open store by name: an operator's list, which is short. */
export function listStores(db: { sql: Sql }): Promise<StoreView[]> {
  return db.sql<StoreView>("select id, name, slug, origin_id from stores where is_active order by name, id");
}

export const PACKAGE_APPROVALS = ["MANUAL", "AUTO"] as const;
export type PackageApproval = (typeof PACKAGE_APPROVALS)[number];
export const ENROLLMENT_TYPES = ["DIKE", "UMUM"] as const;
export type EnrollmentType = (typeof ENROLLMENT_TYPES)[number];

export interface CourseView {
  readonly id: CourseId;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
}

export interface PackageView {
  readonly id: PackageId;
  readonly slug: string;
  readonly name: string;
  readonly approval: PackageApproval;
  readonly isBundle: boolean;
  /** Whole rupiah; null: not sold by the month. */
  readonly monthlyPrice: number | null;
  /** Whole rupiah. */
  readonly prices: { readonly type: EnrollmentType; readonly price: number }[];
  readonly courses: CourseView[];
}

// Prices and courses come with their package as JSON: one statement for the whole list, however long it is.
const PACKAGES = `
  select k.id, k.slug, k.name, k.approval, k.is_bundle, k.monthly_price,
         (select coalesce(json_agg(json_build_object('type', r.type, 'price', r.price) order by r.type), '[]')
            from package_prices r where r.package_id = k.id) as prices,
         (select coalesce(json_agg(json_build_object('id', c.id, 'slug', c.slug, 'title', c.title,
                                                     'description', c.description)
                                   order by x.position), '[]')
            from package_courses x join courses c on c.id = x.course_id where x.package_id = k.id) as courses
    from packages k`;

const PACKAGES_MAX = 100; // shown on one page; the contract has no pages for them

/** Packages on sale by name. One statement. */
export function listPackages(db: Pick<Db, "sql">): Promise<PackageView[]> {
  return db.sql<PackageView>(`${PACKAGES} where k.is_active order by k.name, k.id limit ${PACKAGES_MAX}`);
}

/** One package on sale; null where there is none. One statement. */
export async function findPackage(db: Pick<Db, "sql">, id: string): Promise<PackageView | null> {
  if (!isId(id)) return null;
  const [row] = await db.sql<PackageView>(`${PACKAGES} where k.is_active and k.id = $1`, [id]);
  return row ?? null;
}

/** Packages by id, withdrawn ones too: what was bought is shown for ever. One statement. */
export function readPackages(db: { sql: Sql }, ids: readonly PackageId[]): Promise<PackageView[]> {
  return db.sql<PackageView>(`${PACKAGES} where k.id = any($1::uuid[])`, [ids]);
}

/** Courses by id, closed ones too. One statement. */
export function readCourses(db: { sql: Sql }, ids: readonly CourseId[]): Promise<CourseView[]> {
  return db.sql<CourseView>("select id, slug, title, description from courses where id = any($1::uuid[])", [ids]);
}
