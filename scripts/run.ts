import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startChild } from "./childProcess.ts";
import { withDatabase } from "./embeddedPostgres.ts";
import { endAsked } from "./launch.ts";
import { StartRefused } from "./postgresProcess.ts";

/** Runs a compiled script with the database that `url` names, until it ends or this is told to end. */
async function runScript(name: string, args: readonly string[], url: string): Promise<number> {
  const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  if (!existsSync(file)) throw new StartRefused(`there is no command ${name}`);
  const env = { ...process.env, DATABASE_URL: url };
  const child = startChild({ name, args: ["--enable-source-maps", file, ...args], env, logFile: null });
  void endAsked().then(() => child.stop());
  const ended = await child.exited;
  return typeof ended === "number" ? ended : 1;
}

// `node run.js NAME [arguments]`: NAME is a script beside this one that reads DATABASE_URL. Where that is not set, the
// database is the one of a running start with the same DATA_DIR, or one that runs for as long as the script does.
const [name = "", ...args] = process.argv.slice(2);
const given = process.env["DATABASE_URL"]?.trim();
const dataDir = path.resolve(process.env["DATA_DIR"] || ".data");
try {
  process.exitCode = given
    ? await runScript(name, args, given)
    : await withDatabase(dataDir, (url) => runScript(name, args, url));
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
process.exit();
