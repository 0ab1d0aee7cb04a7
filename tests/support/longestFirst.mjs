import { readFileSync, statSync } from "node:fs";
import { BaseSequencer } from "vitest/node";

/** Seconds that the long suites take beside two others on two cores; the rest is short. */
const seconds = JSON.parse(readFileSync(new URL("longSuites.json", import.meta.url), "utf8"));
/** What a suite that is not named takes less than, shared out by the size of its file. */
const SHORT_S = 5;
const LONGEST_FILE_BYTES = 40_000;

const nameOf = (file) => file.replace(/^.*\/dist\//, "").replace(/\.js$/, ".ts");
const expected = ({ moduleId }) =>
  seconds[nameOf(moduleId)] ?? Math.min(1, statSync(moduleId).size / LONGEST_FILE_BYTES) * SHORT_S;

/**
 * The longest suites first, also where no run was before that would tell how long each takes: a long one that begins
 * last runs alone, while everybody waits.
 */
export default class LongestFirst extends BaseSequencer {
  async sort(specs) {
    const times = new Map(specs.map((spec) => [spec, expected(spec)]));
    return [...specs].sort((a, b) => times.get(b) - times.get(a));
  }
}
