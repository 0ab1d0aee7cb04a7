import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLiveShop } from "../support/liveShop.ts";
import { doMoves, endHistory, freshModel, movesOf, requireAgreement, textOf } from "./shopHistory.ts";
import type { Model } from "./shopModel.ts";
import { AT_ONCE, type Move, PLANS, type Real, type Verb } from "./shopMoves.ts";

/** Random histories: `FAULT_HISTORIES=200` is the full run, `FAULT_SEED` begins it elsewhere. */
const HISTORIES = Number(process.env["FAULT_HISTORIES"] ?? 16);
// A build machine plays the same histories each time; a person's machine plays others, and prints their seed.
const SEED = Number(process.env["FAULT_SEED"] ?? (process.env["CI"] ? 20_261_120 : Date.now() % 2 ** 31));
const MOVES_MAX = 60;

let real: Real;

beforeAll(async () => {
  // The model knows what is owed; its sending has histories of its own.
  const shop = await openLiveShop({}, "unsent");
  real = { shop, staff: await shop.addStaff() };
});
afterAll(() => real.shop.close());

/** Something that happens in a history, after which the shop and the model agree. */
const command = (moves: readonly Move[]): fc.AsyncCommand<Model, Real> => ({
  check: () => true,
  async run(model, shop) {
    await doMoves(shop, model, moves);
    await requireAgreement(shop, model);
  },
  toString: () => `"${textOf(moves)}"`,
});

/** How often each happens: what needs something else before it more often than what ends all of it. */
const WEIGHTS: Readonly<Record<Verb, number>> = {
  buy: 1,
  rush: 1,
  choose: 5,
  pay: 3,
  runOut: 3,
  notify: 3,
  sync: 1,
  cancel: 1,
  expire: 1,
  again: 3,
  poll: 1,
  wait: 1,
  race: 3,
};
const moveOf = (verbs: readonly Verb[]): fc.Arbitrary<Move> =>
  fc.record({
    verb: fc.oneof(...verbs.map((verb) => ({ arbitrary: fc.constant(verb), weight: WEIGHTS[verb] }))),
    picks: fc.tuple(fc.nat(11), fc.nat(2), fc.nat(3)),
  });
/** Texts, so that what failed can be copied below as a named case. */
const histories = fc.noBias(
  fc.array(
    fc
      .oneof(
        { arbitrary: moveOf(Object.keys(PLANS) as Verb[]).map((move) => [move]), weight: 3 },
        { arbitrary: fc.array(moveOf(AT_ONCE), { minLength: 2, maxLength: 5 }), weight: 1 },
      )
      .map(textOf),
    { maxLength: MOVES_MAX, size: "max" },
  ),
);

async function live(texts: readonly string[]): Promise<void> {
  const model = await freshModel(real.shop);
  const history = texts.map((text) => command(movesOf(text)));
  await fc.asyncModelRun(() => ({ model, real }), history);
  await endHistory(real, model);
}

describe("the shop and a small model of it", () => {
  test(`agree after every step of ${HISTORIES} random histories, and the audit is empty (seed ${SEED})`, () =>
    fc.assert(fc.asyncProperty(histories, live), { numRuns: HISTORIES, seed: SEED }));

  /** What random histories once found, or what they must be able to do. */
  test.each([
    [
      "money on an old number while another try is open",
      ["buy 0 0 0", "choose 0 0", "again 0", "pay 0 1", "sync 0", "choose 0 0", "pay 0 0", "notify 0 0 0"],
    ],
    [
      "money on an old number that nobody was told of, while two people decide about the new one",
      ["buy 0 0 0", "choose 0 0 0", "again 0 0 0", "choose 0 0 0", "pay 0 1 0", "race 0 0 0", "cancel 0 + sync 0"],
    ],
    [
      "money after a cancel, and its customer cancels again",
      ["buy 0 0 0", "choose 0 0", "cancel 0", "pay 0 0", "notify 0 0 0", "cancel 0"],
    ],
    ["more buyers than pieces, and one of them gives them back", ["rush 2 2", "cancel 0", "rush 2 2", "race 0"]],
    [
      "a window that ends while a method ran out, and a poll afterwards",
      ["buy 0 0 0", "choose 0 0", "runOut 0 0", "wait", "wait", "wait", "wait", "poll"],
    ],
  ])("agree on %s", async (_, texts) => {
    await live(texts);
    expect(texts.map((text) => textOf(movesOf(text)))).toEqual(texts);
  });
});
