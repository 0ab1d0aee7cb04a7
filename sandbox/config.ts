import { resolve } from "node:path";

/** How the sandbox runs. Every member has a default that suits a developer's machine. */
export interface SandboxConfig {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Where browsers reach it; null: http://host:port. */
  publicUrl: string | null;
  dataDir: string;
  /** How much faster its clock runs than the real one. */
  timeScale: number;
  serverKey: string;
  clientKey: string;
  merchantId: string;
  signatureKey: string;
  rajaongkirKey: string;
  komerceKey: string;
  /** Where payment notifications go unless a request names another place. */
  notificationUrl: string;
  /** Where news of subscriptions go, and news of linked accounts; midtrans.md 6.1 keeps them apart. */
  recurringUrl: string;
  payAccountUrl: string;
  /** Where a buyer goes who leaves a page whose request named no callback. */
  finishUrl: string;
  /** Whether Core's refusals come as HTTP 200 with the code in the body, or with that code as HTTP status. */
  coreErrors: "body" | "http";
  /** HTTP status of "no courier serves this route": the real service was seen with both. */
  noRateStatus: 400 | 404;
  /** Where a fee passed to the buyer is told: both places were seen (midtrans.md 13). */
  feeInfo: "metadata" | "top";
  /** Whether ShopeePay refuses refunds from 23:55 to 06:00 WIB; off lets tests run at any hour (midtrans.md 4.3). */
  shopeepayNight: "refuse" | "allow";
  /** Where news of shipments go, and how: the real service's pages say both methods (rajaongkir.md 5). */
  shipmentUrl: string;
  shipmentMethod: "PUT" | "POST";
  /** Share, from 0 to 1, of that news that comes twice, and of what waits for a later one before it comes. */
  courierNoise: number;
  /** Rupiah on the delivery dashboard at the beginning. */
  courierBalance: number;
  /** Waybill numbers as the sandbox of the real service makes them, or as couriers do (rajaongkir.md 4.3). */
  awbForm: "komer" | "courier";
  /** Who tells that a return has reached its sender: the order too, or webhook and waybill alone (3.3, 3.4). */
  returnDone: "order" | "waybill";
  logLevel: string;
}

/** Keys of a merchant that exists nowhere; the shop's local mode has the same ones. */
const DEMO = {
  serverKey: "SB-Mid-server-lunas-demo-key-0001",
  clientKey: "SB-Mid-client-lunas-demo-key-0001",
  merchantId: "G100200300",
};

const WEBHOOKS = "/api/webhooks/midtrans";
const SHIPMENT_WEBHOOK = "/api/webhooks/rajaongkir/shipment";

/** Rupiah that pay some ten thousand parcels. */
const COURIER_BALANCE = 1_000_000_000;

type Env = Record<string, string | undefined>;

function number(env: Env, name: string, fallback: number, fits: (value: number) => boolean, expected: string): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && fits(value)) return value;
  throw new Error(`${name} is "${text}": expected ${expected}`);
}

function oneOf<T extends string>(env: Env, name: string, words: readonly T[], fallback: T): T {
  const text = env[name] || fallback;
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new Error(`${name} is "${text}": expected ${words.join(" or ")}`);
}

function url(env: Env, name: string, fallback: string): string {
  const text = env[name] || fallback;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new Error(`${name} is "${text}": expected an http or https URL`);
}

/** The address under which a server that listens on `host` is reached from this machine. */
export const reachable = (host: string): string => (host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host);

/** Reads the environment. Throws one sentence that names the bad variable and says what is expected. */
export function readConfig(env: Env = process.env): SandboxConfig {
  const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535;
  const host = env["HOST"] || "127.0.0.1";
  const shopPort = number(env, "PORT", 4000, isPort, "a port from 0 to 65535");
  const shop = url(env, "PUBLIC_URL", `http://${reachable(host)}:${shopPort}`).replace(/\/+$/, "");
  const serverKey = env["MIDTRANS_SERVER_KEY"] || DEMO.serverKey;
  return {
    host,
    port: number(env, "SANDBOX_PORT", 4010, isPort, "a port from 0 to 65535"),
    publicUrl: env["SANDBOX_PUBLIC_URL"] ? url(env, "SANDBOX_PUBLIC_URL", "").replace(/\/+$/, "") : null,
    dataDir: resolve(env["DATA_DIR"] || ".data", "sandbox"),
    timeScale: number(env, "SANDBOX_TIME_SCALE", 1, (value) => value > 0, "a number greater than 0"),
    serverKey,
    clientKey: env["MIDTRANS_CLIENT_KEY"] || DEMO.clientKey,
    merchantId: env["MIDTRANS_MERCHANT_ID"] || DEMO.merchantId,
    signatureKey: env["MIDTRANS_SIGNATURE_KEY"] || serverKey,
    rajaongkirKey: env["RAJAONGKIR_KEY"] || "sim-ok",
    komerceKey: env["KOMERCE_KEY"] || "sim-ok",
    notificationUrl: url(env, "SANDBOX_NOTIFICATION_URL", `${shop}${WEBHOOKS}/payment-notification`),
    recurringUrl: url(env, "SANDBOX_RECURRING_URL", `${shop}${WEBHOOKS}/recurring-notification`),
    payAccountUrl: url(env, "SANDBOX_PAY_ACCOUNT_URL", `${shop}${WEBHOOKS}/pay-account-notification`),
    finishUrl: url(env, "SANDBOX_FINISH_URL", `${shop}/`),
    coreErrors: oneOf(env, "SANDBOX_CORE_ERRORS", ["body", "http"], "body"),
    noRateStatus: oneOf(env, "SANDBOX_NO_RATE_STATUS", ["400", "404"], "400") === "404" ? 404 : 400,
    feeInfo: oneOf(env, "SANDBOX_FEE_INFO", ["metadata", "top"], "metadata"),
    shopeepayNight: oneOf(env, "SANDBOX_SHOPEEPAY_NIGHT", ["refuse", "allow"], "allow"),
    shipmentUrl: url(env, "SANDBOX_SHIPMENT_URL", `${shop}${SHIPMENT_WEBHOOK}`),
    shipmentMethod: oneOf(env, "SANDBOX_SHIPMENT_METHOD", ["PUT", "POST"], "PUT"),
    courierNoise: number(env, "SANDBOX_COURIER_NOISE", 0.1, (share) => share >= 0 && share <= 1, "a share from 0 to 1"),
    courierBalance: number(env, "SANDBOX_COURIER_BALANCE", COURIER_BALANCE, Number.isSafeInteger, "whole rupiah"),
    awbForm: oneOf(env, "SANDBOX_AWB", ["komer", "courier"], "komer"),
    returnDone: oneOf(env, "SANDBOX_RETURN_DONE", ["order", "waybill"], "order"),
    logLevel: env["LOG_LEVEL"] || "info",
  };
}
