import path from "node:path";
import { ConfigError, type Environment, Reader } from "./configReader.ts";
import { type CourierSettings, readCouriers, refuseDeadCouriers } from "./courierSettings.ts";
import {
  BANK_COLUMNS,
  type BankField,
  type FileColumns,
  SETTLEMENT_COLUMNS,
  type SettlementField,
} from "./fileColumns.ts";
import { type FraudSettings, readFraud } from "./fraudSettings.ts";
import { localKeys } from "./localKeys.ts";
import { runningDatabaseUrl } from "./runningDatabase.ts";
import { openSealedSecrets } from "./sealedSecrets.ts";
import { type DataKey, parseDataKeys } from "./secrets.ts";
import { readTransferAccounts, type TransferSettings } from "./transferAccounts.ts";

export const MIDTRANS_MODES = ["local", "sandbox", "production"] as const;
export type MidtransMode = (typeof MIDTRANS_MODES)[number];

/** Demo keys of local mode; the sandbox in this repo has the same. They are refused in the other modes. */
export const DEMO_KEYS = {
  midtransServer: "SB-Mid-server-lunas-demo-key-0001",
  midtransClient: "SB-Mid-client-lunas-demo-key-0001",
  midtransMerchant: "G100200300",
  rajaongkir: "sim-ok",
} as const;

/** Midtrans's own base URLs, reference: Midtrans documentation "API environments". */
const MIDTRANS_URLS = {
  sandbox: { core: "https://api.sandbox.midtrans.com", snap: "https://app.sandbox.midtrans.com" },
  production: { core: "https://api.midtrans.com", snap: "https://app.midtrans.com" },
} as const;
export interface Config extends CourierSettings, TransferSettings {
  readonly mode: MidtransMode;
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly midtrans: {
    readonly serverKey: string;
    readonly clientKey: string;
    readonly merchantId: string;
    readonly signatureKey: string;
    readonly coreUrl: string;
    readonly snapUrl: string;
    readonly statusRatePerSecond: number;
  };
  readonly jwtSecret: string;
  readonly serviceApiKey: string;
  /** The first one seals; all of them open. */
  readonly dataKeys: readonly DataKey[];
  readonly paymentWindowMs: number;
  readonly reversalHoldMs: number;
  readonly paymentPollsMs: readonly number[];
  readonly sandboxPort: number;
  readonly sandboxTimeScale: number;
  readonly processTimeoutMs: number;
  /** Limit of every call to a gateway; null: each adapter's own table, 30 s at most. */
  readonly gatewayTimeoutMs: number | null;
  /** How long a job that was handed out may take before it is handed out again; null: the relay's own. */
  readonly jobLeaseMs: number | null;
  readonly trackingIntervalMs: number;
  readonly reconcileCron: string;
  /** Under which headers imported files have what is read of them. */
  readonly settlementColumns: FileColumns<SettlementField>;
  readonly bankColumns: FileColumns<BankField>;
  readonly refundBackoffMs: number;
  readonly corsOrigins: readonly string[];
  readonly rateLimitScale: number;
  readonly fraud: FraudSettings | null;
  /** Proxy hops whose forwarded headers count; 0 for none. */
  readonly trustProxyHops: number;
  readonly cartAbandonedAfterMs: number;
  readonly backupCron: string | null;
  readonly backupKeep: number;
  readonly smtpUrl: string | null;
  readonly alertWebhookUrl: string | null;
  readonly logLevel: string;
}

/** True for an address of this machine, which needs no TLS. */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}

function midtransUrls(read: Reader, mode: MidtransMode, sandboxUrl: string) {
  const own = mode === "local" ? { core: sandboxUrl, snap: sandboxUrl } : MIDTRANS_URLS[mode];
  const urls = { coreUrl: read.url("MIDTRANS_CORE_URL", own.core), snapUrl: read.url("MIDTRANS_SNAP_URL", own.snap) };
  if (mode === "production") {
    for (const [name, value] of [
      ["MIDTRANS_CORE_URL", urls.coreUrl],
      ["MIDTRANS_SNAP_URL", urls.snapUrl],
    ] as const) {
      if (/\.sandbox\.midtrans\.com$/.test(new URL(value).hostname))
        read.fail(name, "must not be Midtrans's sandbox in production mode");
    }
  }
  return urls;
}

const DEMO_VALUES: ReadonlySet<string> = new Set(Object.values(DEMO_KEYS));
const SECRET_CHARS_MIN = 32; // of a secret that we choose ourselves: 128 bits even as hex

const secretsOf = ({ midtrans, rajaongkir, komerce, jwtSecret, serviceApiKey }: Config) => ({
  MIDTRANS_SERVER_KEY: midtrans.serverKey,
  MIDTRANS_CLIENT_KEY: midtrans.clientKey,
  MIDTRANS_MERCHANT_ID: midtrans.merchantId,
  // Told once where it is the server key.
  ...(midtrans.signatureKey === midtrans.serverKey ? {} : { MIDTRANS_SIGNATURE_KEY: midtrans.signatureKey }),
  RAJAONGKIR_KEY: rajaongkir.key,
  KOMERCE_KEY: komerce.key,
  JWT_SECRET: jwtSecret,
  SERVICE_API_KEY: serviceApiKey,
});

/** In sandbox and production mode nothing travels or is signed as in the demo. */
function refuseDemoSettings(read: Reader, config: Config): void {
  if (config.mode === "local") return;
  const urls = {
    PUBLIC_URL: config.publicUrl,
    MIDTRANS_CORE_URL: config.midtrans.coreUrl,
    MIDTRANS_SNAP_URL: config.midtrans.snapUrl,
    RAJAONGKIR_URL: config.rajaongkir.url,
    KOMERCE_URL: config.komerce.url,
  };
  for (const [name, value] of Object.entries(urls)) {
    const isPlain = new URL(value).protocol !== "https:";
    if (isPlain && (config.mode === "production" || !isLoopback(value)))
      read.fail(name, "must be https outside local mode");
    if (isLoopback(value) && new URL(value).port === String(config.sandboxPort)) {
      read.fail(name, "must not be the local gateway sandbox outside local mode");
    }
  }
  const webhook = config.alertWebhookUrl;
  if (webhook !== null && new URL(webhook).protocol !== "https:" && !isLoopback(webhook)) {
    read.fail("ALERT_WEBHOOK_URL", "must be https outside local mode");
  }
  for (const [name, value] of Object.entries(secretsOf(config))) {
    if (DEMO_VALUES.has(value)) read.fail(name, "must not be the demo's outside local mode");
  }
  for (const [name, value] of [
    ["JWT_SECRET", config.jwtSecret],
    ["SERVICE_API_KEY", config.serviceApiKey],
  ] as const) {
    if (value.length < SECRET_CHARS_MIN) read.fail(name, `must have at least ${SECRET_CHARS_MIN} characters`);
  }
  refuseDeadCouriers(read, config, config.mode === "production");
  if (config.mode === "production") {
    if (config.rateLimitScale === 0) read.fail("RATE_LIMIT_SCALE", "must not be 0 in production mode");
    if (!config.fraud) read.fail("FRAUD_RULES", "must not be off in production mode");
  }
}

function gatewaySettings(read: Reader, mode: MidtransMode, sandboxPort: number) {
  const isLocal = mode === "local";
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const serverKey = read.secret("MIDTRANS_SERVER_KEY", isLocal ? DEMO_KEYS.midtransServer : null);
  return {
    midtrans: {
      serverKey,
      clientKey: read.secret("MIDTRANS_CLIENT_KEY", isLocal ? DEMO_KEYS.midtransClient : null),
      merchantId: read.secret("MIDTRANS_MERCHANT_ID", isLocal ? DEMO_KEYS.midtransMerchant : null),
      signatureKey: read.secret("MIDTRANS_SIGNATURE_KEY", serverKey),
      ...midtransUrls(read, mode, sandboxUrl),
      statusRatePerSecond: read.number("MIDTRANS_RATE", 5, { min: 1, max: 1000 }),
    },
    ...readCouriers(read, mode, DEMO_KEYS.rajaongkir, sandboxUrl),
  };
}

/** Snap's expiry takes seven days at most. Nobody pays a transfer in less than five minutes; tests do. */
const PAYMENT_WINDOW_MAX = "7d";
const PAYMENT_WINDOW_MIN = "5m";

/** A job asks a gateway up to three times, and the relay's lease (worker/relay.ts) must outlive all of them. */
export const GATEWAY_TIMEOUT_MAX = "60s";

/** What the longest job needs (worker/relay.ts). Tests of dead workers wait for less. */
export const JOB_LEASE_MIN = "200s";

function timeSettings(read: Reader, mode: MidtransMode) {
  return {
    paymentWindowMs: read.duration("PAYMENT_WINDOW", "24h", {
      max: PAYMENT_WINDOW_MAX,
      ...(mode === "local" ? {} : { min: PAYMENT_WINDOW_MIN }),
    }),
    reversalHoldMs: read.duration("REVERSAL_HOLD", "10m"),
    paymentPollsMs: read.durations("PAYMENT_POLLS", "1m,3m,10m"),
    sandboxTimeScale: read.number("SANDBOX_TIME_SCALE", 1, { min: 0.001, max: 1_000_000, integer: false }),
    processTimeoutMs: read.duration("PROCESS_TIMEOUT", "5m"),
    gatewayTimeoutMs: read.optionalDuration("GATEWAY_TIMEOUT", { max: GATEWAY_TIMEOUT_MAX }),
    jobLeaseMs: read.optionalDuration("JOB_LEASE", mode === "local" ? {} : { min: JOB_LEASE_MIN }),
    trackingIntervalMs: read.duration("TRACKING_INTERVAL", "30m"),
    reconcileCron: read.optionalCron("RECONCILE_CRON") ?? "0 2 * * *",
    settlementColumns: read.columns("SETTLEMENT_COLUMNS", SETTLEMENT_COLUMNS),
    bankColumns: read.columns("BANK_COLUMNS", BANK_COLUMNS),
    refundBackoffMs: read.duration("REFUND_BACKOFF", "30s"),
    cartAbandonedAfterMs: read.duration("CART_ABANDONED_AFTER", "24h"),
  };
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);

function build(env: Environment, cwd: string): { config: Config; read: Reader } {
  const dataDir = path.resolve(cwd, env["DATA_DIR"] || ".data");
  const read = new Reader(env, (dataKeys) => openSealedSecrets(dataDir, dataKeys));
  const mode = read.oneOf("MIDTRANS_MODE", MIDTRANS_MODES, "local");
  const port = read.number("PORT", 4000, { min: 0, max: 65_535 });
  const host = read.text("HOST", "127.0.0.1");
  const sandboxPort = read.number("SANDBOX_PORT", 4010, { min: 0, max: 65_535 });
  const made = mode === "local" ? localKeys(dataDir) : null;
  const dataKeys = parseDataKeys(read.secret("DATA_KEY", made?.dataKey ?? null), (why) => read.fail("DATA_KEY", why));
  read.useSealed(dataKeys);
  const publicUrl = read.url("PUBLIC_URL", `http://${host}:${port}`);
  const config: Config = {
    mode,
    port,
    host,
    publicUrl,
    dataDir,
    dataKeys,
    sandboxPort,
    databaseUrl:
      read.connection("DATABASE_URL", read.text("DATABASE_URL", runningDatabaseUrl(dataDir) ?? ""), [
        "postgres",
        "postgresql",
      ]) ?? "",
    redisUrl: read.connection("REDIS_URL", read.optionalText("REDIS_URL"), ["redis", "rediss"]),
    ...gatewaySettings(read, mode, sandboxPort),
    ...timeSettings(read, mode),
    ...readTransferAccounts(read),
    jwtSecret: read.secret("JWT_SECRET", made?.jwtSecret ?? null),
    serviceApiKey: read.secret("SERVICE_API_KEY", made?.serviceApiKey ?? null),
    corsOrigins: read.origins("CORS_ORIGINS", [
      originOf(publicUrl),
      ...(mode === "production" ? [] : ["https://studio.apollographql.com"]),
    ]),
    rateLimitScale: read.number("RATE_LIMIT_SCALE", 1, { min: 0, max: 1_000_000, integer: false }),
    fraud: readFraud(read, mode === "local"),
    trustProxyHops: read.number("TRUST_PROXY", 0, { min: 0, max: 10 }),
    backupCron: read.optionalCron("BACKUP_CRON"),
    backupKeep: read.number("BACKUP_KEEP", 14, { min: 1, max: 1000 }),
    smtpUrl: read.connection("SMTP_URL", read.optionalSecret("SMTP_URL"), ["smtp", "smtps"]),
    alertWebhookUrl: read.optionalUrl("ALERT_WEBHOOK_URL"),
    logLevel: read.oneOf("LOG_LEVEL", ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const, "info"),
  };
  if (config.databaseUrl === "" && read.optionalText("DATABASE_URL") === null) {
    read.fail("DATABASE_URL", "expected a postgres:// URL, or a running `npm start` with the same DATA_DIR");
  }
  return { config, read };
}

/**
 * Parses the environment once. Nothing else in the project reads process.env.
 *
 * @throws ConfigError with one line for each bad variable: its name and what is expected, never its value
 */
export function loadConfig(env: Environment = process.env, cwd = process.cwd()): Config {
  const { config, read } = build(env, cwd);
  if (read.problems.length === 0) refuseDemoSettings(read, config);
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return Object.freeze(config);
}

/** What a command needs that seals settings: it runs before the settings are there that it seals. */
export interface Keyring {
  readonly dataDir: string;
  readonly dataKeys: readonly DataKey[];
  /** null: no database is named, and none runs for this data directory. */
  readonly databaseUrl: string | null;
}

/** @throws ConfigError for a DATA_KEY that is missing or no key */
export function loadKeyring(env: Environment = process.env, cwd = process.cwd()): Keyring {
  const dataDir = path.resolve(cwd, env["DATA_DIR"] || ".data");
  const read = new Reader(env, () => ({}));
  const isLocal = read.oneOf("MIDTRANS_MODE", MIDTRANS_MODES, "local") === "local";
  const text = read.secret("DATA_KEY", isLocal ? localKeys(dataDir).dataKey : null);
  const dataKeys = parseDataKeys(text, (why) => read.fail("DATA_KEY", why));
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return { dataDir, dataKeys, databaseUrl: read.optionalText("DATABASE_URL") ?? runningDatabaseUrl(dataDir) };
}

/** EX_CONFIG of sysexits.h, so that a supervisor can tell a bad setting from a crash. */
const EXIT_BAD_CONFIG = 78;

/** As loadConfig, for the top of a process: prints the problems, one line each, and ends it. */
export function loadConfigOrExit(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.problems) process.stderr.write(`${line}\n`);
    process.exit(EXIT_BAD_CONFIG);
  }
}
