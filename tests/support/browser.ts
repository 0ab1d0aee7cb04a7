import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

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
/** Unpacking the browser on a busy machine takes seconds. */
const LAUNCH_WITHIN_MS = 60_000;

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

export interface TestBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * A headless Chromium with a profile of its own: the one of CHROMIUM_PATH, else the one that npm brings.
 *
 * @param viewport in CSS pixels; a phone is about 390 x 844, a desktop 1280 x 800
 */
export async function launchBrowser(viewport = { width: 1280, height: 800 }): Promise<TestBrowser> {
  const { file, env } = executable();
  const profile = mkdtempSync(path.join(os.tmpdir(), "lunas-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: file,
    env: env as Record<string, string>,
    args: FLAGS,
    chromiumSandbox: false, // refused to root and in most containers; the pages are our own
    headless: true,
    viewport,
    timeout: LAUNCH_WITHIN_MS,
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
