import { createHmac, randomBytes } from "node:crypto";
import type { App, Settings } from "../domain/app.ts";
import { createOrderEffects } from "../domain/checkout/orderEffects.ts";
import { enrollmentEffects } from "../domain/enrollment/enrollmentEffects.ts";
import { type Id, type Ids, uuidv7 } from "../domain/kernel/ids.ts";
import { scaleVelocity } from "../domain/payment/fraud.rules.ts";
import { tables } from "../domain/tables.ts";
import { createAlertWebhook } from "../gateways/alertWebhook/http.ts";
import { createKomerceGateway } from "../gateways/komerce/http.ts";
import { createMidtransAccounts } from "../gateways/midtrans/accounts.ts";
import { createMidtransGateway } from "../gateways/midtrans/http.ts";
import { keyKind, keyUse } from "../gateways/midtrans/keys.ts";
import { createMidtransSubscriptions } from "../gateways/midtrans/subscriptions.ts";
import { createRajaongkirGateway } from "../gateways/rajaongkir/http.ts";
import { createCallRecorder } from "../gateways/recordCall.ts";
import { createMailer } from "../gateways/smtp/mailer.ts";
import { openBackups } from "../platform/backupFiles.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { openDb } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { openRateLimits } from "../platform/rateLimits.ts";
import { createSealer } from "../platform/secrets.ts";
import { openUploads, uploadsDir } from "../platform/uploads.ts";

const RANDOM_BYTES = 10;
/** Ids whose random bytes are fetched at once: a call to the system costs more than the rest of an id. */
const IDS_AHEAD = 400;

/** A worker writes for many at once; more statements side by side would only take cores from who answers people. */
const WORKER_CONNECTIONS = 4;

/** UUIDv7 out of a clock and the machine's random numbers, each of which is used once. */
export function createIds(clock: Clock): Ids {
  let pool = Buffer.alloc(0);
  let at = 0;
  return {
    next<Kind extends string>() {
      if (at === pool.length) [pool, at] = [randomBytes(RANDOM_BYTES * IDS_AHEAD), 0];
      const random = pool.subarray(at, at + RANDOM_BYTES);
      at += RANDOM_BYTES;
      return uuidv7(clock.now().getTime(), random) as Id<Kind>;
    },
  };
}

/** Links and payment tokens have a key of their own, so that none of them can ever be taken for a JWT. */
const linkSecretOf = (jwtSecret: string) => createHmac("sha256", jwtSecret).update("lunas links").digest("base64url");

const keyOf = <Name extends string>(name: Name, key: string) => ({ name, kind: keyKind(key), use: keyUse(key) });

const gatewayOf = ({ mode, midtrans }: Config): Settings["gateway"] => ({
  mode,
  merchantId: midtrans.merchantId,
  coreUrl: midtrans.coreUrl,
  snapUrl: midtrans.snapUrl,
  keys: [keyOf("MIDTRANS_SERVER_KEY", midtrans.serverKey), keyOf("MIDTRANS_CLIENT_KEY", midtrans.clientKey)],
});

const settingsOf = (config: Config): Settings => ({
  publicUrl: config.publicUrl,
  paymentWindowMs: config.paymentWindowMs,
  paymentPollsMs: config.paymentPollsMs,
  reversalHoldMs: config.reversalHoldMs,
  processTimeoutMs: config.processTimeoutMs,
  refundBackoffMs: config.refundBackoffMs,
  gatewayTimeoutMs: config.gatewayTimeoutMs,
  rajaongkirDailyQuota: config.rajaongkir.dailyQuota,
  cartAbandonedAfterMs: config.cartAbandonedAfterMs,
  trackingIntervalMs: config.trackingIntervalMs,
  statusRatePerSecond: config.midtrans.statusRatePerSecond,
  reconcileCron: config.reconcileCron,
  backupCron: config.backupCron,
  midtransMerchantId: config.midtrans.merchantId,
  gateway: gatewayOf(config),
  settlementColumns: config.settlementColumns,
  bankColumns: config.bankColumns,
  transferAccounts: config.transferAccounts,
  fraud: config.fraud && scaleVelocity(config.fraud, config.rateLimitScale),
  linkSecret: linkSecretOf(config.jwtSecret),
});

/**
 * Puts the shop together for one process: the one place where gateways meet the ports that the domain declares.
 * Connects lazily, so it succeeds while the database is away.
 *
 * @param processName what the log lines call it: api, worker, ...
 */
export function createApp(config: Config, processName: string, clock: Clock = systemClock): App {
  const log = createLog(config.logLevel, processName);
  const db = openDb(config.databaseUrl, tables, processName === "worker" ? WORKER_CONNECTIONS : undefined);
  const base = { db, clock, log, ids: createIds(clock), sealer: createSealer(config.dataKeys) };
  const recordCall = createCallRecorder(base);
  const timeoutMs = config.gatewayTimeoutMs;
  const settings = settingsOf(config);
  return {
    ...base,
    settings,
    limits: openRateLimits(base, config),
    uploads: openUploads(uploadsDir(config.dataDir), base.sealer),
    backups: openBackups(config.dataDir),
    payments: createMidtransGateway({
      ...config.midtrans,
      isProduction: config.mode === "production",
      timeoutMs,
      recordCall,
    }),
    subscriptions: createMidtransSubscriptions({ ...config.midtrans, timeoutMs, recordCall }),
    accounts: createMidtransAccounts({ ...config.midtrans, timeoutMs, recordCall }),
    shipping: createRajaongkirGateway({ ...config.rajaongkir, timeoutMs, recordCall, random: Math.random }),
    couriers: createKomerceGateway({ ...config.komerce, timeoutMs, recordCall, random: Math.random }),
    mail: config.smtpUrl ? createMailer(config.smtpUrl, config.publicUrl) : null,
    alertSink: config.alertWebhookUrl ? createAlertWebhook(config.alertWebhookUrl) : null,
    effects: { ORDER: createOrderEffects(base), ENROLLMENT: enrollmentEffects({ ...base, settings }) },
  };
}
