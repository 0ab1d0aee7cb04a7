import { setTimeout as delay } from "node:timers/promises";
import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { codeOf, paymentNumber } from "../kernel/codes.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { DAY_MS, dayInJakarta, later, SECOND_MS, startOfJakartaDay } from "../kernel/time.ts";
import type { PaymentCause } from "./advancePayment.ts";
import { tellsOfMoney } from "./applyMoneyOfAnother.ts";
import { isPayable } from "./askGateway.ts";
import { lockPayment } from "./lockPayment.ts";
import { isOffline, PAYMENT_METHODS } from "./methods.rules.ts";
import { toldBy } from "./moneyCase.rules.ts";
import { gatewayOrderId } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { recordAnswer } from "./pollPayments.ts";

/** What a database that was restored does not remember. */
export interface LostWindow {
  readonly from: Date;
  readonly to: Date;
  /** The first of the payments' serial numbers that may have been given out in it. */
  readonly firstSerial: number;
  /** How often the gateway may be asked. */
  readonly ratePerSecond: number;
}

export interface LostFound {
  readonly asked: number;
  /** Order ids about which the gateway could not be asked. */
  readonly notAsked: number;
  /** Tries of known payments that were lost, and are on record again. */
  readonly adopted: readonly string[];
  /** Payments that are lost altogether, each with a case. */
  readonly unmatched: readonly string[];
}

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "restore" };
/** Tries asked about beyond the known ones: who tries a third way within one lost window waits for its notification. */
const TRIES_BEYOND = 2;
/** Processes take serial numbers in batches of 64 and use them up from the top: of eight, so many were not used yet. */
const RESERVED = 512;
/**
 * Serial numbers in a row that the gateway does not know end the search: what is left of three batches, of which the
 * topmost named payments by proof, or pages on which nothing was chosen.
 */
const HOLES_MAX = 200;
/** Serial numbers asked about side by side: one answer after another would never reach the allowed rate. */
const AT_ONCE = 8;
/** So many lost payments in one window are no window any more. */
const SERIALS_MAX = 100_000;
/** Days of one window: a serial number says nothing of its day, so that each is asked about under all of them. */
const DAYS_MAX = 7;
/** A payment lives for seven days at most. */
const LONGEST_WINDOW_MS = 8 * DAY_MS;
const OPEN_MAX = 10_000; // payments that can be open at once, by far
/** A gateway that does not answer so often in a row is away. */
const FAILURES_MAX = 3;

interface Known {
  readonly id: PaymentId;
  readonly number: string;
  readonly tries: number;
}

function daysOf({ from, to }: LostWindow): Date[] {
  const days: Date[] = [];
  let day = startOfJakartaDay(dayInJakarta(from));
  for (; day <= to && days.length < DAYS_MAX; day = later(day, DAY_MS)) days.push(day);
  return days;
}

/** Asks at the allowed rate however long the answers take, and no more once the gateway is away. */
function createAsker(app: Pick<App, "payments" | "log">, ratePerSecond: number) {
  let [asked, notAsked, failures] = [0, 0, 0];
  let turn = Promise.resolve();
  const isAway = () => failures >= FAILURES_MAX;
  const waitForTurn = async () => {
    const mine = turn;
    turn = mine.then(() => delay(SECOND_MS / ratePerSecond));
    await mine;
  };
  return {
    counts: () => ({ asked, notAsked }),
    isAway,
    async ask(orderId: string): Promise<PaymentReport | null> {
      if (!isAway()) await waitForTurn();
      if (isAway()) {
        notAsked += 1;
        return null;
      }
      try {
        const report = await app.payments.fetchStatus(orderId);
        [asked, failures] = [asked + 1, 0];
        return report;
      } catch (error) {
        if (!(error instanceof GatewayUnavailable)) throw error;
        app.log.warn({ err: error, gatewayOrderId: orderId }, "the gateway could not be asked about a lost window");
        [notAsked, failures] = [notAsked + 1, failures + 1];
        return null;
      }
    },
  };
}

type Asker = ReturnType<typeof createAsker>;

/**
 * A try that the database has forgotten is a row again, closed, and the gateway's word about it is applied as any
 * other. A second run finds the row and applies the same word to it, which changes nothing.
 */
async function adoptTry(app: App, known: Known, attempt: number, report: PaymentReport): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const orderId = gatewayOrderId(known.number, attempt);
    if (!(await lockPayment(tx, app, known.id))) throw new Error(`payment ${known.id} is gone`);
    await tx.sql(
      `insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
                                         created_at, updated_at)
       select $1, p.id, $2, coalesce((select t.method from payment_transactions t where t.payment_id = p.id
                                       order by t.created_at desc limit 1), 'SNAP'),
              'CLOSED', p.amount, p.amount, $4, $4
         from payments p where p.id = $3
       on conflict do nothing`,
      [app.ids.next<"paymentTransaction">(), orderId, known.id, now],
    );
    await tx.sql("update payments set tries = greatest(tries, $2) where id = $1", [known.id, attempt]);
    const locked = await lockPayment(tx, app, known.id);
    if (locked) await recordAnswer(tx, app, locked, { gatewayOrderId: orderId, report }, CAUSE);
  });
}

async function findTries(app: App, asker: Asker, { from }: LostWindow): Promise<string[]> {
  const open = await app.db.sql<Known>(
    `select id, number, tries from payments
      where status in ('PENDING', 'CHALLENGED') and channel = 'MIDTRANS' and expires_at > $1 and created_at > $2
      order by created_at desc limit ${OPEN_MAX}`,
    [from, later(from, -LONGEST_WINDOW_MS)],
  );
  const adopted: string[] = [];
  for (const known of open) {
    for (let attempt = known.tries + 1; attempt <= known.tries + TRIES_BEYOND; attempt++) {
      const report = await asker.ask(gatewayOrderId(known.number, attempt));
      if (!report) continue;
      await adoptTry(app, known, attempt, report);
      adopted.push(report.gatewayOrderId);
    }
  }
  return adopted;
}

/** The same case as its notification would open: whichever comes second finds it open. */
async function openCase(app: App, report: PaymentReport): Promise<void> {
  const now = app.clock.now();
  const { gatewayOrderId: subject, statusText, grossAmount: amount } = report;
  const summary = `The gateway reports ${statusText} for ${subject}, which was lost before the last restore`;
  const told = toldBy(report);
  await inTransaction(app.db, (tx) =>
    openMoneyCase(
      tx,
      { ids: app.ids, now },
      { kind: "UNMATCHED", subject, amount, summary, evidence: { report }, actions: ["REPLAY", "DISMISS"], told },
    ),
  );
}

/** Which of these serial numbers have a payment here, whatever its day: only its number's last letters tell. */
async function knownSerials(app: Pick<App, "db">, from: number, to: number): Promise<Set<number>> {
  const serials = Array.from({ length: to - from }, (_, i) => from + i);
  const rows = await app.db.sql<{ place: number }>(
    `select place::integer - 1 as place from unnest($1::text[]) with ordinality as c(code, place)
       join payments p on right(p.number, ${codeOf(0).length}) = c.code`,
    [serials.map(codeOf)],
  );
  return new Set(rows.map(({ place }) => from + place));
}

/** What the gateway knows under one serial number. */
async function askSerial(asker: Asker, days: readonly Date[], serial: number): Promise<PaymentReport[]> {
  const numbers = days.map((day) => paymentNumber(day, serial));
  const attempts = Array.from({ length: TRIES_BEYOND }, (_, i) => i + 1);
  const orderIds = numbers.flatMap((number) => attempts.map((attempt) => gatewayOrderId(number, attempt)));
  const reports = await Promise.all(orderIds.map((orderId) => asker.ask(orderId)));
  return reports.filter((report) => report !== null);
}

async function findPayments(app: App, asker: Asker, window: LostWindow): Promise<string[]> {
  const found: string[] = [];
  const days = daysOf(window);
  const first = Math.max(0, window.firstSerial - RESERVED);
  const beyond = first + SERIALS_MAX;
  // A leap ahead of all that was given out follows a restore: nothing of today has a number of the search.
  const known = await knownSerials(app, first, beyond);
  let seen = window.firstSerial;
  for (let from = first; from < beyond && from - seen < HOLES_MAX && !asker.isAway(); from += AT_ONCE) {
    const serials = Array.from({ length: AT_ONCE }, (_, i) => from + i).filter((serial) => !known.has(serial));
    const answers = await Promise.all(serials.map((serial) => askSerial(asker, days, serial)));
    for (const [i, reports] of answers.entries()) {
      if (reports.length > 0) seen = Math.max(seen, serials[i] as number);
      for (const report of reports.filter((each) => tellsOfMoney(each) || isPayable(each))) {
        await openCase(app, report);
        found.push(report.gatewayOrderId);
      }
    }
  }
  return found;
}

/**
 * Asks the gateway about what a restored database has forgotten, since it has no list to read: later tries of payments
 * that were open, which are put on record again, and payments of the lost window by the serial numbers that followed,
 * which become cases where money came or still can. A second run finds the same rows and cases.
 *
 * @see Midtrans's status API; what it does not tell, the import of its settlement file finds
 */
export async function findLostPayments(app: App, window: LostWindow): Promise<LostFound> {
  const asker = createAsker(app, window.ratePerSecond);
  const adopted = await findTries(app, asker, window);
  const unmatched = await findPayments(app, asker, window);
  return { ...asker.counts(), adopted, unmatched };
}

const OFFLINE = PAYMENT_METHODS.filter(isOffline);
/** Cards may be refunded, and charged back, for so long. */
const ASKED_BACK_MS = 90 * DAY_MS;

/**
 * Has every transaction that may have moved in a lost window asked about anew: what is open and what was paid, the
 * newest first, at the allowed rate. The polls do it, so that it goes on whatever ends this process; a second run only
 * brings them forward again.
 *
 * @returns how many
 */
export async function askAllAgain(
  app: Pick<App, "db" | "clock">,
  { from, ratePerSecond }: Pick<LostWindow, "from" | "ratePerSecond">,
): Promise<number> {
  const rows = await app.db.sql(
    `with due as (
       select id, row_number() over (order by state in ('PAID', 'CLOSED'), created_at desc) as place
         from payment_transactions
        where created_at > $2 and method <> all($5::text[])
          and (state in ('STARTING', 'LIVE', 'UNKNOWN') or (state = 'PAID' and captured_amount > refunded_amount)
               or (state = 'CLOSED' and updated_at > $3)))
     update payment_transactions t set next_poll_at = $1::timestamptz + (due.place - 1) * $4 * interval '1 millisecond'
       from due where due.id = t.id returning t.id`,
    [app.clock.now(), later(from, -ASKED_BACK_MS), later(from, -LONGEST_WINDOW_MS), SECOND_MS / ratePerSecond, OFFLINE],
  );
  return rows.length;
}
