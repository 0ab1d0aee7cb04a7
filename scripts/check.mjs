// `npm run check`: everything that can be said about the code without running it. All of it runs, so that one look
// shows every complaint; the exit code says whether there was one. The server was compiled on the way here.
import { spawn } from "node:child_process";

const TESTS = ["node_modules/vitest/vitest.mjs", "run"];

const STEPS = [
  ["types of the client", ["node_modules/typescript/bin/tsc", "-p", "web", "--noEmit"]],
  [
    "lint and format",
    ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--max-diagnostics=50"],
  ],
  // With the drift of schema.graphql and, on a PostgreSQL of its own, of the migrations.
  ["architecture", [...TESTS, "--reporter=dot", "tests/architecture", "tests/integration/house/migrationsMatchTables"]],
  ["unused code", ["node_modules/knip/bin/knip.js"]],
];

function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("exit", (code) => resolve({ isFine: code === 0, output: output.trim() }));
  });
}

const failed = [];
for (const [title, args] of STEPS) {
  const { isFine, output } = await run(args);
  process.stdout.write(`${isFine ? "ok  " : "FAIL"} ${title}\n`);
  if (isFine) continue;
  failed.push(title);
  process.stdout.write(`${output}\n\n`);
}
process.exit(failed.length === 0 ? 0 : 1);
