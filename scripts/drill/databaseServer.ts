import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { type RunningDatabase, startDatabase } from "../embeddedPostgres.ts";
import { endWithMe } from "../watchdog.ts";

/** A PostgreSQL below a directory of its own, which can end and begin again on its port. */
export interface DatabaseServer {
  readonly url: string;
  /** Starts it again; answers when it takes connections, after recovery where it had crashed. */
  begin(): Promise<void>;
  /** `fast`: connections are dropped, data is flushed. `crash`: as a machine that loses power, by SIGQUIT. */
  end(how?: "fast" | "crash"): Promise<void>;
  /** Cuts every connection to the shop's database but the one that asks. Answers how many there were. */
  cutConnections(): Promise<number>;
}

/** Where PostgreSQL writes its first process's number (first line of its lock file). */
const postmasterPid = (dataDir: string) =>
  Number.parseInt(readFileSync(path.join(dataDir, "postgres", "postmaster.pid"), "utf8"), 10);

interface ServerOptions {
  /** No waiting for the disk, for tests. */
  readonly fast?: boolean;
  /** Where this process is killed while the server runs, the directory goes after it. */
  readonly leavesNothing?: boolean;
}

async function startOnce(dataDir: string, options: ServerOptions, port?: number): Promise<RunningDatabase> {
  const server = await startDatabase(dataDir, { fast: options.fast ?? false, port });
  if (!options.leavesNothing) return server;
  const callOff = endWithMe(postmasterPid(dataDir), { gently: "INT", firmly: "QUIT", remove: [dataDir] });
  const exited = server.exited.then(callOff);
  const stop = async () => {
    await server.stop();
    await exited;
  };
  return { ...server, stop };
}

/**
 * Starts it, as `npm start` does: it waits for the disk at every commit. It ends with this process; the directory is
 * the caller's to remove.
 */
export async function startDatabaseServer(dataDir: string, options: ServerOptions = {}): Promise<DatabaseServer> {
  let running: RunningDatabase | null = await startOnce(dataDir, options);
  const { url, port } = running;
  return {
    url,
    async begin() {
      running ??= await startOnce(dataDir, options, port);
    },
    async end(how = "fast") {
      const ending = running;
      running = null;
      if (ending === null) return;
      if (how === "crash") {
        process.kill(postmasterPid(dataDir), "SIGQUIT");
        await ending.exited;
      }
      await ending.stop();
    },
    async cutConnections() {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        const { rowCount } = await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`,
        );
        return rowCount ?? 0;
      } finally {
        await client.end();
      }
    },
  };
}
