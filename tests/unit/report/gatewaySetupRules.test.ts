import { describe, expect, test } from "vitest";
import {
  dashboardUrls,
  type GatewaySettings,
  keyStateOf,
  setupWarnings,
} from "../../../domain/report/gatewaySetup.rules.ts";
import { keyKind, keyUse } from "../../../gateways/midtrans/keys.ts";

const SHOP = "https://toko.lunas.test";
const settings = (mode: GatewaySettings["mode"], server: string, client: string): GatewaySettings => ({
  mode,
  merchantId: "G100200300",
  coreUrl: "https://api.midtrans.com",
  snapUrl: "https://app.midtrans.com",
  keys: [
    { name: "MIDTRANS_SERVER_KEY", kind: keyKind(server), use: keyUse(server) },
    { name: "MIDTRANS_CLIENT_KEY", kind: keyKind(client), use: keyUse(client) },
  ],
});

describe("the set-up at Midtrans", () => {
  test.each([
    ["production", "Mid-server-1", "Mid-client-1", []],
    ["sandbox", "SB-Mid-server-1", "SB-Mid-client-1", []],
    ["local", "SB-Mid-server-1", "SB-Mid-client-1", []],
    ["sandbox", "a-newer-form", "another-one", []],
    ["production", "SB-Mid-server-1", "Mid-client-1", ["SERVER_KEY_OF_OTHER_MODE"]],
    ["production", "Mid-server-1", "SB-Mid-client-1", ["CLIENT_KEY_OF_OTHER_MODE"]],
    ["sandbox", "Mid-server-1", "Mid-client-1", ["SERVER_KEY_OF_OTHER_MODE", "CLIENT_KEY_OF_OTHER_MODE"]],
    ["sandbox", "SB-Mid-client-1", "SB-Mid-server-1", ["KEYS_SWAPPED"]],
  ] as const)("in %s mode with %s and %s is warned of %j", (mode, server, client, warnings) => {
    expect(setupWarnings(settings(mode, server, client), SHOP)).toEqual(warnings);
  });

  test("is warned of an address that Midtrans cannot reach, but not where it is this repository's sandbox", () => {
    const of = (mode: GatewaySettings["mode"], url: string) =>
      setupWarnings(settings(mode, "SB-Mid-server-1", "SB-Mid-client-1"), url);
    expect(of("sandbox", "http://127.0.0.1:4000")).toEqual(["PUBLIC_URL_UNREACHABLE"]);
    expect(of("sandbox", "https://toko.lunas.test:8443")).toEqual(["PUBLIC_URL_PORT"]);
    expect(of("sandbox", "https://toko.lunas.test")).toEqual([]);
    expect(of("local", "http://127.0.0.1:4000")).toEqual([]);
  });

  test("gives the addresses below the shop's own, a path before them included", () => {
    expect(dashboardUrls(`${SHOP}/belanja`)).toEqual({
      paymentNotification: `${SHOP}/belanja/api/webhooks/midtrans/payment-notification`,
      recurringNotification: `${SHOP}/belanja/api/webhooks/midtrans/recurring-notification`,
      payAccountNotification: `${SHOP}/belanja/api/webhooks/midtrans/pay-account-notification`,
      finish: `${SHOP}/belanja/orders`,
      unfinish: `${SHOP}/belanja/orders`,
      error: `${SHOP}/belanja/orders`,
    });
  });

  test("reads 404 as a key that is known, and 401 as one that is refused", () => {
    expect([404, 401, null, 200, 403, 502].map(keyStateOf)).toEqual([
      ...["OK", "KEY_REFUSED", "NO_ANSWER"],
      ...["UNEXPECTED", "UNEXPECTED", "UNEXPECTED"],
    ]);
  });
});
