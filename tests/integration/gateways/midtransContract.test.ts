import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningSandbox, startSandbox } from "../../../sandbox/server.ts";
import { CHECKS } from "../../../scripts/midtrans/checks.ts";
import { runContract, type Side } from "../../../scripts/midtrans/contract.ts";

const SERVER_KEY = "SB-Mid-server-EXAMPLEKEY0123456789ab";
const CLIENT_KEY = "SB-Mid-client-EXAMPLEKEY0123456789ab";

describe("the contract with Midtrans", () => {
  let sandbox: RunningSandbox;
  let side: Side;
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-contract-"));
  beforeAll(async () => {
    sandbox = await startSandbox({
      port: 0,
      dataDir,
      logLevel: "silent",
      serverKey: SERVER_KEY,
      signatureKey: SERVER_KEY,
      clientKey: CLIENT_KEY,
      notificationUrl: "http://127.0.0.1:9/none",
    });
    side = {
      coreUrl: sandbox.url,
      snapUrl: sandbox.url,
      serverKey: SERVER_KEY,
      clientKey: CLIENT_KEY,
      merchantId: "G100200300",
      signatureKey: SERVER_KEY,
    };
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("is kept by the sandbox of this repository, every check of it", async () => {
    const results = await runContract(side);
    expect(results.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
    expect(results).toHaveLength(CHECKS.length);
    expect(CHECKS.length).toBeGreaterThan(18);
  });

  test("leaves nothing behind that can be paid", async () => {
    const response = await fetch(`${sandbox.url}/sandbox/transactions?limit=1000`);
    const { transactions } = (await response.json()) as { transactions: { transaction_status: string }[] };
    expect(transactions.length).toBeGreaterThan(10);
    expect(transactions.filter(({ transaction_status }) => transaction_status === "pending")).toEqual([]);
  });

  test("is broken by another key, another signature and another gateway, and says where", async () => {
    const failed = async (change: Partial<Side>) =>
      (await runContract({ ...side, ...change })).filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
    expect((await failed({ serverKey: "SB-Mid-server-another" })).length).toBeGreaterThan(15);
    const wrongSignature = await failed({ signatureKey: "SB-Mid-server-another" });
    expect(wrongSignature).toEqual([expect.stringContaining("signed as a notification is")]);
    expect(await failed({ merchantId: "G999999999" })).toContainEqual(expect.stringContaining("QRIS"));
  });
});
