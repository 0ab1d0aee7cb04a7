import type { App, Settings } from "../app.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { later } from "../kernel/time.ts";
import { type Ask, askAboutTry, createAsker } from "../reconciliation/askAboutTry.ts";
import {
  countTries,
  type DatedPayment,
  nextPaymentIds,
  type PaymentRange,
  readKnownPayments,
} from "../reconciliation/gatewayTruth.queries.ts";
import { type AnsweredTry, differencesOf } from "../reconciliation/gatewayTruth.rules.ts";
import { type Breach, OUTBOX_GRACE_MS } from "./runAudit.ts";

const PAGE = 200; // payments read at once: their rows are no older than a minute of asking when they are compared
const PARALLEL = 5; // calls at once, as many as a worker's polls have: an audit must not flood the gateway
/** Calls without an answer, one after another, after which the gateway is away and the rest is not asked. */
const UNANSWERED_MAX = 20;
const WHY_MAX = 20; // reasons that are kept: by then the cause matters, not its next case

export interface GatewayAuditOptions extends PaymentRange {
  /** Calls a second. */
  readonly ratePerSecond: number;
  /**
   * True: what differs and has a poll or a job soon to come is on its way and no breach. False for a shop at rest,
   * where all must agree.
   */
  readonly mayAwait: boolean;
  /** Further transactions that are said to exist under an order id: each is asked about as well. */
  readonly alsoNamed?: ReadonlyMap<string, readonly string[]>;
  /** Told after each page: tries dealt with, of how many, and when the last of them was begun (ms since 1970). */
  readonly onProgress?: (done: number, total: number, upToMs: number) => void;
}

export interface GatewayAudit {
  /** Gateway transactions that were compared. */
  readonly asked: number;
  /** Gateway transactions about which no answer came: nothing is proven of them. */
  readonly notAsked: number;
  /** Some of the reasons why. */
  readonly whyNot: readonly string[];
  readonly breaches: readonly Breach[];
  /** Differences that a poll or a job soon to come may end. */
  readonly awaited: readonly Breach[];
}

type Needs = Pick<App, "db" | "payments" | "clock"> & {
  readonly settings: Pick<Settings, "midtransMerchantId">;
};

interface Looked {
  readonly payment: DatedPayment;
  readonly breaches: readonly Breach[];
  /** Why there was no answer; null: there was one for every try. */
  readonly whyNot: string | null;
}

async function look(app: Needs, ask: Ask, payment: DatedPayment, options: GatewayAuditOptions): Promise<Looked> {
  const answered: AnsweredTry[] = [];
  try {
    for (const one of payment.tries)
      answered.push(await askAboutTry(ask, one, options.alsoNamed?.get(one.gatewayOrderId) ?? []));
  } catch (error) {
    if (!(error instanceof GatewayUnavailable || error instanceof Refusal)) throw error;
    return { payment, breaches: [], whyNot: `${payment.number}: ${error.message}` };
  }
  const facts = { merchantId: app.settings.midtransMerchantId, now: app.clock.now() };
  const differences = differencesOf(payment, answered, facts);
  const breaches = differences.map(({ invariant, subject, detail }) => ({ invariant, subject, detail }));
  return { payment, breaches, whyNot: null };
}

/** Reads payments afresh and looks at each, a few at once. */
async function lookAtAll(
  app: Needs,
  ask: Ask,
  ids: readonly PaymentId[],
  options: GatewayAuditOptions,
): Promise<Looked[]> {
  const now = app.clock.now();
  const awaited = { from: later(now, -OUTBOX_GRACE_MS), to: later(now, OUTBOX_GRACE_MS) };
  const queue = await readKnownPayments(app.db, ids, awaited);
  const looked: Looked[] = [];
  const lane = async () => {
    for (let payment = queue.shift(); payment; payment = queue.shift())
      looked.push(await look(app, ask, payment, options));
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return looked;
}

const countOf = (looked: readonly Looked[]): number =>
  looked.reduce((sum, { payment }) => sum + payment.tries.length, 0);

/**
 * Holds our rows against what the gateway says of every try that was begun in a range: see GATEWAY_INVARIANTS. It
 * changes nothing and may run beside the living shop: what differs is looked at a second time, at the end, with rows
 * and answers of that moment. So is what had no answer; what has none then, either, is counted as not asked, and after
 * UNANSWERED_MAX failures in a row nothing more is asked.
 */
export async function auditGateway(app: Needs, options: GatewayAuditOptions): Promise<GatewayAudit> {
  const ask = createAsker(app, options.ratePerSecond, UNANSWERED_MAX);
  const total = await countTries(app.db, options);
  const again: PaymentId[] = [];
  let done = 0;
  let page = await nextPaymentIds(app.db, options, null, PAGE);
  while (page.length > 0) {
    const looked = await lookAtAll(app, ask, page, options);
    again.push(
      ...looked.filter((one) => one.whyNot !== null || one.breaches.length > 0).map(({ payment }) => payment.id),
    );
    done += countOf(looked);
    const upToMs = looked.map(({ payment }) => payment.createdAt.getTime()).reduce((a, b) => Math.max(a, b), 0);
    options.onProgress?.(done, total, upToMs);
    page = await nextPaymentIds(app.db, options, page.at(-1) ?? null, PAGE);
  }
  const second: Looked[] = [];
  for (let from = 0; from < again.length; from += PAGE)
    second.push(...(await lookAtAll(app, ask, again.slice(from, from + PAGE), options)));
  const unanswered = second.filter(({ whyNot }) => whyNot !== null);
  const isOnItsWay = ({ payment }: Looked) => options.mayAwait && payment.isAwaited;
  return {
    asked: done - countOf(unanswered),
    notAsked: countOf(unanswered),
    whyNot: unanswered.slice(0, WHY_MAX).flatMap(({ whyNot }) => whyNot ?? []),
    breaches: second.filter((one) => !isOnItsWay(one)).flatMap(({ breaches }) => breaches),
    awaited: second.filter(isOnItsWay).flatMap(({ breaches }) => breaches),
  };
}
