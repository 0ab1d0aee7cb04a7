import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * The URL of the embedded database that a running `npm start` keeps for this data directory, null where none runs.
 * The file is written by scripts/embeddedPostgres.ts as `{ "url", "pid" }`.
 */
export function runningDatabaseUrl(dataDir: string): string | null {
  try {
    const { url } = JSON.parse(readFileSync(path.join(dataDir, "database.json"), "utf8")) as { url?: unknown };
    return typeof url === "string" ? url : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}
