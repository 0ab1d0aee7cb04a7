import { invalidInput } from "./errors.ts";
import { isId } from "./ids.ts";

/** What a list is asked for: `first` rows after the cursor. */
export interface PageInput {
  readonly first: number;
  readonly after?: string | null;
}

export interface Page<T> {
  readonly nodes: T[];
  readonly edges: { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** The largest page of any list: the public contract's. */
export const PAGE_MAX = 100;

/** Position in a list that is ordered by an instant or a text, then by id. */
export interface Keyset {
  readonly key: string;
  readonly id: string;
}

/** @throws Refusal INVALID_INPUT for a page below 1 or above PAGE_MAX, or a cursor that is not ours */
export function readPage(input: PageInput): { limit: number; after: Keyset | null } {
  if (!Number.isInteger(input.first) || input.first < 1 || input.first > PAGE_MAX) {
    throw invalidInput({ first: `1 to ${PAGE_MAX}` });
  }
  if (input.after === null || input.after === undefined) return { limit: input.first, after: null };
  const [key, id] = Buffer.from(input.after, "base64url").toString("utf8").split("\u0000");
  if (!key || !id || encodeCursor({ key, id }) !== input.after) throw invalidInput({ after: "a cursor of this list" });
  return { limit: input.first, after: { key, id } };
}

/** An instant in UTC to the microsecond (or millisecond), in a year that PostgreSQL has. */
const INSTANT = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:\d{3})?Z$/;

/** A Date takes the 31st of February for the 3rd of March: what it makes of the text must be the text. */
function isInstant(text: string): boolean {
  const at = INSTANT.test(text) ? new Date(text) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().slice(0, -1) === text.slice(0, 23);
}

/**
 * As readPage, for a list whose key is an instant. It stays text, because a Date would lose its microseconds.
 *
 * @throws Refusal INVALID_INPUT as readPage, and for a cursor that holds no instant and id
 */
export function readTimedPage(input: PageInput): { limit: number; after: { at: string; id: string } | null } {
  const { limit, after } = readPage(input);
  if (after === null) return { limit, after };
  if (!isInstant(after.key) || !isId(after.id)) throw invalidInput({ after: "a cursor of this list" });
  return { limit, after: { at: after.key, id: after.id } };
}

export const encodeCursor = ({ key, id }: Keyset): string =>
  Buffer.from(`${key}\u0000${id}`, "utf8").toString("base64url");

/**
 * A page out of `limit + 1` rows: the extra one only says that more follow.
 *
 * @param keysetOf where a row stands in the list
 */
export function pageOf<T>(rows: readonly T[], limit: number, hasAfter: boolean, keysetOf: (row: T) => Keyset): Page<T> {
  const nodes = rows.slice(0, limit);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(keysetOf(node)), node }));
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: rows.length > limit,
      hasPreviousPage: hasAfter,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges[edges.length - 1]?.cursor ?? null,
    },
  };
}
