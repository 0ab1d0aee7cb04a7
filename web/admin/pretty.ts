/** JSON as people read it. */
export function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch (error) {
    // Shown as it came: staff must be able to read even what is not JSON.
    if (error instanceof SyntaxError) return json;
    throw error;
  }
}

/** The plain values of a JSON object in one line; null where it has none. */
export function detailLine(json: string): string | null {
  const values: unknown[] = Object.values(JSON.parse(json) as object);
  const shown = values.filter((value) => typeof value === "string" || typeof value === "number");
  return shown.length > 0 ? shown.join(" · ") : null;
}
