import { appendFileSync } from "node:fs";
import path from "node:path";
import type { Config } from "../platform/config.ts";
import { launch, runInForeground, type Undo } from "./launch.ts";
import { liveDemo } from "./seed/demoLife.ts";
import { reachableHost } from "./stackEnvironment.ts";

const DEMO_ACCOUNTS = ["customer", "customer2", "learner", "staff", "admin", "admin2"].map(
  (name) => `${name}@lunas.test`,
);

/** What a person needs to begin: where to go and as whom. */
export function addresses(config: Config): string {
  const rows: [string, string][] = [
    ["Shop", config.publicUrl],
    ["GraphQL", `${config.publicUrl}/graphql`],
    ["Health", `${config.publicUrl}/readyz`],
  ];
  if (config.mode === "local") rows.push(["Sandbox", `http://${reachableHost(config.host)}:${config.sandboxPort}`]);
  rows.push(["Logs", path.join(path.relative(process.cwd(), config.dataDir) || ".", "logs")]);
  if (config.mode === "local") {
    DEMO_ACCOUNTS.forEach((account, index) => {
      rows.push([index === 0 ? "Accounts" : "", index === 0 ? `${account}   (password lunas-demo)` : account]);
    });
  }
  return rows.map(([name, value]) => `  ${name.padEnd(10)}${value}`).join("\n");
}

/** Beside everything else: a shop is up without it, and what it says is for whoever looks for it. */
function beginDemo(config: Config, undo: Undo): void {
  if (config.mode !== "local") return;
  const host = reachableHost(config.host);
  const ending = new AbortController();
  undo.add(() => ending.abort());
  const shop = { shopUrl: `http://${host}:${config.port}`, sandboxUrl: `http://${host}:${config.sandboxPort}` };
  liveDemo({ ...shop, signal: ending.signal }).catch((error: unknown) => {
    if (ending.signal.aborted) return;
    appendFileSync(path.join(config.dataDir, "logs", "demo.log"), `${String(error)}\n`);
  });
}

process.exitCode = await runInForeground(async (undo) => {
  const launched = await launch(process.env, undo, { nodeFlags: [] });
  beginDemo(launched.config, undo);
  process.stdout.write(`\nLunas is running. Ctrl-C ends it.\n\n${addresses(launched.config)}\n\n`);
  return launched;
});
process.exit();
