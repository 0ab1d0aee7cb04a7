const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function read(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : { value };
  } catch {
    // Not JSON: shown as it came.
    return { value: json };
  }
}

/** A piece of evidence by its sides: what we hold, what they say, and the rest of it as text. */
export function sidesOf(json: string): { readonly ours: unknown; readonly theirs: unknown; readonly rest: string } {
  const { here, there, ours = here, theirs = there, ...rest } = read(json);
  return { ours, theirs, rest: JSON.stringify(rest, null, 2) };
}

/** The facts of one side as names and texts; what is empty says nothing and is left out. */
export function factsOf(side: unknown): ReadonlyArray<readonly [name: string, value: string]> {
  if (!isRecord(side)) return [];
  return Object.entries(side)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)] as const);
}
