import type { FieldFunctionOptions } from "@apollo/client";

const OF_THE_PAGE: ReadonlySet<string> = new Set(["first", "after"]);

type Asked = Pick<FieldFunctionOptions, "fieldName" | "field">;

const isCount = ({ field }: Asked): boolean =>
  field?.selectionSet?.selections.every(
    (part) => part.kind === "Field" && (part.name.value === "totalCount" || part.name.value === "__typename"),
  ) ?? false;

/**
 * The name that the cache keeps a list under: its pages are one list, and any other argument makes it another. How many
 * there are, asked for alone, is kept apart: it has no rows, and would leave the list without any when asked anew.
 */
export function listKey(args: Readonly<Record<string, unknown>> | null, asked: Asked): string {
  const filters = Object.entries(args ?? {}).filter(([name]) => !OF_THE_PAGE.has(name));
  filters.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${asked.fieldName}${isCount(asked) ? ":count" : ""}:${JSON.stringify(filters)}`;
}
