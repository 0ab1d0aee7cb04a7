import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DEMO_KEYS } from "../platform/config.ts";
import { Reader } from "../platform/configReader.ts";
import { openSealedSecrets } from "../platform/sealedSecrets.ts";
import { parseDataKeys } from "../platform/secrets.ts";
import { comesUp, lastLines, startChild } from "./childProcess.ts";
import { type Result, runContract, type Side } from "./midtrans/contract.ts";
import { freePort } from "./postgresProcess.ts";

const USAGE = `npm run test:midtrans              against Midtrans's own sandbox, where its keys are set
npm run test:midtrans -- --local   against the sandbox of this repository`;

const SANDBOX = { core: "https://api.sandbox.midtrans.com", snap: "https://app.sandbox.midtrans.com" };
const SANDBOX_UP_WITHIN_MS = 15_000;

/** A server key of production begins so; it is never tested with. */
const OF_PRODUCTION = /^Mid-server-/;
const PRODUCTION_HOST = /^(api|app)\.midtrans\.com$/;

/** The keys of Midtrans's own sandbox, or in one line why there is nothing to test with. */
function readSide(env: NodeJS.ProcessEnv): Side | string {
  const dataDir = path.resolve(env["DATA_DIR"] || ".data");
  const read = new Reader(env, (keys) => openSealedSecrets(dataDir, keys));
  const dataKeys = parseDataKeys(read.optionalSecret("DATA_KEY") ?? "", () => undefined);
  if (dataKeys.length > 0) read.useSealed(dataKeys);
  const key = (name: string) => read.optionalSecret(name) ?? "";
  const names = ["MIDTRANS_SERVER_KEY", "MIDTRANS_CLIENT_KEY", "MIDTRANS_MERCHANT_ID"] as const;
  const [serverKey = "", clientKey = "", merchantId = ""] = names.map(key);
  const demo: readonly string[] = Object.values(DEMO_KEYS);
  const missing = names.filter((name) => key(name) === "" || demo.includes(key(name)));
  if (missing.length > 0)
    return `Not run: ${missing.join(", ")} of Midtrans's sandbox ${missing[1] ? "are" : "is"} not set.`;
  const coreUrl = read.url("MIDTRANS_CORE_URL", SANDBOX.core);
  const snapUrl = read.url("MIDTRANS_SNAP_URL", SANDBOX.snap);
  const isProduction =
    env["MIDTRANS_MODE"] === "production" ||
    [coreUrl, snapUrl].some((url) => PRODUCTION_HOST.test(new URL(url).hostname));
  if (isProduction) return "Not run: these are the settings of production, and this test makes transactions.";
  if (OF_PRODUCTION.test(serverKey)) {
    process.stdout.write(
      "The server key begins as one of production does; Midtrans's sandbox will refuse such a one.\n",
    );
  }
  return {
    coreUrl,
    snapUrl,
    serverKey,
    clientKey,
    merchantId,
    signatureKey: key("MIDTRANS_SIGNATURE_KEY") || serverKey,
  };
}

function tell({ name, outcome, why, ms }: Result): void {
  const mark = { ok: "ok  ", failed: "FAIL", skipped: "skip" }[outcome];
  process.stdout.write(`${mark} ${name}${why ? `: ${why}` : ""} (${ms} ms)\n`);
}

async function report(side: Side): Promise<number> {
  const results = await runContract(side, tell);
  const count = (outcome: Result["outcome"]) => results.filter((each) => each.outcome === outcome).length;
  process.stdout.write(
    `${count("ok")} ok, ${count("failed")} failed, ${count("skipped")} skipped, at ${side.coreUrl}\n`,
  );
  return count("failed") === 0 ? 0 : 1;
}

/** Against a sandbox of its own, which ends with it. */
async function runLocally(): Promise<number> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-contract-"));
  const port = await freePort();
  const logFile = path.join(dataDir, "sandbox.log");
  const main = fileURLToPath(new URL("../sandbox/main.js", import.meta.url));
  const env = {
    PATH: process.env["PATH"],
    DATA_DIR: dataDir,
    SANDBOX_PORT: String(port),
    // Nobody listens: this test is about what is asked, not about what is told.
    SANDBOX_NOTIFICATION_URL: "http://127.0.0.1:9/none",
  };
  const child = startChild({ name: "sandbox", args: [main], env, logFile });
  const url = `http://127.0.0.1:${port}`;
  try {
    if (!(await comesUp(child, url, SANDBOX_UP_WITHIN_MS))) throw new Error(lastLines(logFile, 5));
    const { midtransServer: serverKey, midtransClient: clientKey, midtransMerchant: merchantId } = DEMO_KEYS;
    return await report({ coreUrl: url, snapUrl: url, serverKey, clientKey, merchantId, signatureKey: serverKey });
  } finally {
    await child.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** 0: it holds, or there is nothing to test with. 1: it does not. 2: the command was not understood. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length === 1 && args[0] === "--local") return runLocally();
  if (args.length > 0) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const side = readSide(process.env);
  if (typeof side !== "string") return report(side);
  process.stdout.write(`${side} \`npm run test:midtrans -- --local\` asks the sandbox of this repository.\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
