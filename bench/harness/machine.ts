import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import type { Cluster } from "./cluster.ts";
import { percentile } from "./load.ts";

/** What the figures depend on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  /** Processes that wanted a core, on average over the last minute, when the run began. */
  readonly load: number;
  readonly node: string;
  readonly postgres: string;
  readonly settings: Readonly<Record<string, string>>;
  /** How long the disk takes to keep a page, ms (median). */
  readonly fsyncMs: number;
}

const SETTINGS = ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers"];
const FSYNCS = 50;
const PAGE_BYTES = 8_192;

function fsyncMs(dir: string): number {
  const file = path.join(dir, "fsync-probe");
  const handle = openSync(file, "w");
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const times = Array.from({ length: FSYNCS }, (_, i) => {
    writeSync(handle, page, 0, page.length, i * page.length);
    const start = performance.now();
    fsyncSync(handle);
    return performance.now() - start;
  });
  closeSync(handle);
  rmSync(file);
  return percentile(
    times.sort((a, b) => a - b),
    50,
  );
}

export async function readMachine(cluster: Cluster): Promise<Machine> {
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  try {
    const show = async (name: string) => {
      const { rows } = await client.query(`show ${name}`);
      return [name, rows[0]?.[name] as string] as const;
    };
    const settings: (readonly [string, string])[] = [];
    for (const name of SETTINGS) settings.push(await show(name));
    const [, postgres] = await show("server_version");
    return {
      cores: os.availableParallelism(),
      cpu: os.cpus()[0]?.model.trim() ?? "unknown",
      memoryGb: Math.round(os.totalmem() / 2 ** 30),
      load: os.loadavg()[0] ?? 0,
      node: process.version,
      postgres,
      settings: Object.fromEntries(settings),
      fsyncMs: fsyncMs(cluster.dir),
    };
  } finally {
    await client.end();
  }
}
