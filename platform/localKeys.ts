import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface LocalKeys {
  jwtSecret: string;
  serviceApiKey: string;
  dataKey: string;
}

const read = (file: string): LocalKeys => JSON.parse(readFileSync(file, "utf8")) as LocalKeys;

/**
 * The keys of local mode, made once and kept under the data directory (mode 600).
 * API and worker may start at the same moment: the first to link its file wins, the other reads the winner's.
 */
export function localKeys(dataDir: string): LocalKeys {
  const file = path.join(dataDir, "keys.json");
  try {
    return read(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(dataDir, { recursive: true });
  const made: LocalKeys = {
    jwtSecret: randomBytes(32).toString("base64url"),
    serviceApiKey: randomBytes(24).toString("base64url"),
    dataKey: `k1:${randomBytes(32).toString("base64")}`,
  };
  const draft = path.join(dataDir, `.keys-${process.pid}-${randomBytes(4).toString("hex")}.json`);
  writeFileSync(draft, JSON.stringify(made), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file);
}
