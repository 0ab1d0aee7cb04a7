import { useState } from "react";

/** What is marked of the rows that are shown; a row that has left the list is marked no more. */
export function useSelection<Row extends { readonly id: string }>(shown: readonly Row[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const rows = shown.filter(({ id }) => ids.has(id));
  return {
    rows,
    /** False where nothing that is shown can be marked. */
    isPossible: shown.length > 0,
    isAll: shown.length > 0 && rows.length === shown.length,
    has: (id: string) => ids.has(id),
    set(id: string, isMarked: boolean) {
      const next = new Set(ids);
      if (isMarked) next.add(id);
      else next.delete(id);
      setIds(next);
    },
    setAll: (isMarked: boolean) => setIds(new Set(isMarked ? shown.map(({ id }) => id) : [])),
    clear: () => setIds(new Set()),
  };
}
export type Selection<Row extends { readonly id: string }> = ReturnType<typeof useSelection<Row>>;
