import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createSealer, type DataKey } from "./secrets.ts";

/** The settings that may be kept sealed: every secret but the key that seals them. */
export const SECRET_NAMES: readonly string[] = [
  "MIDTRANS_SERVER_KEY",
  "MIDTRANS_CLIENT_KEY",
  "MIDTRANS_MERCHANT_ID",
  "MIDTRANS_SIGNATURE_KEY",
  "RAJAONGKIR_KEY",
  "KOMERCE_KEY",
  "JWT_SECRET",
  "SERVICE_API_KEY",
  "SMTP_URL",
];

const CONTEXT = "settings";
const fileIn = (dataDir: string) => path.join(dataDir, "secrets.sealed");

/** The settings that `npm run secrets -- set NAME` keeps, by name; empty where there are none. */
export function openSealedSecrets(dataDir: string, keys: readonly DataKey[]): Record<string, string> {
  let sealed: string;
  try {
    sealed = readFileSync(fileIn(dataDir), "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  return JSON.parse(createSealer(keys).open(sealed, CONTEXT)) as Record<string, string>;
}

/** Writes all of them again under the newest key; the file is replaced whole, so a crash leaves one or the other. */
export function writeSealedSecrets(dataDir: string, keys: readonly DataKey[], secrets: Record<string, string>): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${fileIn(dataDir)}.${process.pid}`;
  writeFileSync(draft, createSealer(keys).seal(JSON.stringify(secrets), CONTEXT), { mode: 0o600 });
  renameSync(draft, fileIn(dataDir));
}
