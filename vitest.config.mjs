import path from "node:path";
import { defineConfig } from "vitest/config";
import LongestFirst from "./tests/support/longestFirst.mjs";

/** Tests below these folders touch no service, so a run of them alone starts none. */
const PLAIN = ["dist/tests/unit/**/*.test.js", "dist/tests/architecture/**/*.test.js"];

// What the first process has compiled the others take from here, as the processes under test do.
process.env["NODE_COMPILE_CACHE"] ??= path.resolve("dist", ".compiled");

export default defineConfig({
  test: {
    // What runs is what tsc compiled, as in production, loaded by Node itself: no second compiler, and each process
    // loads the modules once for all its suites, which is most of what many of them cost.
    experimental: { viteModuleRunner: false },
    pool: "forks",
    isolate: false,
    // On two cores, too: the suites wait for databases and browsers more than they compute, and each has its own.
    maxWorkers: 3,
    // Ends what hangs, and nothing else: waits have a bound of their own (tests/support/until.ts), and say what for.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 60_000,
    slowTestThreshold: 60_000,
    sequence: { sequencer: LongestFirst },
    reporters: [["default", { summary: false }]],
    projects: [
      { extends: true, test: { name: "plain", include: PLAIN } },
      {
        extends: true,
        test: {
          name: "shop",
          include: ["dist/tests/**/*.test.js"],
          exclude: PLAIN,
          globalSetup: "./tests/support/services.mjs",
        },
      },
    ],
  },
});
