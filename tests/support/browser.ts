import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { PATIENCE_MS } from "./until.ts";

/** Without the network flags every start waits for services that a closed network never answers. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

const root = process.cwd();
/** Unpacked once for a clone; npm removes it with node_modules. */
const UNPACKED = path.join(root, "node_modules", ".cache", "lunas-chromium");

/**
 * The package unpacks into the temporary directory under fixed names, where two users, or two tests at once, meet. So
 * it is given a directory of its own, which appears under its name only when whole. Named as on the system that
 * the package is made for, it unpacks its libraries too.
 */
function unpack(): void {
  if (existsSync(UNPACKED)) return;
  mkdirSync(path.dirname(UNPACKED), { recursive: true });
  const draft = mkdtempSync(`${UNPACKED}-`);
  const script = 'import("@sparticuz/chromium").then((it) => it.default.executablePath())';
  const env = { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" };
  const unpacked = spawnSync(process.execPath, ["-e", script], { cwd: root, env, encoding: "utf8" });
  if (unpacked.status !== 0) throw new Error(`the browser could not be unpacked: ${unpacked.stderr}`);
  try {
    renameSync(draft, UNPACKED);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(UNPACKED)) throw error; // else another test was faster
  }
}

/** Small machines lack some libraries and any font; the package's own are used there. */
function environmentFor(file: string): NodeJS.ProcessEnv {
  const fonts = existsSync("/etc/fonts") ? {} : { FONTCONFIG_PATH: path.join(UNPACKED, "fonts") };
  const env = { ...process.env, ...fonts };
  const runs = (environment: NodeJS.ProcessEnv) => spawnSync(file, ["--version"], { env: environment }).status === 0;
  if (runs(env)) return env;
  const libraries = [path.join(UNPACKED, "al2023", "lib"), process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
  return { ...env, LD_LIBRARY_PATH: libraries };
}

function executable(): { file: string; env: NodeJS.ProcessEnv } {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen) return { file: chosen, env: process.env };
  unpack();
  const file = path.join(UNPACKED, "chromium");
  return { file, env: environmentFor(file) };
}

/** Nobody looks at the pictures of a build machine. */
export const ARE_PICTURES_SEEN = process.env["CI"] !== "true";

/** Of this process. A browser takes seconds to start, a profile in it next to nothing. */
let browser: Promise<Browser> | null = null;

function launch(): Promise<Browser> {
  const { file, env } = executable();
  return chromium.launch({
    executablePath: file,
    env: env as Record<string, string>,
    args: FLAGS,
    chromiumSandbox: false, // refused to root and in most containers; the pages are our own
    headless: true,
    timeout: PATIENCE_MS,
  });
}

/**
 * A profile of its own in a headless Chromium: the one of CHROMIUM_PATH, else the one that npm brings. The browser ends
 * with the process that asked for it.
 *
 * @param viewport in CSS pixels; a phone is about 390 x 844, a desktop 1280 x 800
 */
export async function openProfile(viewport = { width: 1280, height: 800 }): Promise<BrowserContext> {
  browser ??= launch();
  if (!(await browser).isConnected()) browser = launch();
  // Who does not wait for movements to end sees the same pages sooner, and nothing is drawn anew sixty times a second.
  // Pixels are drawn for people; a layout is the same with a quarter of them.
  const deviceScaleFactor = ARE_PICTURES_SEEN ? 1 : 0.5;
  return (await browser).newContext({ viewport, deviceScaleFactor, reducedMotion: "reduce" });
}
