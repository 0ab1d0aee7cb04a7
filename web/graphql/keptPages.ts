import type { FieldMergeFunction } from "@apollo/client";

interface Edge {
  readonly cursor?: string;
}

interface Pages {
  readonly edges: readonly Edge[];
  readonly pageInfo: { readonly hasNextPage?: boolean; readonly endCursor?: string };
}

/** The pages after the one that ends with this edge; null where they don't follow it. */
function tailAfter(known: Pages, last: Edge | undefined): readonly Edge[] | null {
  const at = last?.cursor === undefined ? -1 : known.edges.findIndex(({ cursor }) => cursor === last.cursor);
  return at < 0 || at === known.edges.length - 1 ? null : known.edges.slice(at + 1);
}

/**
 * Merges a first page that is asked for anew so that it takes away none of the pages that follow it: who comes back to
 * a long list finds it as long as he left it, and his place in it. Anything else is merged as `merge` has it.
 */
export function keepingPages(merge: FieldMergeFunction): FieldMergeFunction {
  return (known: Pages | undefined, incoming: Pages, options) => {
    const merged: Pages = merge(known, incoming, options);
    if (!known || options.args?.["after"] || !merged.pageInfo.hasNextPage) return merged;
    const tail = tailAfter(known, merged.edges.at(-1));
    if (!tail) return merged;
    const shown = new Set(merged.edges.map(({ cursor }) => cursor));
    const { hasNextPage, endCursor } = known.pageInfo;
    return {
      ...merged,
      edges: [...merged.edges, ...tail.filter(({ cursor }) => !shown.has(cursor))],
      pageInfo: { ...merged.pageInfo, hasNextPage, endCursor },
    };
  };
}
