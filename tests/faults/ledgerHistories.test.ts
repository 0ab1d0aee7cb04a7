import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueCreditNote } from "../../domain/checkout/issueCreditNote.ts";
import { type LockedPayment, lockPayment, type TransactionRow } from "../../domain/payment/lockPayment.ts";
import type { PaymentReport } from "../../domain/payment/paymentGateway.ts";
import { recordReport } from "../../domain/payment/recordReport.ts";
import { sweepRefunds } from "../../domain/refund/sendRefund.ts";
import { LEDGER_INVARIANTS } from "../../domain/report/ledgerInvariants.queries.ts";
import { Migration20261121000987_ledger } from "../../migrations/Migration20261121000987_ledger.ts";
import { inTransaction } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import { subscribe } from "../integration/payment/subscriptionFacts.ts";
import { addAdmin } from "../integration/refund/byHandFacts.ts";
import { owe, paidBy } from "../integration/refund/refundFacts.ts";
import { type LiveShop, openLiveShop } from "../support/liveShop.ts";
import { ACTS, type Cast, doAct, type Verb } from "./ledgerMoves.ts";

/** Random histories: `FAULT_HISTORIES=200` is the full run, `FAULT_SEED` begins it elsewhere. */
const HISTORIES = Number(process.env["FAULT_HISTORIES"] ?? 4);
const SEED = Number(process.env["FAULT_SEED"] ?? (process.env["CI"] ? 20_261_120 : Date.now() % 2 ** 31));
const MOVES = 24;
/** Of a database that answers in less than a millisecond: seconds. */
const LOOKS_MAX = 20_000;

let shop: LiveShop;
/** How often each verb did something: a history in which nothing happens proves nothing. */
const done = new Map<Verb, number>();

beforeAll(async () => {
  shop = await openLiveShop({ REVERSAL_HOLD: "1s" });
});
afterAll(() => shop.close());

async function newCast(): Promise<Cast> {
  const running = await subscribe(shop);
  const admins = [await addAdmin(shop), await addAdmin(shop), await addAdmin(shop)] as const;
  return { shop, buyer: await shop.addBuyer(), subscriber: running.buyer, subscriptionId: running.id, admins };
}

/** Where the books and the tables tell two stories, in words. */
async function differences(run: Sql = shop.app.db.sql): Promise<string[]> {
  const found: string[] = [];
  for (const { id, sql } of LEDGER_INVARIANTS) {
    const rows = await run<{ subject: string; detail: string }>(sql);
    found.push(...rows.map(({ subject, detail }) => `${id} ${subject}: ${detail}`));
  }
  return found;
}

/** Moves as a named case holds them: `buy 1`, or at the same time `pay 3 + cancel 1`. */
const movesOf = (text: string) =>
  text.split(" + ").map((move) => {
    const [verb, pick] = move.split(" ");
    return { verb: verb as Verb, pick: Number(pick) };
  });

/** @returns the moves that made sense */
async function live(texts: readonly string[]): Promise<string[]> {
  const cast = await newCast();
  const lived: string[] = [];
  for (const text of texts) {
    const moves = movesOf(text);
    const results = await Promise.all(moves.map(({ verb, pick }) => doAct(cast, verb, pick)));
    for (const [i, { verb }] of moves.entries()) if (results[i]) done.set(verb, (done.get(verb) ?? 0) + 1);
    if (results.includes(true)) lived.push(text);
    const wrong = await differences();
    if (wrong.length > 0) throw new Error(`after ${JSON.stringify(lived)}:\n${wrong.join("\n")}`);
  }
  return lived;
}

/** What brings money in stands before what needs it, and more often. */
const WEIGHTS: Readonly<Record<Verb, number>> = {
  buy: 4,
  enrol: 2,
  prove: 1,
  month: 1,
  pay: 8,
  payWrong: 1,
  takeBack: 3,
  refundOutside: 3,
  tryAgain: 2,
  cancel: 3,
  decide: 2,
  give: 5,
  payByHand: 3,
  retry: 1,
  endCase: 2,
  send: 4,
  poll: 1,
  wait: 1,
};
const move = fc
  .tuple(
    fc.oneof(...(Object.keys(ACTS) as Verb[]).map((verb) => ({ arbitrary: fc.constant(verb), weight: WEIGHTS[verb] }))),
    fc.nat(35),
  )
  .map(([verb, pick]) => `${verb} ${pick}`);
const step = fc.oneof(
  { arbitrary: move, weight: 4 },
  { arbitrary: fc.tuple(move, move).map((both) => both.join(" + ")), weight: 1 },
);
const histories = fc.noBias(fc.array(step, { minLength: MOVES, maxLength: MOVES }));

describe("the books and the tables", () => {
  test(`tell one story after every step of ${HISTORIES} random histories (seed ${SEED})`, async () => {
    const endOnFailure = true; // a history takes seconds: what failed is named in full, and not made shorter
    await fc.assert(
      fc.asyncProperty(histories, (texts) => live(texts).then(() => undefined)),
      { numRuns: HISTORIES, seed: SEED, endOnFailure },
    );
  });

  /** What random histories once found, or what they must be able to do. */
  test.each([
    [
      "a payment that is reversed, comes again, and is charged back",
      ["buy 3", "pay 0", "takeBack 0", "pay 4", "takeBack 1"],
    ],
    ["money after a cancel, which goes back", ["buy 4", "cancel 0", "pay 4", "send 0", "send 0"]],
    ["a part that goes back before the bank takes the rest", ["buy 1", "pay 2", "give 1", "send 0", "takeBack 1"]],
    [
      "two orders of a checkout, of which one is cancelled",
      ["buy 5", "pay 0", "cancel 1", "send 0", "refundOutside 1"],
    ],
    [
      "a refund that people pay, and one in the dashboard besides",
      ["buy 4", "pay 1", "give 2", "send 0", "payByHand 0", "refundOutside 1"],
    ],
    [
      "a wrong sum that goes back before the right one comes",
      ["buy 4", "payWrong 0", "endCase 0", "send 0", "tryAgain 0", "pay 3"],
    ],
    ["courses that are approved and given back", ["enrol 0", "pay 0", "give 1", "send 0", "refundOutside 2"]],
    ["a proof that staff believes", ["prove 0", "decide 1", "give 1", "send 0", "payByHand 0"]],
    ["months that are charged, and taken back", ["month 0", "month 0", "refundOutside 1", "takeBack 1"]],
  ])("tell one story of %s", async (_, texts) => {
    expect(await live(texts)).toEqual(texts);
  });

  test("tell one story of a credit note that is issued while its money is taken back", async () => {
    const order = await paidBy(shop, await shop.addBuyer(), "gopay");
    const refundId = await owe(shop, order, 1_000);
    await sweepRefunds(shop.app);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", force: true });
    const report = await shop.app.payments.fetchStatus(order.gatewayOrderId);
    const isReversed = Promise.withResolvers<void>();
    let isNoted = false;
    const noted = isReversed.promise
      .then(() => issueCreditNote(shop.app, { refundId }))
      .then(() => {
        isNoted = true;
      });
    await inTransaction(shop.app.db, async (tx) => {
      const locked = await lockPayment(tx, shop.app, order.paymentId);
      const cause = { source: "MIDTRANS", actorId: null, reason: null } as const;
      const news = { report: report as PaymentReport, cause, now: shop.app.clock.now() };
      await recordReport(tx, shop.app, locked as LockedPayment, locked?.transactions[0] as TransactionRow, news);
      isReversed.resolve();
      // Until it has issued the note, or waits for whoever has the payment.
      const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      for (let looks = 0; !isNoted && (await tx.sql(waiting)).length === 0; looks++)
        if (looks > LOOKS_MAX) throw new Error("the note neither waits nor comes");
    });
    await noted;
    expect(await differences()).toEqual([]);
  });

  test("tell one story, too, where all of it had happened before there were any books", async () => {
    const migration = new Migration20261121000987_ledger(undefined as never, undefined as never);
    migration.up();
    const history = String(migration.getQueries().at(-1));
    const found = await inTransaction(shop.app.db, async (tx) => {
      await tx.sql("set local session_replication_role = replica");
      await tx.sql("delete from ledger_postings");
      await tx.sql("delete from ledger_entries");
      await tx.sql("set local session_replication_role = origin");
      const before = await differences(tx.sql);
      await tx.sql(history);
      return { hadNone: before.length > 0, differences: await differences(tx.sql) };
    });
    expect(found).toEqual({ hadNone: true, differences: [] });
  });

  test("of which random histories have seen nearly every kind", () => {
    const seen = (Object.keys(ACTS) as Verb[]).filter((verb) => (done.get(verb) ?? 0) > 0);
    expect(seen.length).toBeGreaterThanOrEqual(Object.keys(ACTS).length - 3);
  });
});
