import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { tables } from "../domain/tables.ts";
import { type Keyring, loadKeyring } from "../platform/config.ts";
import { ConfigError } from "../platform/configReader.ts";
import { openDb } from "../platform/db.ts";
import { openSealedSecrets, SECRET_NAMES, writeSealedSecrets } from "../platform/sealedSecrets.ts";
import { createSealer } from "../platform/secrets.ts";
import { openUploads, uploadsDir } from "../platform/uploads.ts";
import { withDatabase } from "./embeddedPostgres.ts";
import { rotateSealed } from "./rotateSealed.ts";

const USAGE = `npm run secrets -- set NAME    keeps a value, read from standard input, sealed under DATA_KEY
npm run secrets -- list        names what is kept, never a value
npm run secrets -- rotate      seals the file, the uploads and the database anew under the newest key of DATA_KEY
NAME is one of ${SECRET_NAMES.join(", ")}`;

const VALUE_MAX = 10_000; // characters; the longest key that a gateway gives has some hundred

class Refused extends Error {}

/** Asks without showing what is typed; from a pipe or a file the whole input is the value. */
async function readValue(name: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).trim();
  process.stderr.write(`${name}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return (await prompt.question("")).trim();
  } finally {
    prompt.close();
    process.stderr.write("\n");
  }
}

async function set({ dataDir, dataKeys }: Keyring, name: string | undefined): Promise<void> {
  if (name === undefined || !SECRET_NAMES.includes(name)) throw new Refused(USAGE);
  const value = await readValue(name);
  if (value === "" || value.length > VALUE_MAX) throw new Refused(`${name}: expected 1 to ${VALUE_MAX} characters`);
  writeSealedSecrets(dataDir, dataKeys, { ...openSealedSecrets(dataDir, dataKeys), [name]: value });
  process.stdout.write(`${name} is sealed\n`);
}

function list({ dataDir, dataKeys }: Keyring): void {
  const names = Object.keys(openSealedSecrets(dataDir, dataKeys)).sort();
  process.stdout.write(names.length === 0 ? "nothing is sealed\n" : `${names.join("\n")}\n`);
}

/** Every process must know the new key before: until they do they would seal under the old one. */
async function rotate({ dataDir, dataKeys, databaseUrl }: Keyring): Promise<void> {
  const secrets = openSealedSecrets(dataDir, dataKeys);
  if (Object.keys(secrets).length > 0) writeSealedSecrets(dataDir, dataKeys, secrets);
  const inDatabase = async (url: string) => {
    const db = openDb(url, tables);
    try {
      return await rotateSealed(db, createSealer(dataKeys));
    } finally {
      await db.close();
    }
  };
  const files = await openUploads(uploadsDir(dataDir), createSealer(dataKeys)).reseal();
  const moved = databaseUrl === null ? await withDatabase(dataDir, inDatabase) : await inDatabase(databaseUrl);
  const settings = Object.keys(secrets).length;
  process.stdout.write(
    `${settings} settings, ${files} files and ${moved} stored texts are sealed under ${dataKeys[0]?.id}\n`,
  );
}

async function main([command, name]: readonly string[]): Promise<void> {
  const keyring = loadKeyring();
  if (command === "set") return set(keyring, name);
  if (command === "list") return list(keyring);
  if (command === "rotate") return rotate(keyring);
  throw new Refused(USAGE);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refused || error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
