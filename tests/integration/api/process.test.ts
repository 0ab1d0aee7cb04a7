import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../scripts/postgresProcess.ts";
import { LOGIN, REGISTER, startTestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { until } from "../../support/until.ts";

/** The process gives a request that is being read 10 s; a busy machine is slower, and without a limit it never ends. */
const SHUTDOWN_MAX_MS = 60_000;

describe("the API process", () => {
  let database: TestDatabase;
  let dataDir: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-process-"));
  });
  afterAll(async () => {
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function begin(env: Record<string, string> = {}) {
    const port = await freePort();
    const own = { DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: String(port), PATH: process.env["PATH"] ?? "" };
    const child = spawn(process.execPath, ["dist/api/main.js"], {
      env: { ...own, ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    children.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    // Its last words have come by then, which they need not have when it has exited.
    const streams = [child.stdout, child.stderr].map((stream) => once(stream as Readable, "end"));
    const exited = Promise.all([once(child, "exit"), ...streams]).then(([[code]]) => code as number | null);
    return {
      child,
      url: `http://127.0.0.1:${port}`,
      port,
      exited,
      output: () => output,
      ready: () => once(child, "message"),
    };
  }

  /** Looks from outside every transaction of a test. */
  async function look(statement: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** An operation that waits for a lock which the test holds. */
  async function slowRegistration(url: string) {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("begin");
    await client.query("lock table users in exclusive mode");
    const body = JSON.stringify({
      query: REGISTER,
      variables: { input: { email: `${randomUUID()}@lunas.test`, password: "a-long-password", name: "X" } },
    });
    const answer = fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body });
    await until("a statement that waits", async () => {
      const rows = await look(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    });
    return {
      answer,
      async letGo() {
        await client.query("commit");
        await client.end();
      },
    };
  }

  test.each(["SIGTERM", "SIGINT"] as const)(
    "on %s takes nothing new, finishes what runs, and ends in order",
    async (signal) => {
      const api = await begin();
      await api.ready();
      const registration = await slowRegistration(api.url);
      const idle = connect(api.port, "127.0.0.1");
      await once(idle, "connect");
      api.child.kill(signal);
      const refused = async () => {
        const probe = connect(api.port, "127.0.0.1");
        return new Promise<boolean>((resolve) =>
          probe.once("error", () => resolve(true)).once("connect", () => probe.destroy(resolve(false) as never)),
        );
      };
      await until("new connections refused", refused);
      expect(api.child.exitCode).toBeNull();
      await registration.letGo();
      const answer = (await (await registration.answer).json()) as { data: { register: { accessToken: string } } };
      expect(answer.data.register.accessToken).toMatch(/^ey/);
      expect(await api.exited).toBe(0);
      idle.destroy();
    },
  );

  test("ends when the process that started it is gone", async () => {
    const api = await begin();
    await api.ready();
    api.child.disconnect();
    expect(await api.exited).toBe(0);
  });

  test("does not wait for ever for a request that never ends", async () => {
    const api = await begin();
    await api.ready();
    const half = connect(api.port, "127.0.0.1");
    half.write("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    // A whole request behind it has been answered: so the half one is being read.
    await fetch(`${api.url}/healthz`);
    const begun = performance.now();
    api.child.kill("SIGTERM");
    await Promise.all([once(half, "close"), api.exited]);
    expect(performance.now() - begun).toBeLessThan(SHUTDOWN_MAX_MS);
  });

  test("does not start with a bad setting, and says in one line which", async () => {
    const api = await begin({ PAYMENT_WINDOW: "soon" });
    expect(await api.exited).toBe(78);
    expect(api.output().trim()).toBe("PAYMENT_WINDOW: expected a duration such as 500ms, 2s, 5m or 24h");
  });

  test("does not start on a port that is taken", async () => {
    const first = await begin();
    await first.ready();
    const second = await begin({ PORT: String(first.port) });
    expect(await second.exited).not.toBe(0);
    expect(second.output()).toContain("EADDRINUSE");
    first.child.kill("SIGTERM");
    await first.exited;
  });

  test("writes no password, token or address into its log", async () => {
    const api = await begin({ LOG_LEVEL: "trace" });
    await api.ready();
    const send = async (query: string, variables: object) => {
      const headers = { "content-type": "application/json", "x-request-id": "log-test-0001" };
      const answer = await fetch(`${api.url}/graphql`, {
        method: "POST",
        headers,
        body: JSON.stringify({ query, variables }),
      });
      return (await answer.json()) as { data: { register: { accessToken: string; refreshToken: string } } };
    };
    const email = `${randomUUID()}@lunas.test`;
    const { data } = await send(REGISTER, { input: { email, password: "a-very-secret-word", name: "Customer" } });
    await send(LOGIN, { email, password: "another-secret-word" });
    await send("{ nonsense }", {});
    api.child.kill("SIGTERM");
    await api.exited;
    const { accessToken, refreshToken } = data.register;
    for (const secret of ["a-very-secret-word", "another-secret-word", accessToken, refreshToken, email]) {
      expect(api.output()).not.toContain(secret);
    }
  });
});

test("while the database is away operations may be tried again, probes say so, and nothing of it is told", async () => {
  const nowhere = `postgres://postgres:pw@127.0.0.1:${await freePort()}/shop`;
  const api = await startTestApi({ databaseUrl: nowhere });
  try {
    const answer = await api.graphql(LOGIN, { email: "customer@lunas.test", password: "a-long-password" });
    const { extensions, message } = answer.errors[0] ?? { extensions: null, message: "" };
    expect(extensions).toMatchObject({ code: "INTERNAL", retryable: true });
    expect(extensions?.details["requestId"]).toBe(answer.headers.get("x-request-id"));
    expect(message).not.toMatch(/database|postgres|test_/);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  } finally {
    await api.stop();
  }
});
