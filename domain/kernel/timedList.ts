import type { Sql, SqlValue } from "../../platform/sqlClient.ts";
import { type Page, type PageInput, pageOf, readTimedPage } from "./page.ts";
import { DAY_MS, later, startOfJakartaDay } from "./time.ts";

/** One condition of a list. Each `?` in its text stands for its one value, and `??` for PostgreSQL's operator. */
export interface Condition {
  readonly text: string;
  readonly value: SqlValue;
}

/** Fits no row: for an id that is of no id's form. */
export const NO_ROW: Condition = { text: "?::text is null", value: "no such id" };

/** Staff's lists are counted exactly up to here: beyond it nobody reads the number, and the list still pages. */
export const COUNT_MAX = 10_000;

const SEARCH_CHARS_MAX = 100; // of a search; no number, address or id of ours is longer

/** What somebody searches for; null for nothing. */
export const searchTerm = (search: string | null | undefined): string | null =>
  search?.trim().slice(0, SEARCH_CHARS_MAX) || null;

/** Jakarta days, both inclusive. */
export interface Days {
  readonly from?: string | null;
  readonly to?: string | null;
}

/** That an instant lies in these days. */
export function withinDays(column: string, days: Days | null | undefined): Condition[] {
  const list: Condition[] = [];
  if (days?.from) list.push({ text: `${column} >= ?`, value: startOfJakartaDay(days.from) });
  if (days?.to) list.push({ text: `${column} < ?`, value: later(startOfJakartaDay(days.to), DAY_MS) });
  return list;
}

/** A list by time. All of it is written in the code, so that each list is one of few prepared statements. */
export interface TimedList {
  readonly columns: string;
  /** What stands behind `from`, joins included. */
  readonly from: string;
  /** Its instant and its id, with their table's alias where there is one. */
  readonly at: string;
  readonly id: string;
  /** What waits longest stands first. */
  readonly isOldestFirst?: true;
}

/** The conditions as SQL; their values follow `before` others. */
export const whereOf = (conditions: readonly Condition[], before = 0): string =>
  conditions
    .map(({ text }, i) => text.replace(/\?\??/g, (mark) => (mark === "??" ? "?" : `$${before + i + 1}`)))
    .join(" and ") || "true";

/** A row's instant as its cursor holds it: to the microsecond, as PostgreSQL has it. */
export const cursorKeyOf = (at: string): string =>
  `to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_key`;

/**
 * A page of a list, the newest first unless the list says otherwise. The cursor holds the instant to the microsecond,
 * as PostgreSQL has it.
 *
 * @throws Refusal INVALID_INPUT for a page or a cursor that is not of its form
 */
export async function listNewest<T extends { readonly id: string }>(
  db: { readonly sql: Sql },
  list: TimedList,
  conditions: readonly Condition[],
  input: PageInput,
): Promise<Page<T>> {
  const { limit, after } = readTimedPage(input);
  const values = conditions.map(({ value }) => value);
  const [order, beyond] = list.isOldestFirst ? ["asc", ">"] : ["desc", "<"];
  let where = whereOf(conditions);
  if (after) {
    values.push(after.at, after.id);
    where += ` and (${list.at}, ${list.id}) ${beyond} ($${values.length - 1}::timestamptz, $${values.length}::uuid)`;
  }
  const rows = await db.sql<T & { cursorKey: string }>(
    `select ${list.columns}, ${cursorKeyOf(list.at)}
       from ${list.from} where ${where} order by ${list.at} ${order}, ${list.id} ${order} limit ${limit + 1}`,
    values,
  );
  return pageOf<T & { cursorKey: string }>(rows, limit, after !== null, (row) => ({ key: row.cursorKey, id: row.id }));
}

/** How many rows a list has; with `max` nobody counts further than to it. */
export async function countRows(
  db: { readonly sql: Sql },
  from: string,
  conditions: readonly Condition[],
  max: number | null = COUNT_MAX,
): Promise<number> {
  const inner = `select 1 from ${from} where ${whereOf(conditions)}${max === null ? "" : ` limit ${max}`}`;
  const [row] = await db.sql<{ count: number }>(
    `select count(*) as count from (${inner}) counted`,
    conditions.map(({ value }) => value),
  );
  return row?.count ?? 0;
}
