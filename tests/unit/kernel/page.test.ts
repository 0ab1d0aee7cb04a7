import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCursor, PAGE_MAX, pageOf, readPage, readTimedPage } from "../../../domain/kernel/page.ts";

const refused = expect.objectContaining({ code: "INVALID_INPUT" });
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};
const ID = "0192f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";

describe("a page of a list", () => {
  test.each([0, -1, PAGE_MAX + 1, 1.5, Number.NaN, 1e9])("of %p rows is refused", (first) => {
    expect(thrownBy(() => readPage({ first }))).toEqual(refused);
  });

  test.each([
    "",
    "x",
    "%%%",
    "aGVsbG8",
    Buffer.from("\0\0").toString("base64url"),
    Buffer.from("a\0b\0c").toString("base64url"),
    "a".repeat(5000),
  ])("after the cursor %p, which is not ours, is refused", (after) =>
    expect(thrownBy(() => readPage({ first: 1, after }))).toEqual(refused),
  );

  test("gets back from a cursor what went in", () => {
    const part = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(part, part, (key, id) => {
        expect(readPage({ first: 5, after: encodeCursor({ key, id }) })).toEqual({ limit: 5, after: { key, id } });
      }),
    );
  });

  test.each([
    ["not a time", "yesterday", ID],
    ["a time of another form", "2026-11-20", ID],
    ["a day that is none", "2026-02-31T03:00:00.000000Z", ID],
    ["a year that PostgreSQL has not", "0000-01-01T00:00:00.000Z", ID],
    ["no id", "2026-11-20T03:00:00.000Z", "7"],
    ["a statement", "2026-11-20T03:00:00.000Z", "'; drop table orders; --"],
  ])("of a list by time refuses a cursor with %s", (_what, key, id) => {
    expect(thrownBy(() => readTimedPage({ first: 1, after: encodeCursor({ key, id }) }))).toEqual(refused);
  });

  test.each(["2026-11-20T03:00:00.123Z", "2026-11-20T03:00:00.123456Z"])(
    "of a list by time keeps %s to its last digit",
    (at) => {
      expect(readTimedPage({ first: 1, after: encodeCursor({ key: at, id: ID }) })).toEqual({
        limit: 1,
        after: { at, id: ID },
      });
    },
  );

  test("says that more follow by the one row beyond it, which it does not show", () => {
    const rows = [1, 2, 3];
    const keysetOf = (row: number) => ({ key: String(row), id: ID });
    const page = pageOf(rows, 2, false, keysetOf);
    expect(page.nodes).toEqual([1, 2]);
    expect(page.pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: false,
      endCursor: page.edges[1]?.cursor,
    });
    expect(pageOf(rows, 3, true, keysetOf).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(pageOf([], 3, false, keysetOf).pageInfo).toMatchObject({ startCursor: null, endCursor: null });
  });
});
