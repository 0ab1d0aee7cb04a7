import { setTimeout as delay } from "node:timers/promises";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import { SECOND_MS } from "../kernel/time.ts";
import { statusIdOf } from "../payment/lockPayment.ts";
import { usesPage } from "../payment/methods.rules.ts";
import type { PaymentReport } from "../payment/paymentGateway.ts";
import type { AnsweredTry, KnownTry } from "./gatewayTruth.rules.ts";

/** Asks how one id stands; null: the gateway does not know it. @throws GatewayUnavailable */
export type Ask = (id: string) => Promise<PaymentReport | null>;

/** A pause below this is not worth a timer. */
const PAUSE_MS_MIN = 2;

/**
 * The gateway's status with a rate, and with an end to asking a gateway that is away.
 *
 * @param unansweredMax calls without an answer, one after another, after which no more is asked
 */
export function createAsker(app: Pick<App, "payments">, ratePerSecond: number, unansweredMax: number): Ask {
  const everyMs = SECOND_MS / ratePerSecond;
  let nextAtMs = performance.now();
  let unanswered = 0;
  return async (id) => {
    if (unanswered >= unansweredMax) throw new GatewayUnavailable("midtrans", "does not answer any more", "none");
    const nowMs = performance.now();
    const pauseMs = nextAtMs - nowMs;
    nextAtMs = Math.max(nextAtMs, nowMs) + everyMs;
    if (pauseMs >= PAUSE_MS_MIN) await delay(pauseMs);
    try {
      const report = await app.payments.fetchStatus(id);
      unanswered = 0;
      return report;
    } catch (error) {
      if (error instanceof GatewayUnavailable) unanswered++;
      throw error;
    }
  };
}

/**
 * What the gateway says of a try: of its own transaction, and of others under its order id. A charge has an order id of
 * its own; a page's order id answers for the newest of several transactions.
 *
 * @param alsoNamed transactions that are said to exist under its order id besides
 * @throws GatewayUnavailable
 */
export async function askAboutTry(ask: Ask, one: KnownTry, alsoNamed: readonly string[] = []): Promise<AnsweredTry> {
  const own = statusIdOf(one);
  const ids = new Set([own, ...(usesPage(one.method) ? [one.gatewayOrderId] : []), ...one.named, ...alsoNamed]);
  const reports = new Map<string, PaymentReport>();
  for (const id of ids) {
    if (reports.has(id)) continue;
    const report = await ask(id);
    // A name is only a hint: the answer must be about this order id.
    if (report && (id === own || report.gatewayOrderId === one.gatewayOrderId))
      reports.set(report.gatewayTransactionId, report);
  }
  return { one, reports: [...reports.values()] };
}
