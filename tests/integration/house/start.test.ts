import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processIdentity } from "#processLock";
import { freePort } from "../../../scripts/postgresProcess.ts";
import { until } from "../../support/until.ts";

interface Start {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  output(): string;
  isUp(): boolean;
  signal(name: NodeJS.Signals): void;
}

function start(env: Readonly<Record<string, string>>, script = "start.js", ...args: string[]): Start {
  const child = spawn(process.execPath, [path.join("dist", "scripts", script), ...args], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return {
    pid: child.pid as number,
    // Its last words have come by then.
    exited: once(child, "close").then(([code]) => code as number | null),
    output: () => output,
    isUp: () => output.includes("Lunas is running"),
    signal: (name) => child.kill(name),
  };
}

/** The processes that a start begot, found by the data directory in their environment or arguments. */
function processesOf(dataDir: string): number[] {
  const pids = existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return pids.map(Number).filter((pid) => {
    try {
      const about = ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8")).join("\0");
      return processIdentity(pid) !== null && about.includes(dataDir);
    } catch {
      return false; // it ended meanwhile, or is not ours to look at
    }
  });
}

describe("npm start", () => {
  let dataDir: string;
  let env: Record<string, string>;
  let shop: Start;

  beforeAll(async () => {
    dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-start-"));
    env = { DATA_DIR: dataDir, PORT: String(await freePort()), SANDBOX_PORT: String(await freePort()) };
    shop = start(env);
    await until("the first start is up", async () => shop.isUp());
  });

  afterAll(async () => {
    shop.signal("SIGTERM");
    await shop.exited;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const api = (route: string) => `http://127.0.0.1:${env["PORT"]}${route}`;
  const isReady = () =>
    fetch(api("/readyz")).then(
      (answer) => answer.ok,
      () => false,
    );

  test("says where to go and as whom, in a few lines", () => {
    expect(shop.output()).toContain(api(""));
    expect(shop.output()).toContain(`http://127.0.0.1:${env["SANDBOX_PORT"]}`);
    expect(shop.output()).toContain("customer@lunas.test");
    expect(shop.output().trim().split("\n").length).toBeLessThan(20);
  });

  test("lets a command beside it use its database", async () => {
    const audit = start(env, "run.js", "audit");
    expect(await audit.exited).toBe(0);
    expect(audit.output()).toContain("0 breaches");
    expect(await isReady()).toBe(true);
  });

  test("refuses a second one on the same data, in one line", async () => {
    const second = start({ ...env, PORT: "0", SANDBOX_PORT: "0" });
    expect(await second.exited).toBe(1);
    expect(second.output().trim().split("\n")).toEqual([expect.stringContaining(`already on ${dataDir}`)]);
  });

  test("refuses a port that is taken, in one line", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const elsewhere = path.join(dataDir, "elsewhere");
    const second = start({ ...env, DATA_DIR: elsewhere, PORT: String(port) });
    expect(await second.exited).toBe(1);
    expect(second.output().trim().split("\n")).toEqual([expect.stringContaining(`Port ${port} is in use`)]);
    other.close();
  });

  test("brings the database back when it was killed", async () => {
    const file = path.join(dataDir, "postgres", "postmaster.pid");
    const postmaster = () => (existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : null);
    const killed = postmaster() as number;
    process.kill(killed, "SIGKILL");
    await until("another server runs", async () => postmaster() !== killed && postmaster() !== null);
    await until("the API reaches it", isReady);
  });

  test("leaves nothing behind, however it ends, and keeps the data", async () => {
    shop.signal("SIGKILL");
    await shop.exited;
    await until("its processes have ended", async () => processesOf(dataDir).length === 0);
    shop = start(env);
    await until("it is up again", async () => shop.isUp());
    const { data } = (await (
      await fetch(api("/graphql"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ products(first: 1) { nodes { id } } }" }),
      })
    ).json()) as { data: { products: { nodes: unknown[] } } };
    expect(data.products.nodes).toHaveLength(1);
    shop.signal("SIGINT");
    expect(await shop.exited).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
    expect(existsSync(path.join(dataDir, "database.json"))).toBe(false);
  });
});
