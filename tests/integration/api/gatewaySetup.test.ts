import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { midtransWebhook } from "../../../api/http/midtransWebhook.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { type RunningSandbox, startSandbox } from "../../../sandbox/server.ts";
import { codeOf, startTestApi, type TestApi } from "../../support/api.ts";
import { addCustomer, openTestShop, type TestShop } from "../../support/shopRows.ts";

interface Sign {
  readonly what: string;
  readonly outcome: string;
  readonly ageSeconds: number;
}
interface Setup {
  readonly mode: string;
  readonly merchantId: string;
  readonly warnings: readonly string[];
  readonly urls: Readonly<Record<string, string>>;
  readonly lastNotification: Sign | null;
  readonly lastTest: Sign | null;
  readonly lastCall: Sign | null;
  readonly lastAnswer: Sign | null;
}
const SIGN = "{ what outcome ageSeconds }";
const SETUP = `{ gatewaySetup { mode merchantId warnings urls { paymentNotification recurringNotification finish }
  lastNotification ${SIGN} lastTest ${SIGN} lastCall ${SIGN} lastAnswer ${SIGN} } }`;
const CHECK = "mutation { checkGatewayKeys { core { state status url } snap { state status url } } }";
type Checked = { checkGatewayKeys: Record<"core" | "snap", { state: string; status: number | null; url: string }> };

let shop: TestShop;
let sandbox: RunningSandbox;
let staffId: UserId;
const apis: TestApi[] = [];

beforeAll(async () => {
  shop = await openTestShop();
  sandbox = await startSandbox({ port: 0, logLevel: "silent", notificationUrl: "http://127.0.0.1:9/none" });
  staffId = (await addCustomer(shop.db, "Staf Toko")) as UserId;
});
afterAll(async () => {
  for (const api of apis) await api.stop();
  await sandbox.close();
  await shop.drop();
});

/** An API with these settings, and what staff is answered there. */
async function open(env: Readonly<Record<string, string>> = {}) {
  const api = await startTestApi({
    databaseUrl: shop.url,
    env: { RATE_LIMIT_SCALE: "0", SANDBOX_PORT: String(sandbox.port), ...env },
    midtransWebhook: (app) => midtransWebhook(app, async () => null),
  });
  apis.push(api);
  const token = await createAccessTokens(api.config.jwtSecret, api.app.clock).forUser({ id: staffId, role: "STAFF" });
  return { api, ask: <T>(query: string) => api.graphql<T>(query, {}, { token }) };
}

describe("the page about Midtrans", () => {
  test("says what to copy, and that nothing was heard yet; then when each side was last heard", async () => {
    const { api, ask } = await open();
    const before = (await ask<{ gatewaySetup: Setup }>(SETUP)).data?.gatewaySetup;
    expect(before).toEqual({
      mode: "local",
      merchantId: "G100200300",
      warnings: [],
      urls: {
        paymentNotification: "http://127.0.0.1:4000/api/webhooks/midtrans/payment-notification",
        recurringNotification: "http://127.0.0.1:4000/api/webhooks/midtrans/recurring-notification",
        finish: "http://127.0.0.1:4000/orders",
      },
      lastNotification: null,
      lastTest: null,
      lastCall: null,
      lastAnswer: null,
    });
    const orderId = "payment_notif_test_G100200300_4a4d5b7e-6f0a-4a55-9d0b-9b3f8f8a1f10";
    const body = {
      order_id: orderId,
      transaction_id: "4a4d5b7e",
      transaction_status: "settlement",
      status_code: "200",
      gross_amount: "105000.00",
      signature_key: "0".repeat(128),
    };
    const told = await fetch(`${api.url}/api/webhooks/midtrans/payment-notification`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(told.status).toBe(200);
    await ask(CHECK);
    const after = (await ask<{ gatewaySetup: Setup }>(SETUP)).data?.gatewaySetup;
    expect(after).toMatchObject({
      lastNotification: null,
      lastTest: { what: orderId },
      lastCall: { what: "closePage" },
      lastAnswer: { outcome: "ok 404" },
    });
    expect(after?.lastCall?.ageSeconds).toBeLessThan(60);
  });

  test("finds a key that Midtrans knows, at both of its APIs, and writes down who asked", async () => {
    const { ask } = await open();
    const { data, errors } = await ask<Checked>(CHECK);
    expect(errors).toEqual([]);
    expect(data?.checkGatewayKeys).toMatchObject({
      core: { state: "OK", status: 404, url: sandbox.url },
      snap: { state: "OK", status: 404, url: sandbox.url },
    });
    const [audit] = await shop.db.sql<{ actorId: string; after: object }>(
      "select actor_id, after from audit_logs where permission = 'gateway.check' order by id desc limit 1",
    );
    expect(audit).toEqual({ actorId: staffId, after: { core: "OK", snap: "OK" } });
  });

  test("finds a key that Midtrans refuses", async () => {
    const { ask } = await open({ MIDTRANS_SERVER_KEY: "SB-Mid-server-of-somebody-else" });
    const { data } = await ask<Checked>(CHECK);
    expect(data?.checkGatewayKeys).toMatchObject({
      core: { state: "KEY_REFUSED", status: 401 },
      snap: { state: "KEY_REFUSED", status: 401 },
    });
  });

  test("finds an address where nobody answers, and one where something else does", async () => {
    const { api, ask } = await open({ MIDTRANS_CORE_URL: "http://127.0.0.1:9" });
    const { data } = await ask<Checked>(CHECK);
    expect(data?.checkGatewayKeys.core).toMatchObject({ state: "NO_ANSWER", status: null });
    const { ask: askOther } = await open({ MIDTRANS_SNAP_URL: `${api.url}/graphql?` });
    expect((await askOther<Checked>(CHECK)).data?.checkGatewayKeys.snap.state).toBe("UNEXPECTED");
  });

  test("is not for customers", async () => {
    const { api } = await open();
    const accessTokens = createAccessTokens(api.config.jwtSecret, api.app.clock);
    const token = await accessTokens.forUser({ id: staffId, role: "CUSTOMER" });
    expect(codeOf(await api.graphql(SETUP, {}, { token }))).toBe("FORBIDDEN");
    expect(codeOf(await api.graphql(CHECK, {}, { token }))).toBe("FORBIDDEN");
  });
});
