#!/usr/bin/env node
// The entry of every command in package.json. Plain JavaScript that Node 20.19 runs, because that may be all that the
// machine has: it installs what is missing, then goes on under the project's own Node and on compiled code.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { waitForLock } from "./processLock.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);

/** What MikroORM needs and the machine's own Node must be where npm has no Node for the system. */
const OLDEST_NODE = [22, 17];
/** The oldest that runs these first scripts. */
const OLDEST_LAUNCHER = [20, 19];
/** A cold install over a slow line takes minutes; one behind it in the queue waits no longer. */
const INSTALL_WITHIN_MS = 15 * 60_000;
const LOOK_FOR_PARENT_EVERY_MS = 100;

const TESTS = ["node_modules/vitest/vitest.mjs", "run"];
const process_ = (name) => ({ build: "server", node: ["--enable-source-maps", `dist/${name}/main.js`] });
/** A script that reads or writes the database: the running start's, or one that is started for it. */
const withDatabase = (name) => ({ build: "server", node: ["--enable-source-maps", "dist/scripts/run.js", name] });
const script = (name) => ({ build: "server", node: ["--enable-source-maps", `dist/scripts/${name}.js`] });

/** What is built for a command (`all`: the web client too) and what runs then. */
const COMMANDS = {
  start: { build: "all", node: ["--enable-source-maps", "dist/scripts/start.js"] },
  dev: { build: "all", node: ["--enable-source-maps", "dist/scripts/dev.js"] },
  test: { build: "all", node: TESTS },
  api: process_("api"),
  worker: process_("worker"),
  sandbox: process_("sandbox"),
  migrate: withDatabase("migrate"),
  seed: withDatabase("seed"),
  audit: withDatabase("audit"),
  jobs: withDatabase("jobs"),
  reconcile: withDatabase("reconcile"),
  backup: withDatabase("backup"),
  restore: withDatabase("restore"),
  schema: script("schema"),
  states: script("states"),
  secrets: script("secrets"),
  bench: { build: "server", node: ["--enable-source-maps", "dist/bench/main.js"] },
  drill: { build: "server", node: ["--enable-source-maps", "dist/scripts/drill/drill.js"] },
  "test:midtrans": script("testMidtrans"),
  check: { build: "server", node: ["scripts/check.mjs"] },
  build: { build: "all", node: ["--version"] },
};

function refuse(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

const isAtLeast = (version, [major, minor]) => {
  const [ours = 0, oursMinor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return ours > major || (ours === major && oursMinor >= minor);
};

/** Everything that decides what node_modules must hold. */
function installStamp() {
  const lock = readFileSync(at("package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}`;
}

const stampFile = at("node_modules", ".lunas-stamp");
const readOrEmpty = (file) => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** True where npm itself left what the lock asks for: its own record, written last, names the same versions. */
function isInstalledByNpm() {
  const record = at("node_modules", ".package-lock.json");
  const [, platform] = readOrEmpty(stampFile).split(" ");
  if (!existsSync(record) || (platform && platform !== `${process.platform}-${process.arch}`)) return false;
  const { packages: there } = JSON.parse(readFileSync(record, "utf8"));
  const { packages: asked } = JSON.parse(readFileSync(at("package-lock.json"), "utf8"));
  const isMissing = ([name, entry]) => name !== "" && !entry.optional && there[name]?.version !== entry.version;
  const isForeign = ([name, entry]) => asked[name]?.version !== entry.version;
  return !Object.entries(asked).some(isMissing) && !Object.entries(there).some(isForeign);
}

function npmCi() {
  process.stderr.write("Installing packages, once (about a minute) ...\n");
  const npm = process.env.npm_execpath;
  const [file, first] = npm ? [process.execPath, [npm]] : [process.platform === "win32" ? "npm.cmd" : "npm", []];
  // The machine's Node is older than some packages ask for; they run under the project's own, so npm need not warn.
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--include=dev", "--include=optional"];
  // Where NODE_ENV is production npm would leave out what builds the project.
  const env = { ...process.env, NODE_ENV: "development" };
  const { status, stdout, stderr, error } = spawnSync(file, [...first, ...flags], { cwd: root, encoding: "utf8", env });
  if (status === 0) return;
  process.stderr.write(`${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`);
  refuse("The packages could not be installed: `npm ci` says why above. Is the npm registry reachable?");
}

async function install() {
  if (readOrEmpty(stampFile) === installStamp()) return;
  const release = await waitForLock(at(".lunas-install.lock"), "install", {
    waitMs: INSTALL_WITHIN_MS,
    onWait: () => process.stderr.write("Another command is installing packages; waiting for it ...\n"),
  });
  if (release === null) refuse("Another command has been installing packages for 15 minutes: end it and try again.");
  try {
    if (readOrEmpty(stampFile) === installStamp()) return;
    if (!isInstalledByNpm()) npmCi();
    writeFileSync(stampFile, installStamp());
  } finally {
    release();
  }
}

/** The project's own Node; where npm has none for the system, the first on PATH that is young enough. */
function findNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const own = at("node_modules", `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`);
  const onPath = (process.env.PATH ?? "").split(path.delimiter).map((dir) => path.join(dir, name));
  const candidates = [path.join(own, "bin", name), process.execPath, ...onPath];
  for (const candidate of candidates) {
    if (!path.isAbsolute(candidate) || !existsSync(candidate)) continue;
    const { stdout, status } = spawnSync(candidate, ["--version"], { encoding: "utf8" });
    if (status === 0 && isAtLeast(stdout.trim(), OLDEST_NODE)) return candidate;
  }
  const needed = OLDEST_NODE.join(".");
  return refuse(
    `npm has no Node for ${process.platform}-${process.arch}, and none on PATH is ${needed} or newer: ` +
      "install one from nodejs.org.",
  );
}

/** What the child sees: the project's Node first, so that programs of node_modules run under it too. */
function childEnv(node) {
  const PATH = [path.dirname(node), at("node_modules", ".bin"), process.env.PATH].join(path.delimiter);
  return { ...process.env, PATH, LUNAS_LAUNCHER: String(process.pid) };
}

/**
 * Who must live for this to go on: the shell that npm runs this in, and npm itself, whose death the shell outlives.
 * Only Linux tells cheaply who the parent of a parent is.
 */
function ancestors() {
  const stat = process.platform === "linux" ? readOrEmpty(`/proc/${process.ppid}/stat`) : "";
  return `${process.ppid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? ""}`;
}

/**
 * Runs a program to its end and answers its exit code. Signals are passed on. When npm, which started this, is killed
 * so that no signal can arrive, the child is ended all the same.
 */
function runToEnd(node, args) {
  const child = spawn(node, args, { cwd: root, stdio: "inherit", env: childEnv(node) });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  const launchers = ancestors();
  const look = () => ancestors() !== launchers && child.kill("SIGTERM");
  const timer = process.env.npm_lifecycle_event ? setInterval(look, LOOK_FOR_PARENT_EVERY_MS) : undefined;
  return new Promise((resolve) => {
    child.on("error", (error) => refuse(`${node}: ${error.message}`));
    child.on("exit", (code, signal) => {
      clearInterval(timer);
      for (const each of signals) process.removeAllListeners(each);
      resolve(code ?? 128 + os.constants.signals[signal]);
    });
  });
}

const [name = "", ...given] = process.argv.slice(2);
/** Tests run compiled, and may be asked for by their source. */
const args = name === "test" ? given.map((arg) => arg.replace(/\.ts$/, "")) : given;
const command = COMMANDS[name];
if (!command) refuse(`usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join("|")} [arguments]`);
if (!isAtLeast(process.version, OLDEST_LAUNCHER)) {
  refuse(`Node ${OLDEST_LAUNCHER.join(".")} or newer is needed to begin with; this is ${process.version}.`);
}
// A container image holds compiled code without its sources: nothing to install or build there.
const isShipped = !existsSync(at("tsconfig.json"));
// Tests and checks set up their own environment, whatever a person keeps for his shop.
if (existsSync(at(".env")) && !["test", "check"].includes(name)) process.loadEnvFile(at(".env"));
if (!isShipped) await install();
const node = findNode();
if (!isShipped) {
  const code = await runToEnd(node, ["scripts/build.mjs", name === "test" ? "tested" : command.build]);
  if (code !== 0) process.exit(code);
}
process.exit(await runToEnd(node, [...command.node, ...args]));
