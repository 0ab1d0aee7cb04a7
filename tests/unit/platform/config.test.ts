import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GATEWAY_TIMEOUT_MAX, loadConfig } from "../../../platform/config.ts";
import { ConfigError, parseDuration } from "../../../platform/configReader.ts";
import { LEASE_MS } from "../../../worker/relay.ts";

const KEY = `k1:${Buffer.alloc(32, 7).toString("base64")}`;
/** Everything that a real deployment needs. */
const REAL = {
  MIDTRANS_MODE: "production",
  PUBLIC_URL: "https://shop.lunas.test",
  DATABASE_URL: "postgres://db.lunas.test/shop",
  MIDTRANS_SERVER_KEY: "Mid-server-of-this-test",
  MIDTRANS_CLIENT_KEY: "Mid-client-of-this-test",
  MIDTRANS_MERCHANT_ID: "G0000001",
  RAJAONGKIR_KEY: "courier-key-of-this-test",
  KOMERCE_KEY: "delivery-key-of-this-test",
  JWT_SECRET: "a-secret-of-more-than-thirty-two-characters",
  SERVICE_API_KEY: "a-service-key-of-more-than-thirty-two-letters",
  DATA_KEY: KEY,
};

describe("the settings", () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-config-"));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const problemsOf = (env: Record<string, string | undefined>): readonly string[] => {
    try {
      loadConfig({ DATA_DIR: dataDir, ...env });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems;
    }
  };

  test("of local mode need nothing but a database", () => {
    const config = loadConfig({ DATA_DIR: dataDir, DATABASE_URL: "postgres://127.0.0.1/x" });
    expect(config).toMatchObject({
      mode: "local",
      port: 4000,
      host: "127.0.0.1",
      publicUrl: "http://127.0.0.1:4000",
      corsOrigins: ["http://127.0.0.1:4000", "https://studio.apollographql.com"],
      rateLimitScale: 1,
      trustProxyHops: 0,
      paymentWindowMs: 86_400_000,
      paymentPollsMs: [60_000, 180_000, 600_000],
    });
    const again = loadConfig({ DATA_DIR: dataDir, DATABASE_URL: "postgres://127.0.0.1/x" });
    expect([again.jwtSecret, again.serviceApiKey]).toEqual([config.jwtSecret, config.serviceApiKey]);
  });

  test("of a real deployment are taken as they are, and its origin alone may call", () => {
    expect(problemsOf(REAL)).toEqual([]);
    expect(loadConfig({ DATA_DIR: dataDir, ...REAL }).corsOrigins).toEqual(["https://shop.lunas.test"]);
  });

  test.each([
    ["PORT", "fourty"],
    ["PORT", "70000"],
    ["PORT", "4000.5"],
    ["PUBLIC_URL", "shop.lunas.test"],
    ["PUBLIC_URL", "ftp://shop.lunas.test"],
    ["MIDTRANS_MODE", "staging"],
    ["MIDTRANS_CORE_URL", "api.midtrans"],
    ["MIDTRANS_RATE", "0"],
    ["RAJAONGKIR_DAILY_QUOTA", "-1"],
    ["PAYMENT_WINDOW", "24"],
    ["PAYMENT_WINDOW", "0h"],
    ["REVERSAL_HOLD", "ten minutes"],
    ["PAYMENT_POLLS", "1m,soon"],
    ["GATEWAY_TIMEOUT", "5 s"],
    ["GATEWAY_TIMEOUT", "61s"],
    ["PAYMENT_WINDOW", "8d"],
    ["RECONCILE_CRON", "banana"],
    ["RECONCILE_CRON", "30 4 * *"],
    ["RECONCILE_CRON", "0 24 * * *"],
    ["BACKUP_CRON", "every day"],
    ["BACKUP_CRON", "*/0 * * * *"],
    ["BACKUP_CRON", "0 2 31-1 * *"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "null"],
    ["CORS_ORIGINS", "shop.lunas.test"],
    ["CORS_ORIGINS", "https://shop.lunas.test,https://other.lunas.test/path"],
    ["ALERT_WEBHOOK_URL", "alerts.lunas.test"],
    ["SMTP_URL", "mail.lunas.test"],
    ["SMTP_URL", "smtp://kasir:50%@mail.lunas.test"],
    ["SANDBOX_TIME_SCALE", "fast"],
    ["RATE_LIMIT_SCALE", "-1"],
    ["FRAUD_RULES", "maybe"],
    ["TRUST_PROXY", "true"],
    ["BACKUP_KEEP", "0"],
    ["TRANSFER_ACCOUNTS", "BCA 0123456789"],
    ["TRANSFER_ACCOUNTS", "BCA:12345:Yayasan Lunas"],
    ["TRANSFER_ACCOUNTS", "BCA:9876543210:Yayasan Lunas;BCA:987-654-3210:Koperasi Lunas"],
    ["TRANSFER_ACCOUNTS", "BCA:9876543210:Yayasan Lunas;Mandiri"],
    ["TRANSFER_ACCOUNTS", ";"],
    ["LOG_LEVEL", "loud"],
    ["DATA_KEY", "c2hvcnQ="],
    ["DATA_KEY", `${KEY},${KEY}`],
    ["JWT_SECRET_FILE", "/nowhere/at/all"],
  ])("say in one line what %s should be when it is %p, without the value", (name, value) => {
    const problems = problemsOf({ DATABASE_URL: "postgres://127.0.0.1/x", [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: \\S`));
    expect(problems[0]).not.toContain("\n");
    if (value.length > 3) expect(problems[0]?.slice(name.length)).not.toContain(value);
  });

  test("take time tables, origins and a webhook on the same machine", () => {
    for (const cron of ["0 2 * * *", "*/15 8-17 * * mon-fri", "5,35 0 1 JAN 7", "0 0 1-15/2 * *"]) {
      expect(problemsOf({ ...REAL, RECONCILE_CRON: cron, BACKUP_CRON: cron })).toEqual([]);
    }
    const corsOrigins = ["https://a.lunas.test", "http://localhost:5173"];
    expect(loadConfig({ DATA_DIR: dataDir, ...REAL, CORS_ORIGINS: corsOrigins.join(" , ") })).toMatchObject({
      corsOrigins,
    });
    const below = { ...REAL, PUBLIC_URL: "https://lunas.test/shop" };
    expect(loadConfig({ DATA_DIR: dataDir, ...below }).corsOrigins).toEqual(["https://lunas.test"]);
    expect(problemsOf({ ...REAL, ALERT_WEBHOOK_URL: "http://127.0.0.1:9000/in", PAYMENT_WINDOW: "7d" })).toEqual([]);
    expect(problemsOf({ DATABASE_URL: "postgres://127.0.0.1/x", PAYMENT_WINDOW: "30s" })).toEqual([]);
  });

  test("say to which accounts people transfer, as a bank's form takes them, and to none unless told", () => {
    const accountsOf = (text?: string) =>
      loadConfig({ DATA_DIR: dataDir, ...REAL, TRANSFER_ACCOUNTS: text }).transferAccounts;
    expect(accountsOf()).toEqual([]);
    expect(accountsOf("BCA: 012-345 6789 :Yayasan Lunas, Tbk. ; Mandiri:1370012345678:PT Lunas;")).toEqual([
      { bank: "BCA", number: "0123456789", holder: "Yayasan Lunas, Tbk." },
      { bank: "Mandiri", number: "1370012345678", holder: "PT Lunas" },
    ]);
  });

  test("let no job ask gateways for longer than the relay waits for it", () => {
    const { gatewayTimeoutMs } = loadConfig({
      DATA_DIR: dataDir,
      DATABASE_URL: "postgres://127.0.0.1/x",
      GATEWAY_TIMEOUT: "60s",
    });
    expect(gatewayTimeoutMs).toBe(parseDuration(GATEWAY_TIMEOUT_MAX));
    expect(LEASE_MS).toBeGreaterThan(3 * (gatewayTimeoutMs ?? 0));
    expect(problemsOf({ DATABASE_URL: "postgres://127.0.0.1/x", GATEWAY_TIMEOUT: "10m" })).toEqual([
      "GATEWAY_TIMEOUT: must be at most 60s",
    ]);
  });

  test("say all that is wrong at once", () => {
    const names = problemsOf({ PORT: "x", LOG_LEVEL: "x", PAYMENT_WINDOW: "x" }).map((line) => line.split(":")[0]);
    expect(names.sort()).toEqual(["DATABASE_URL", "LOG_LEVEL", "PAYMENT_WINDOW", "PORT"]);
  });

  test.each([
    "MIDTRANS_SERVER_KEY",
    "MIDTRANS_CLIENT_KEY",
    "MIDTRANS_MERCHANT_ID",
    "RAJAONGKIR_KEY",
    "KOMERCE_KEY",
    "JWT_SECRET",
    "SERVICE_API_KEY",
    "DATA_KEY",
  ])("of production need %s", (name) => {
    const problems = problemsOf({ ...REAL, [name]: undefined });
    expect(problems.some((line) => line.startsWith(`${name}: required`))).toBe(true);
  });

  test.each([
    ["a shop without https", { PUBLIC_URL: "http://shop.lunas.test" }, "PUBLIC_URL"],
    ["a gateway without https", { MIDTRANS_SNAP_URL: "http://app.midtrans.com" }, "MIDTRANS_SNAP_URL"],
    ["a courier without https", { RAJAONGKIR_URL: "http://rajaongkir.komerce.id" }, "RAJAONGKIR_URL"],
    ["Midtrans's own sandbox", { MIDTRANS_CORE_URL: "https://api.sandbox.midtrans.com" }, "MIDTRANS_CORE_URL"],
    ["the local sandbox", { KOMERCE_URL: "https://127.0.0.1:4010" }, "KOMERCE_URL"],
    ["the demo's server key", { MIDTRANS_SERVER_KEY: "SB-Mid-server-lunas-demo-key-0001" }, "MIDTRANS_SERVER_KEY"],
    ["the demo's client key", { MIDTRANS_CLIENT_KEY: "SB-Mid-client-lunas-demo-key-0001" }, "MIDTRANS_CLIENT_KEY"],
    ["the demo's merchant", { MIDTRANS_MERCHANT_ID: "G100200300" }, "MIDTRANS_MERCHANT_ID"],
    [
      "notifications signed with the demo's key",
      { MIDTRANS_SIGNATURE_KEY: "SB-Mid-server-lunas-demo-key-0001" },
      "MIDTRANS_SIGNATURE_KEY",
    ],
    ["the retired courier API", { RAJAONGKIR_URL: "https://pro.rajaongkir.com/api" }, "RAJAONGKIR_URL"],
    ["Komerce's workshop", { KOMERCE_URL: "https://api.collaborator.komerce.my.id" }, "KOMERCE_URL"],
    ["Komerce's sandbox", { KOMERCE_URL: "https://api-sandbox.collaborator.komerce.id" }, "KOMERCE_URL"],
    ["one key for two courier APIs", { KOMERCE_KEY: "courier-key-of-this-test" }, "KOMERCE_KEY"],
    ["the demo's courier key", { RAJAONGKIR_KEY: "sim-ok" }, "RAJAONGKIR_KEY"],
    ["the demo's delivery key", { KOMERCE_KEY: "sim-ok" }, "KOMERCE_KEY"],
    ["a short secret", { JWT_SECRET: "short" }, "JWT_SECRET"],
    ["a short key for services", { SERVICE_API_KEY: "31-characters-are-one-too-few--" }, "SERVICE_API_KEY"],
    ["alerts in plain text", { ALERT_WEBHOOK_URL: "http://alerts.lunas.test/in" }, "ALERT_WEBHOOK_URL"],
    ["a minute to pay", { PAYMENT_WINDOW: "1m" }, "PAYMENT_WINDOW"],
    ["no limits", { RATE_LIMIT_SCALE: "0" }, "RATE_LIMIT_SCALE"],
    ["no fraud rules", { FRAUD_RULES: "off" }, "FRAUD_RULES"],
  ])("of production refuse %s", (_what, env, name) => {
    expect(problemsOf({ ...REAL, ...env }).map((line) => line.split(":")[0])).toEqual([name]);
  });

  test.each(["MIDTRANS_SERVER_KEY", "MIDTRANS_SIGNATURE_KEY", "JWT_SECRET", "SERVICE_API_KEY", "DATA_KEY"])(
    "never take an empty file for %s",
    (name) => {
      const file = path.join(dataDir, "empty");
      writeFileSync(file, " \n");
      for (const mode of ["production", "sandbox", "local"]) {
        const problems = problemsOf({ ...REAL, MIDTRANS_MODE: mode, [name]: "", [`${name}_FILE`]: file });
        expect(problems).toEqual([`${name}_FILE: expected a file that is not empty`]);
      }
    },
  );

  test("take an empty value for a missing one", () => {
    expect(loadConfig({ DATA_DIR: dataDir, ...REAL, MIDTRANS_SIGNATURE_KEY: " " }).midtrans.signatureKey).toBe(
      REAL.MIDTRANS_SERVER_KEY,
    );
    expect(problemsOf({ ...REAL, JWT_SECRET: "" })).toHaveLength(1);
  });

  test("are not to be sealed where that cannot be", () => {
    const [line] = problemsOf({ ...REAL, DATA_KEY: undefined });
    expect(line).toBe("DATA_KEY: required outside local mode (or DATA_KEY_FILE)");
    expect(problemsOf({ ...REAL, JWT_SECRET: undefined })[0]).toContain("npm run secrets -- set JWT_SECRET");
  });

  test("come from the environment first, then from a file", () => {
    const file = path.join(dataDir, "jwt");
    writeFileSync(file, "  a-secret-from-a-file-of-thirty-two-letters\n");
    const fromFile = { ...REAL, JWT_SECRET: undefined, JWT_SECRET_FILE: file };
    expect(loadConfig({ DATA_DIR: dataDir, ...fromFile }).jwtSecret).toBe("a-secret-from-a-file-of-thirty-two-letters");
    expect(loadConfig({ DATA_DIR: dataDir, ...fromFile, JWT_SECRET: REAL.JWT_SECRET }).jwtSecret).toBe(REAL.JWT_SECRET);
  });
});
