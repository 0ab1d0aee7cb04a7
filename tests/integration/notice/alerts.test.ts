import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { clearAlertOf, raiseAlert } from "../../../domain/kernel/raiseAlert.ts";
import { countAlerts, listAlerts } from "../../../domain/notice/alert.queries.ts";
import { clearAlert } from "../../../domain/notice/clearAlert.ts";
import { postAlert } from "../../../domain/notice/postAlert.ts";
import { createAlertWebhook } from "../../../gateways/alertWebhook/http.ts";
import { inTransaction } from "../../../platform/db.ts";
import { addCustomer, clock, ids, NOW, openTestShop, type TestShop } from "../../support/shopRows.ts";

let shop: TestShop;
let staff: Actor;
let app: { db: TestShop["db"]; clock: typeof clock };

beforeAll(async () => {
  shop = await openTestShop();
  staff = { role: "STAFF", userId: (await addCustomer(shop.db, "Staf")) as never };
  app = { db: shop.db, clock };
});
afterAll(() => shop?.drop());

let serial = 0;
/** Raises an alert about something new, or once more about the same. */
async function raise(subject = `LNS-${++serial}`, now = NOW): Promise<string> {
  const message = "Notifications could not be applied";
  await inTransaction(shop.db, (tx) =>
    raiseAlert(tx, { ids, now }, { kind: "NOTIFICATION_PARKED", subject, severity: "CRITICAL", message }),
  );
  return subject;
}

async function openAlert(subject: string): Promise<string> {
  const [row] = await shop.db.sql<{ id: string }>("select id from alerts where subject = $1 and cleared_at is null", [
    subject,
  ]);
  if (!row) throw new Error(`no open alert about ${subject}`);
  return row.id;
}

const jobsAbout = async (alertId: string) =>
  (
    await shop.db.sql<{ name: string }>("select name from outbox_messages where payload->>'alertId' = $1 order by id", [
      alertId,
    ])
  ).map(({ name }) => name);

describe("an alert", () => {
  test("is open once and posted once, however often and at once its cause repeats", async () => {
    const subject = `LNS-${++serial}`;
    await Promise.all(Array.from({ length: 20 }, () => raise(subject)));
    const id = await openAlert(subject);
    expect(await jobsAbout(id)).toEqual(["alert.raised"]);
  });

  test("is cleared by itself when its cause is gone, and opens anew when that comes back", async () => {
    const subject = await raise();
    const first = await openAlert(subject);
    await inTransaction(shop.db, (tx) => clearAlertOf(tx, NOW, "NOTIFICATION_PARKED", subject));
    await raise(subject);
    expect(await openAlert(subject)).not.toBe(first);
    expect(await jobsAbout(first)).toEqual(["alert.raised", "alert.cleared"]);
  });

  test("is cleared by staff with a note, on record, and stays cleared as it was", async () => {
    const id = await openAlert(await raise());
    const cleared = await clearAlert(app, staff, { id, note: "  diputar ulang  " });
    expect(cleared).toMatchObject({ id, clearedAt: NOW });
    expect(await clearAlert(app, staff, { id, note: "lagi" })).toEqual(cleared);
    const [row] = await shop.db.sql("select note, cleared_by from alerts where id = $1", [id]);
    expect(row).toEqual({ note: "diputar ulang", clearedBy: staff.userId });
    const audits = await shop.db.sql(
      "select actor_id, permission, entity, reason from audit_logs where entity_id = $1",
      [id],
    );
    expect(audits).toEqual([
      { actorId: staff.userId, permission: "alert.clear", entity: "alert", reason: "diputar ulang" },
    ]);
    expect(await jobsAbout(id)).toEqual(["alert.raised", "alert.cleared"]);
  });

  test.each([
    ["without a word", { note: "   " }, "INVALID_INPUT"],
    ["with a novel", { note: "x".repeat(501) }, "INVALID_INPUT"],
    ["that does not exist", { id: ids.next<"alert">() }, "NOT_FOUND"],
    ["under a name that is no id", { id: "1 or 1=1" }, "NOT_FOUND"],
  ])("is not cleared %s", async (_, change, code) => {
    const id = await openAlert(await raise());
    await expect(clearAlert(app, staff, { id, note: "selesai", ...change })).rejects.toMatchObject({ code });
    expect((await shop.db.sql("select id from alerts where id = $1 and cleared_at is null", [id])).length).toBe(1);
  });

  test("is neither shown to a customer nor cleared by one", async () => {
    const customer: Actor = { role: "CUSTOMER", userId: staff.userId };
    const id = await openAlert(await raise());
    await expect(listAlerts(app, customer, { open: true, first: 5 })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(countAlerts(app, customer, true)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(clearAlert(app, customer, { id, note: "x" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("the list of alerts", () => {
  test("pages through all open ones, the latest first, without one twice", async () => {
    for (let i = 0; i < 7; i++) await raise(undefined, new Date(NOW.getTime() + Math.floor(i / 2) * 1000));
    const seen: { id: string; raisedAt: Date }[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page = await listAlerts(app, staff, { open: true, first: 3, after });
      seen.push(...page.nodes);
      [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen).toHaveLength(await countAlerts(app, staff, true));
    expect(seen.map(({ raisedAt }) => raisedAt.getTime())).toEqual(
      seen.map(({ raisedAt }) => raisedAt.getTime()).sort((a, b) => b - a),
    );
  });

  test.each(["nonsense", Buffer.from("now\u0000x").toString("base64url")])("refuses the cursor %s", async (after) => {
    await expect(listAlerts(app, staff, { open: true, first: 3, after })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});

describe("posting an alert", () => {
  let server: Server;
  let posted: unknown[];
  let status: number;
  let url: string;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      posted.push(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  beforeEach(() => {
    [posted, status] = [[], 204];
  });
  afterAll(() => new Promise((resolve) => server?.close(resolve)));

  test("tells the address that watches when it fires and when it clears", async () => {
    const subject = await raise();
    const alertId = await openAlert(subject);
    const withSink = { ...app, alertSink: createAlertWebhook(url) };
    await postAlert(withSink, { alertId });
    await clearAlert(app, staff, { id: alertId, note: "selesai" });
    await postAlert(withSink, { alertId });
    const alert = {
      id: alertId,
      kind: "NOTIFICATION_PARKED",
      subject,
      severity: "CRITICAL",
      message: "Notifications could not be applied",
      raisedAt: NOW.toISOString(),
    };
    expect(posted).toEqual([
      { ...alert, clearedAt: null },
      { ...alert, clearedAt: NOW.toISOString() },
    ]);
  });

  test.each([500, 302, 404])("is repeated when the address answers %s", async (answer) => {
    status = answer;
    const alertId = await openAlert(await raise());
    await expect(postAlert({ ...app, alertSink: createAlertWebhook(url) }, { alertId })).rejects.toMatchObject({
      name: "GatewayUnavailable",
    });
  });

  test("is repeated when nobody answers", async () => {
    const alertId = await openAlert(await raise());
    const alertSink = createAlertWebhook("http://127.0.0.1:1/hook");
    await expect(postAlert({ ...app, alertSink }, { alertId })).rejects.toMatchObject({
      name: "GatewayUnavailable",
      outcome: "unknown",
    });
  });

  test("does nothing where no address is set", async () => {
    await postAlert({ ...app, alertSink: null }, { alertId: await openAlert(await raise()) });
    expect(posted).toEqual([]);
  });
});
