import { useState } from "react";

/** Texts that this browser keeps under a name; what it can't keep holds until the page is left. */
export function useStored(
  name: string,
  initially: readonly string[] = [],
): readonly [readonly string[], (next: readonly string[]) => void] {
  const key = `lunas.desk.${name}`;
  const [texts, setTexts] = useState<readonly string[]>(() => read(key) ?? initially);
  const keep = (next: readonly string[]) => {
    setTexts(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Storage that is full or forbidden: what was chosen holds until the page is left.
    }
  };
  return [texts, keep];
}

function read(key: string): readonly string[] | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string") : null;
  } catch {
    // Not ours, or of an older version: as if nothing had been kept.
    return null;
  }
}
