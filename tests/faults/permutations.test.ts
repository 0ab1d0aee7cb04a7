import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLiveShop } from "../support/liveShop.ts";
import { HISTORIES, type History } from "./gatewayHistory.ts";
import {
  inLanes,
  lastWord,
  openStage,
  type Played,
  playAtOnce,
  playInTurn,
  type Stage,
  standings,
  straysOf,
} from "./playSequence.ts";
import { type Step, sequencesOf, stepsOf } from "./sequences.ts";

/** Sequences in all, and where the random ones among them begin: `FAULT_SEQUENCES=2400` is the full run. */
const SEQUENCES = Number(process.env["FAULT_SEQUENCES"] ?? 160);
const SEED = Number(process.env["FAULT_SEED"] ?? 20_261_120);
const LANES = 8;

type Play = typeof playInTurn;
interface Case {
  readonly history: History;
  readonly steps: readonly Step[];
}

const named = (name: string): History => HISTORIES.find((history) => history.name === name) as History;
const casesOf = (share: number, seed: number): Case[] =>
  HISTORIES.flatMap((history) => sequencesOf(history, share, seed).map((steps) => ({ history, steps })));

let stage: Stage;

beforeAll(async () => {
  stage = await openStage(await openLiveShop());
});
afterAll(() => stage.shop.close());

async function playAll(cases: readonly Case[], play: Play, lanes = LANES): Promise<Played[]> {
  const played = await inLanes(lanes, cases, ({ history, steps }) => play(stage, history, steps));
  await lastWord(stage, played);
  return played;
}

const strays = (played: readonly Played[]) => straysOf(stage, played);

describe("whatever the order of the notifications, their copies and the age of the gateway's answers", () => {
  const share = Math.ceil((SEQUENCES * 3) / 4 / HISTORIES.length);

  test("a payment has one end, one way there and one effect", async () => {
    expect(await strays(await playAll(casesOf(share, SEED), playInTurn))).toEqual([]);
  });

  test("it has them, too, when all of them are applied at the same time", async () => {
    const cases = casesOf(Math.ceil(share / 3), SEED + 1);
    expect(await strays(await playAll(cases, playAtOnce))).toEqual([]);
  });

  test("it is the same beside seven others as alone", async () => {
    const cases = casesOf(2, SEED + 2);
    const [beside, alone] = [await playAll(cases, playInTurn), await playAll(cases, playInTurn, 1)];
    expect(await standings(stage, beside)).toEqual(await standings(stage, alone));
  });
});

describe("a sequence that once went wrong", () => {
  test.each([
    ["a number that the bank takes back", "2a 3a ?1 ?2"],
    ["a number that is paid although a wallet was chosen after it", "1a 2a 3a"],
  ])("%s: %s", async (name, text) => {
    const played = await playAll([{ history: named(name), steps: stepsOf(text) }], playInTurn);
    expect(await strays(played)).toEqual([]);
    expect(played.map(({ script }) => script.heardPaid.size)).toEqual([1]);
  });
});

test("after all of it every invariant holds", async () => {
  expect(await stage.shop.audit()).toEqual([]);
});
