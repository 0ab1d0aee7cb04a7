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
