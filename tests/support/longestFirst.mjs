import { readFileSync } from "node:fs";
import path from "node:path";
import TestSequencer from "@jest/test-sequencer";

/** Seconds that the long suites take beside two others on two cores; the rest is short. */
const seconds = JSON.parse(readFileSync(new URL("longSuites.json", import.meta.url), "utf8"));
/** What a suite that is not named takes less than, shared out by the size of its file. */
const SHORT_MS = 5_000;
const LONGEST_FILE_BYTES = 20_000;

/**
 * The longest suites first, also where no run was before that would tell how long each takes: a long one that begins
 * last runs alone, while everybody waits. What a run before has told wins.
 */
export default class LongestFirst extends TestSequencer {
  time(test) {
    const { config, hasteFS } = test.context;
    const name = path.relative(config.rootDir, test.path).replaceAll(path.sep, "/");
    const known = super.time(test) ?? seconds[name] * 1000;
    return known || Math.min(1, (hasteFS.getSize(test.path) ?? 0) / LONGEST_FILE_BYTES) * SHORT_MS;
  }
}
