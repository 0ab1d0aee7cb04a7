import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startChild } from "./childProcess.ts";
import { launch, runInForeground, type Undo } from "./launch.ts";
import { freePort } from "./postgresProcess.ts";
import { reachableHost } from "./stackEnvironment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const at = (...parts: string[]) => path.join(root, ...parts);

/** An editor or compiler writes several files at once; one run for all of them is enough. */
const SETTLE_MS = 300;

/** Runs `work` after changes below `dir` of files that `concerns` picks; one run at a time. */
function onChange(
  dir: string,
  recursive: boolean,
  concerns: (file: string) => boolean,
  work: () => Promise<unknown>,
): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve<unknown>(undefined);
  return watch(dir, { recursive }, (_, file) => {
    if (file === null || !concerns(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(work);
    }, SETTLE_MS);
  });
}

function keepGenerating(undo: Undo, env: NodeJS.ProcessEnv): void {
  const run = (name: string, args: string[]) => startChild({ name, args, env, logFile: null }).exited;
  const schema = () => run("schema", ["dist/scripts/schema.js"]);
  const documents = () => run("documents", ["scripts/build.mjs", "documents"]);
  const watchers = [
    // The schema follows the resolvers, and the client's types follow the schema and the client's documents.
    onChange(at("dist", "api", "graphql"), true, (file) => file.endsWith(".js"), schema),
    onChange(at("web"), true, (file) => file.endsWith(".graphql"), documents),
    onChange(root, false, (file) => file === "schema.graphql", documents),
  ];
  for (const watcher of watchers) undo.add(() => watcher.close());
}

async function keepCompiling(undo: Undo, env: NodeJS.ProcessEnv, vitePort: number): Promise<void> {
  const tsc = ["node_modules/typescript/bin/tsc", "-p", ".", "--watch", "--preserveWatchOutput"];
  const vite = ["node_modules/vite/bin/vite.js", "--config", "web/vite.config.ts", "--strictPort"];
  for (const child of [
    startChild({ name: "tsc", args: tsc, env, logFile: null }),
    startChild({ name: "vite", args: [...vite, "--port", String(vitePort)], env, logFile: null }),
  ]) {
    undo.add(() => child.stop());
  }
}

process.exitCode = await runInForeground(async (undo) => {
  const launched = await launch({ ...process.env, LOG_TO: "stdout" }, undo, {
    nodeFlags: ["--watch", "--watch-preserve-output"],
  });
  const vitePort = await freePort();
  const api = `http://${reachableHost(launched.config.host)}:${launched.config.port}`;
  await keepCompiling(undo, { ...launched.env, LUNAS_API: api }, vitePort);
  keepGenerating(undo, launched.env);
  process.stdout.write(`\nLunas reloads on change: shop http://127.0.0.1:${vitePort}, API ${api}. Ctrl-C ends it.\n\n`);
  return launched;
});
process.exit();
