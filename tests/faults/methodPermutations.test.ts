import { afterAll, beforeAll, expect, test } from "vitest";
import { openLiveShop } from "../support/liveShop.ts";
import { METHOD_HISTORIES } from "./methodHistories.ts";
import { lastWord, openStage, type Stage, straysOf } from "./playSequence.ts";
import { type MethodCase, openOriginals, playTogether } from "./playTogether.ts";
import { sequencesOf } from "./sequences.ts";

/** Sequences in all, and where the random ones among them begin. */
const SEQUENCES = Number(process.env["METHOD_SEQUENCES"] ?? 500);
const SEED = Number(process.env["FAULT_SEED"] ?? 20_261_121);

let stage: Stage;

beforeAll(async () => {
  stage = await openStage(await openLiveShop());
});
afterAll(() => stage.shop.close());

/** As many of each life as it takes, one life after another, so that every wave has all kinds of them. */
function casesOf(): MethodCase[] {
  const share = Math.ceil(SEQUENCES / METHOD_HISTORIES.length);
  const all = METHOD_HISTORIES.map(({ method, history }, i) =>
    sequencesOf(history, share, SEED + i).map((steps) => ({ method, history, steps })),
  );
  return Array.from({ length: share }, (_, i) => all.flatMap((ofOne) => ofOne[i] ?? [])).flat();
}

test(`whatever the method, its life at the gateway and the order of its news, a payment has one end, one way there and
   one effect`, async () => {
  const cases = casesOf();
  const originals = await openOriginals(
    stage,
    METHOD_HISTORIES.map(({ method }) => method),
  );
  const began = performance.now();
  const played = await playTogether(stage, originals, cases);
  const beganLast = performance.now();
  await lastWord(stage, played);
  const strays = await straysOf(stage, played);
  const took = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const what = `${played.length} sequences of ${METHOD_HISTORIES.length} lives of ${originals.size} methods`;
  const last = took(performance.now() - beganLast);
  process.stdout.write(
    `${what}, FAULT_SEED=${SEED}: ${took(performance.now() - began)}, of which the last word ${last}\n`,
  );
  expect({ seed: SEED, strays: strays.slice(0, 20), count: strays.length }).toEqual({
    seed: SEED,
    strays: [],
    count: 0,
  });
});

test("after all of it every invariant holds", async () => {
  expect(await stage.shop.audit()).toEqual([]);
});
