import path from "node:path";
import type { Config } from "../platform/config.ts";
import { launch, runInForeground } from "./launch.ts";
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

process.exitCode = await runInForeground(async (undo) => {
  const launched = await launch(process.env, undo, { nodeFlags: [] });
  process.stdout.write(`\nLunas is running. Ctrl-C ends it.\n\n${addresses(launched.config)}\n\n`);
  return launched;
});
process.exit();
