import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RequestHandler } from "express";
import type { Db } from "../../platform/db.ts";
import type { Log } from "../../platform/log.ts";
import { registry } from "../../platform/metrics.ts";
import type { JobQueue } from "../../platform/queue.ts";

/** The migrations that this build was made with. */
function migrationsOfBuild(): string[] {
  const names = readdirSync(fileURLToPath(new URL("../../migrations", import.meta.url)));
  return names.flatMap((name) => /^(Migration\w+)\.(?:js|ts)$/.exec(name)?.[1] ?? []);
}

const PROBE_MS = 3_000; // a probe that hangs is a no

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PROBE_MS} ms`)), PROBE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** GET /healthz: the process is up. */
export const healthz: RequestHandler = (_request, response) => {
  response.json({ status: "up" });
};

type States = Readonly<Record<string, "up" | "down">>;

/**
 * GET /readyz: 200 when database and queue answer and the schema has every migration of this build, else 503. However
 * many ask, one look runs at a time: anybody may ask, and nobody is to load the database by it.
 */
export function readyz(deps: { db: Pick<Db, "sql">; queue: Pick<JobQueue, "ping">; log: Log }): RequestHandler {
  const expected = migrationsOfBuild();
  const probes = {
    database: async () => {
      const rows = await deps.db.sql<{ name: string }>("select name from mikro_orm_migrations");
      const done = new Set(rows.map((row) => row.name.replace(/\.(?:js|ts)$/, "")));
      if (!expected.every((name) => done.has(name))) throw new Error("migrations are missing");
    },
    queue: () => deps.queue.ping(),
  };
  const look = async (): Promise<States> => {
    const entries = Object.entries(probes).map(async ([name, probe]) => {
      try {
        await within(probe());
        return [name, "up"] as const;
      } catch (error) {
        deps.log.warn({ err: error, probe: name }, "not ready");
        return [name, "down"] as const;
      }
    });
    return Object.fromEntries(await Promise.all(entries));
  };
  let looking: Promise<States> | null = null;
  return async (_request, response) => {
    looking ??= look().finally(() => {
      looking = null;
    });
    const states = await looking;
    const isReady = Object.values(states).every((state) => state === "up");
    response.status(isReady ? 200 : 503).json({ status: isReady ? "ready" : "not ready", ...states });
  };
}

/** GET /metrics: counters and durations by operation and gateway; no names, addresses or ids stand in them. */
export const metrics: RequestHandler = async (_request, response) => {
  response.type(registry.contentType).send(await registry.metrics());
};
