import { defineConfig, defineEntity, MikroORM, p } from "@mikro-orm/postgresql";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tables } from "../../../domain/tables.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
}

/** One name for each type, whichever way it was written. */
const SAME_TYPE: readonly [RegExp, string][] = [
  [/^(ARRAY|.*\[\])$/, "array"],
  [/^(character varying|varchar|text|char|citext|bpchar).*/, "text"],
  [/^(int|integer|int4|serial)$/, "integer"],
  [/^(bigint|int8|bigserial)$/, "bigint"],
  [/^(smallint|int2)$/, "smallint"],
  [/^(timestamptz|timestamp with time zone).*/, "timestamptz"],
  [/^(boolean|bool)$/, "boolean"],
  [/^(double precision|float8|real)$/, "double"],
  [/^numeric.*/, "numeric"],
];

const typeOf = (type: string) => SAME_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? type;

async function storedColumns(url: string): Promise<Column[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ t: string; c: string; type: string; nullable: string }>(
      `select c.table_name as t, c.column_name as c, c.data_type as type, c.is_nullable as nullable
         from information_schema.columns c
         join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
          and c.table_name <> 'mikro_orm_migrations'`,
    );
    return rows.map((row) => ({
      table: row.t,
      name: row.c,
      type: typeOf(row.type),
      isNullable: row.nullable === "YES",
    }));
  } finally {
    await client.end();
  }
}

async function declaredColumns(entities: readonly unknown[]): Promise<Column[]> {
  const orm = new MikroORM(defineConfig({ clientUrl: "postgres://nobody/none", entities: [...entities] as never[] }));
  const found = [...orm.getMetadata().getAll().values()].flatMap((meta) =>
    Object.values(meta.properties)
      .filter((property) => property.persist !== false)
      .flatMap((property) =>
        property.fieldNames.map((name, index) => ({
          table: meta.tableName,
          name,
          type: typeOf(property.columnTypes[index] ?? ""),
          isNullable: property.nullable ?? false,
        })),
      ),
  );
  await orm.close(true);
  return found;
}

/** What one side has and the other lacks or has otherwise. */
function drift(declared: readonly Column[], stored: readonly Column[]): string[] {
  const words = (column: Column) =>
    `${column.table}.${column.name} ${column.type}${column.isNullable ? " null" : " not null"}`;
  const [code, database] = [new Set(declared.map(words)), new Set(stored.map(words))];
  return [
    ...[...code].filter((each) => !database.has(each)).map((each) => `in the code alone: ${each}`),
    ...[...database].filter((each) => !code.has(each)).map((each) => `in the migrations alone: ${each}`),
  ].sort();
}

describe("the migrations make the tables that the code declares", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test("column by column", async () => {
    expect(drift(await declaredColumns(tables), await storedColumns(database.url))).toEqual([]);
  });

  test("so a column that only one side has is noticed", async () => {
    const Extra = defineEntity({
      name: "Extra",
      tableName: "carts",
      properties: { id: p.uuid().primary(), colour: p.text() },
    });
    const stored = (await storedColumns(database.url)).filter(({ table }) => table === "carts");
    const found = drift(await declaredColumns([Extra]), stored);
    expect(found).toContain("in the code alone: carts.colour text not null");
    expect(found).toContain("in the migrations alone: carts.user_id uuid not null");
  });
});
