import type { App, Settings } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { type Ask, askAboutTry } from "./askAboutTry.ts";
import { type DatedPayment, readKnownPayments } from "./gatewayTruth.queries.ts";
import { type AnsweredTry, type Difference, differencesOf } from "./gatewayTruth.rules.ts";

export type LookApp = Pick<App, "db" | "payments" | "clock"> & {
  readonly settings: Pick<Settings, "midtransMerchantId">;
};

/** A payment, what the gateway said of its tries, and where the two disagree. */
export interface Look {
  readonly payment: DatedPayment;
  readonly answered: readonly AnsweredTry[];
  readonly differences: readonly Difference[];
}

/**
 * Where our rows and some answers disagree, whether or not a case is open about it: that somebody is to decide does not
 * make them agree. What was decided does.
 */
export function judge(app: LookApp, payment: DatedPayment, answered: readonly AnsweredTry[]): Difference[] {
  const cases = payment.cases.filter(({ isOpen }) => !isOpen);
  const facts = { merchantId: app.settings.midtransMerchantId, now: app.clock.now() };
  return differencesOf({ ...payment, cases }, answered, facts);
}

/** A job that is due since longer is stuck: what it was to end has not ended. */
const STUCK_AFTER_MS = 15 * MINUTE_MS;

/** Payments with their tries as they stand now; awaited is what a job or a poll that is due now will end. */
export function readPayments(
  db: Pick<App["db"], "sql">,
  now: Date,
  ids: readonly PaymentId[],
): Promise<DatedPayment[]> {
  return readKnownPayments(db, ids, { from: later(now, -STUCK_AFTER_MS), to: now });
}

async function lookOnce(app: LookApp, ask: Ask, payment: DatedPayment): Promise<Look> {
  const answered: AnsweredTry[] = [];
  for (const one of payment.tries) answered.push(await askAboutTry(ask, one));
  return { payment, answered, differences: judge(app, payment, answered) };
}

/**
 * Asks how a payment's tries stand and compares. What differs is asked about a second time, with rows and answers of
 * that moment: the shop lives on meanwhile, and a step under way is no difference.
 *
 * @throws GatewayUnavailable; Refusal
 */
export async function lookAtPayment(app: LookApp, ask: Ask, payment: DatedPayment): Promise<Look> {
  const first = await lookOnce(app, ask, payment);
  if (first.differences.length === 0) return first;
  const [fresh] = await readPayments(app.db, app.clock.now(), [payment.id]);
  return fresh ? lookOnce(app, ask, fresh) : first;
}
