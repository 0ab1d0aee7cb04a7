import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayUnreadable } from "../../../domain/kernel/errors.ts";
import { createMidtransAccounts } from "../../../gateways/midtrans/accounts.ts";

let server: Server;
let answer: { status: number; body: unknown };
let asked: { url: string; body: string; headers: Record<string, unknown> };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8");
    });
    request.on("end", () => {
      asked = { url: request.url ?? "", body, headers: request.headers };
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
afterAll(() => {
  server.close();
});

const accounts = () =>
  createMidtransAccounts({
    serverKey: "SB-Mid-server-test",
    coreUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeoutMs: 5_000,
    recordCall: async () => undefined,
  });
const request = { phone: "+6281234567890", returnUrl: "https://shop.test/account" };
const action = (name: string, url: string) => ({ name, method: "GET", url });
const PENDING = { status_code: "201", payment_type: "gopay", account_id: "acc-1", account_status: "PENDING" };

describe("Midtrans's linking of accounts", () => {
  test("is asked with the number in its two parts, and gives where its owner agrees", async () => {
    const actions = [
      action("activation-deeplink", "gojek://link"),
      action("activation-link-url", "https://gopay.test/1"),
    ];
    answer = { status: 201, body: { ...PENDING, actions } };
    expect(await accounts().link(request)).toEqual({
      accountId: "acc-1",
      linkUrl: "https://gopay.test/1",
      deeplinkUrl: "gojek://link",
    });
    expect([asked.url, JSON.parse(asked.body), asked.headers["idempotency-key"]]).toEqual([
      "/v2/pay/account",
      {
        payment_type: "gopay",
        gopay_partner: { phone_number: "81234567890", country_code: "62", redirect_url: "https://shop.test/account" },
      },
      undefined,
    ]);
  });

  test("links nobody who has not agreed in this shop", async () => {
    answer = { status: 200, body: { ...PENDING, status_code: "200", account_status: "ENABLED" } };
    expect(await accounts().link(request)).toBe("ALREADY_LINKED");
  });

  test("sends nobody to a script, nor anywhere where there is no address", async () => {
    for (const actions of [[action("activation-link-url", "javascript:alert(1)")], []]) {
      answer = { status: 201, body: { ...PENDING, actions } };
      await expect(accounts().link(request)).rejects.toMatchObject({ outcome: "unknown" });
    }
  });

  test.each([
    [{ account_status: "ENABLED" }, { status: "ENABLED", walletToken: null }],
    [{ account_status: "SOMETHING_NEW" }, { status: "STRANGE", walletToken: null }],
    [{ account_status: "DISABLED" }, { status: "ENDED", walletToken: null }],
    [
      {
        account_status: "ENABLED",
        metadata: {
          payment_options: [
            { name: "PAY_LATER", active: true, token: "later" },
            { name: "GOPAY_WALLET", active: true, token: "wallet" },
          ],
        },
      },
      { status: "ENABLED", walletToken: "wallet" },
    ],
    [
      {
        account_status: "ENABLED",
        metadata: { payment_options: [{ name: "GOPAY_WALLET", active: false, token: "wallet" }] },
      },
      { status: "ENABLED", walletToken: null },
    ],
  ])("%j is %j", async (words, expected) => {
    answer = { status: 200, body: { status_code: "200", account_id: "acc-1", ...words } };
    expect(await accounts().fetch("acc-1")).toEqual({ accountId: "acc-1", ...expected });
  });

  test("is believed of no other account, and unknown ones are none", async () => {
    answer = { status: 200, body: { status_code: "200", account_id: "acc-2", account_status: "ENABLED" } };
    const asked = accounts().fetch("acc-1");
    await expect(asked).rejects.toMatchObject({ outcome: "none" });
    await expect(asked).rejects.toBeInstanceOf(GatewayUnreadable);
    answer = { status: 404, body: { status_code: "404" } };
    expect(await accounts().fetch("acc-1")).toBeNull();
  });
});
