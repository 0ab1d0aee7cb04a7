import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { midtransWebhook } from "../../../api/http/midtransWebhook.ts";
import { type RunningSandbox, startSandbox } from "../../../sandbox/server.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const SAMPLE_KEY = "SB-Mid-server-EXAMPLEKEY0123456789ab";
type Body = Record<string, string>;
const SAMPLES = Object.entries(JSON.parse(readFileSync("tests/unit/midtrans/samples.json", "utf8"))) as [
  string,
  Body,
][];

let database: TestDatabase;
let api: TestApi;
let sandbox: RunningSandbox;
const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-samples-"));

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi({
    databaseUrl: database.url,
    env: { MIDTRANS_SERVER_KEY: SAMPLE_KEY },
    midtransWebhook: (app) => midtransWebhook(app, async () => null),
  });
  sandbox = await startSandbox({
    port: 0,
    dataDir,
    logLevel: "silent",
    serverKey: SAMPLE_KEY,
    signatureKey: SAMPLE_KEY,
    notificationUrl: `${api.url}/api/webhooks/midtrans/payment-notification`,
  });
});
afterAll(async () => {
  await sandbox.close();
  await api.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function deliver(body: Body): Promise<[number, unknown]> {
  const answer = await fetch(`${api.url}/api/webhooks/midtrans/payment-notification`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return [answer.status, ((await answer.json()) as { outcome?: unknown }).outcome];
}

const stored = async () =>
  (
    await api.app.db.sql<{ told: string }>(
      `select gateway_order_id || ' ' || coalesce(gateway_status, '') as told from payment_notifications
        where state = 'STORED' order by told`,
    )
  ).map(({ told }) => told);
const told = ({ order_id, transaction_status }: Body) => `${order_id} ${transaction_status}`;

describe("the published samples, signed with their own key", () => {
  test.each(SAMPLES)("'%s' is stored, a copy of it is known, and a wrong signature is not", async (_kind, body) => {
    const forged = { ...body, signature_key: `${body["signature_key"]?.slice(1)}0` };
    expect((await deliver(forged))[0]).toBe(400);
    expect(await deliver(body)).toEqual([200, "stored"]);
    expect(await deliver(body)).toEqual([200, "duplicate"]);
  });

  test("are all there, each with a job that asks what is true", async () => {
    expect(await stored()).toEqual(SAMPLES.map(([, body]) => told(body)).sort());
    const jobs = await api.app.db.sql<{ key: string }>(
      "select key from outbox_messages where handler = 'applyNotification' and done_at is null order by key",
    );
    expect(jobs.map(({ key }) => key)).toEqual([...new Set(SAMPLES.map(([, body]) => body["order_id"]))].sort());
  });

  test("are taken from a gateway that sends them, too", async () => {
    const { samples } = (await (await fetch(`${sandbox.url}/sandbox/notifications/samples`)).json()) as {
      samples: string[];
    };
    expect(samples.length).toBe(SAMPLES.length);
    const answers = await Promise.all(
      samples.map((name) =>
        fetch(`${sandbox.url}/sandbox/notifications/samples/${encodeURIComponent(name)}`, { method: "POST" }),
      ),
    );
    const sent = (await Promise.all(answers.map((answer) => answer.json()))) as { notifications: { body: Body }[] }[];
    const bodies = sent.flatMap(({ notifications }) => notifications.map(({ body }) => body));
    for (const body of bodies) expect((await deliver(body))[0]).toBe(200);
    expect(bodies.map(told).sort()).toEqual(SAMPLES.map(([, body]) => told(body)).sort());
  });
});
