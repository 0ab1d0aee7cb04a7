// Compiles what changed since the last time, and nothing else: `node scripts/build.mjs server|all|tested|documents`.
// A step is skipped when the contents of its inputs are those of its last success, kept in dist/.build.json.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { waitForLock } from "./processLock.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const SERVER_FOLDERS = [
  "api",
  "domain",
  "gateways",
  "platform",
  "worker",
  "sandbox",
  "migrations",
  "tests",
  "bench",
  "scripts",
];
const GENERATED = path.join("web", "graphql", "generated");
const STAMPS = path.join("dist", ".build.json");
const SETTINGS = ["package-lock.json", "package.json"];
/** A cold build takes some 20 s on two cores; one behind it in the queue waits no longer. */
const BUILD_WITHIN_MS = 5 * 60_000;

/** Every file below `dir` (none where there is no such folder), the same order on every system. */
function filesBelow(dir, keep = () => true) {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.filter(keep).sort();
}

function digest(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = existsSync(file) ? readFileSync(file) : "";
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** The steps that a program reports on its way hide the one line that says what is wrong. */
const withoutProgress = (output) =>
  output
    .trim()
    .split("\n")
    .filter((line) => !/^[❯✔]/.test(line))
    .join("\n");

/** Runs a program of node_modules; its output is shown only when it fails. */
function run(title, program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${withoutProgress(output)}\n${title} failed`)),
    );
  });
}

/** Compiled files whose source is gone would still be found: a removed migration would still run. */
function removeOrphans() {
  for (const folder of [...SERVER_FOLDERS, "web"]) {
    for (const file of filesBelow(path.join("dist", folder), (name) => name.endsWith(".js"))) {
      const source = path.relative("dist", file).replace(/\.js$/, ".ts");
      if (existsSync(source)) continue;
      rmSync(file);
      rmSync(`${file}.map`, { force: true });
    }
  }
}

const isSource = (name) => /\.(ts|json)$/.test(name);
const isWebSource = (name) => !name.startsWith(GENERATED);
/** The client's plain functions, which tests run as the server's compiler leaves them. */
const plainWeb = () => filesBelow("web", (name) => name.endsWith(".ts"));
const web = () => filesBelow("web", isWebSource);
const documents = () => web().filter((name) => name.endsWith(".graphql"));

/** The steps: what they read, whether their output is there, what they run. */
const STEPS = {
  server: {
    inputs: () =>
      digest([
        ...SETTINGS,
        "tsconfig.json",
        ...SERVER_FOLDERS.flatMap((dir) => filesBelow(dir, isSource)),
        ...plainWeb(),
      ]),
    isThere: () => existsSync("dist/scripts"),
    async run() {
      await run("Compiling the server", "node_modules/typescript/bin/tsc", ["-p", "."]);
      removeOrphans();
    },
  },
  documents: {
    inputs: () => digest(["codegen.ts", "schema.graphql", ...SETTINGS, ...documents()]),
    isThere: () => existsSync(GENERATED),
    run: () =>
      run("Generating the client's types", "node_modules/@graphql-codegen/cli/esm/bin.js", ["--config", "codegen.ts"]),
  },
  web: {
    inputs: () => digest(["codegen.ts", "schema.graphql", ...SETTINGS, ...web()]),
    isThere: () => existsSync("dist/client/index.html"),
    run: () =>
      run("Building the web client", "node_modules/vite/bin/vite.js", [
        "build",
        "--config",
        "web/vite.config.ts",
        "--logLevel",
        "warn",
      ]),
  },
  webTypes: {
    inputs: () => digest(["schema.graphql", ...SETTINGS, ...web()]),
    isThere: () => true,
    run: () => run("Checking the client's types", "node_modules/typescript/bin/tsc", ["-p", "web", "--noEmit"]),
  },
};

function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return {};
    throw error;
  }
}

function keepStamp(name, inputs) {
  mkdirSync("dist", { recursive: true });
  const draft = `${STAMPS}.draft`;
  writeFileSync(draft, JSON.stringify({ ...readStamps(), [name]: inputs }));
  renameSync(draft, STAMPS);
}

async function step(name) {
  const { inputs, isThere, run: work } = STEPS[name];
  const now = inputs();
  if (readStamps()[name] === now && isThere()) return;
  await work();
  keepStamp(name, now);
}

const CLIENT_STEPS = {
  server: [],
  all: ["web"],
  tested: ["webTypes", "web"],
  documents: [],
};

async function build(what) {
  const failures = [];
  const attempt = (name) => step(name).catch((error) => failures.push(error));
  const client = async () => {
    for (const name of CLIENT_STEPS[what]) if (failures.length === 0) await attempt(name);
  };
  const server = async () => what === "documents" || attempt("server");
  // Tests of the client's plain functions are compiled with the server, so they need the client's types too; but types
  // that are there are enough: `npm run schema`, which mends what they come from, is compiled code itself.
  if (what !== "server" || !STEPS.documents.isThere()) await attempt("documents");
  await Promise.all([server(), client()]);
  for (const { message } of failures) process.stderr.write(`${message}\n`);
  return failures.length === 0;
}

const what = process.argv[2] ?? "all";
const release = await waitForLock(".lunas-build.lock", "build", { waitMs: BUILD_WITHIN_MS });
if (release === null) {
  process.stderr.write("Another command has been building for 5 minutes: end it and try again.\n");
  process.exit(1);
}
let isBuilt = false;
try {
  isBuilt = await build(what);
} finally {
  release();
}
process.exit(isBuilt ? 0 : 1);
