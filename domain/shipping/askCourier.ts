import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import type { MayAsk } from "./shippingGateway.ts";
import { quotaForQuotes, takeAddressShare, takeQuota } from "./takeQuota.ts";

export type CourierApp = Pick<App, "db" | "clock" | "ids" | "limits" | "log" | "settings" | "shipping">;

/** The address that the question came from; null for a checkout, which has its account's limit. */
export type Asker = string | null;

/**
 * The company's answer, or why there is none; `isLimited` where it was not asked because this asker has had his part.
 */
export type Asked<T> =
  | { readonly answer: T }
  | { readonly answer: null; readonly why: string; readonly isLimited: boolean };

/** About what the alerts of this file are. */
const SUBJECT = "rajaongkir";
const KINDS = ["COURIER_FALLBACK", "COURIER_QUOTA"] as const;
type Kind = (typeof KINDS)[number];

const MESSAGES: Readonly<Record<Kind, (why: string) => string>> = {
  COURIER_FALLBACK: (why) =>
    `Shipping is offered at the shop's own table, because the couriers cannot be asked. ${why}`,
  COURIER_QUOTA: (why) => `The day's courier quota for quotes is used up; what is left is for tracking. ${why}`,
};

/**
 * Raises the alert unless it is open: during an outage every shopper comes by here, and none should wait for its row.
 * Never rejects.
 */
async function alertOnce(app: CourierApp, kind: Kind, why: string): Promise<void> {
  try {
    const open = await app.db.sql("select 1 from alerts where kind = $1 and subject = $2 and cleared_at is null", [
      kind,
      SUBJECT,
    ]);
    if (open.length > 0) return;
    const alert = { kind, subject: SUBJECT, severity: "WARNING", message: MESSAGES[kind](why) } as const;
    await inTransaction(app.db, (tx) => raiseAlert(tx, { ids: app.ids, now: app.clock.now() }, alert));
  } catch (error) {
    app.log.error({ err: error, kind }, "an alert about the couriers could not be raised");
  }
}

/** Says that shoppers see the shop's own table. Never rejects. */
export const alertFallback = (app: CourierApp, why: string): Promise<void> => alertOnce(app, "COURIER_FALLBACK", why);

/** Clears both alerts where one is open: the couriers answered. Never rejects. */
async function clearAlerts(app: CourierApp): Promise<void> {
  try {
    const open = await app.db.sql<{ kind: Kind }>(
      "select kind from alerts where kind = any($1) and subject = $2 and cleared_at is null",
      [KINDS, SUBJECT],
    );
    if (open.length === 0) return;
    await inTransaction(app.db, async (tx) => {
      for (const { kind } of open) await clearAlertOf(tx, app.clock.now(), kind, SUBJECT);
    });
  } catch (error) {
    app.log.error({ err: error }, "an alert about the couriers could not be cleared");
  }
}

/**
 * Asks the company within the day's quota and the asker's part of it. What it cannot answer is no error here: every
 * caller has something else to
 * offer. An answer clears the alerts, a used-up quota raises one.
 */
export async function askCourier<T>(
  app: CourierApp,
  asker: Asker,
  ask: (mayAsk: MayAsk) => Promise<T>,
): Promise<Asked<T>> {
  const limit = quotaForQuotes(app.settings.rajaongkirDailyQuota);
  let isUsedUp = false;
  let isLimited = false;
  const mayAsk = async () => {
    // Before the quota: an address that floods takes nothing from what it shares with the others.
    isLimited = asker !== null && !(await takeAddressShare(app, asker));
    if (isLimited) return false;
    const taken = await takeQuota(app, "quotes");
    isUsedUp ||= !taken;
    killPoint("courier.call-counted");
    return taken;
  };
  try {
    const answer = await ask(mayAsk);
    await clearAlerts(app);
    return { answer };
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    if (isLimited) return { answer: null, why: "This address has asked too often today.", isLimited };
    app.log.warn({ err: error }, "the courier company gave no answer");
    if (isUsedUp) await alertOnce(app, "COURIER_QUOTA", `${limit} calls were made.`);
    return { answer: null, why: error.message, isLimited };
  }
}
