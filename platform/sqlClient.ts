import { createHash } from "node:crypto";
import pg from "pg";

/** A column's value as pg's parsers (below) give it. */
export type SqlValue = unknown;
export type SqlRow = Record<string, SqlValue>;

/** Runs one statement: `$1` parameters, rows as objects whose keys are the columns in camelCase. */
export type Sql = <T extends object = SqlRow>(text: string, values?: readonly SqlValue[]) => Promise<T[]>;

const INT8_OID = 20;
const NUMERIC_OID = 1700;
const DATE_OID = 1082;

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`a bigint beyond 2^53: ${text}`);
  return value;
}

/** bigint and numeric come as numbers (money is whole and below 2^53), a date as its YYYY-MM-DD. */
const PARSERS = new Map<number, (text: string) => unknown>([
  [INT8_OID, safeInteger],
  [NUMERIC_OID, Number],
  [DATE_OID, (text) => text],
]);
export const typeParsers = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    return (format !== "binary" && PARSERS.get(oid)) || pg.types.getTypeParser(oid, format as "text");
  },
} as pg.CustomTypesConfig;

/** Statements written in the code are constants, so their number is bounded; beyond this one is sent unnamed. */
const NAMED_STATEMENTS_MAX = 1000;
const names = new Map<string, string>();

/** A stable name by which a connection prepares a statement once; undefined when there are too many of them. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= NAMED_STATEMENTS_MAX) return known;
  const name = createHash("sha1").update(text).digest("base64url").slice(0, 16);
  names.set(text, name);
  return name;
}

/**
 * `column = ${anyId(1)}`: one of the ids in the array $1. PostgreSQL takes a short array for cheaper than the ten that
 * it assumes of an unknown one, and so plans the statement anew at every call, which costs more than running it. Behind
 * a subquery the array is unknown to the planner, and the plan is made once a connection.
 */
export const anyId = (place: number): string => `any((select $${place}::uuid[])::uuid[])`;

const keysByText = new Map<string, string[]>();
const toCamel = (column: string) => column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function keysOf(text: string, fields: readonly pg.FieldDef[]): string[] {
  const known = keysByText.get(text);
  if (known && known.length === fields.length) return known;
  const keys = fields.map((field) => toCamel(field.name));
  if (keysByText.size < NAMED_STATEMENTS_MAX) keysByText.set(text, keys);
  return keys;
}

let statements = 0;
/** Statements sent by this process, transaction brackets included; the benchmarks divide it by operations. */
export const statementsSent = () => statements;
export const countStatement = () => {
  statements += 1;
};

/** Where a statement can go: a pool or one connection of it. */
interface Queryable {
  query(config: pg.QueryArrayConfig<unknown[]>): Promise<pg.QueryArrayResult<unknown[][]>>;
}

/** Makes an Sql out of a pool or a connection. */
export function sqlOver(target: Queryable): Sql {
  return async <T extends object>(text: string, values: readonly SqlValue[] = []): Promise<T[]> => {
    statements += 1;
    const result = await target.query({ name: nameOf(text), text, values: values as unknown[], rowMode: "array" });
    const keys = keysOf(text, result.fields);
    return result.rows.map((row) => {
      const shaped: SqlRow = {};
      for (let i = 0; i < keys.length; i++) shaped[keys[i] as string] = row[i];
      return shaped as T;
    });
  };
}
