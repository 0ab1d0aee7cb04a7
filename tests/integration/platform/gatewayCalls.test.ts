import { afterAll, beforeAll, expect, test } from "vitest";
import { createCallRecorder, type GatewayCall } from "../../../gateways/recordCall.ts";
import { createLog } from "../../../platform/log.ts";
import { createSealer } from "../../../platform/secrets.ts";
import { clock, ids, openTestShop, type TestShop } from "../../support/shopRows.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await openTestShop();
});
afterAll(() => shop.drop());

const call = (correlation: string, status: number): GatewayCall => ({
  gateway: "midtrans",
  operation: "status",
  method: "GET",
  path: `/v2/${correlation}/status`,
  correlation,
  status,
  outcome: "ok",
  durationMs: 12,
  request: {},
  response: { status_code: status },
});

test("a call whose answer no row can hold takes none of those that ended with it along", async () => {
  const sealer = createSealer([{ id: "k1", key: Buffer.alloc(32, 7) }]);
  const record = createCallRecorder({ db: shop.db, sealer, ids, clock, log: createLog("silent", "test") });
  const calls = Array.from({ length: 8 }, (_, n) => call(`LNS-${n}`, n === 3 ? 12_345_678_901 : 200));
  await Promise.all(calls.map(record));
  const rows = await shop.db.sql<{ correlation: string }>("select correlation from gateway_calls order by correlation");
  expect(rows.map(({ correlation }) => correlation)).toEqual(
    calls.flatMap(({ correlation }, n) => (n === 3 ? [] : [correlation])),
  );
});
