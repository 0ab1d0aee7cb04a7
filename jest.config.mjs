/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts", "**/*.test.tsx"],
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  transform: { "^.+\\.tsx?$": ["@swc/jest"] },
  // Compiled copies of the tests and of the modules stand there.
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/.data"],
  globalSetup: "<rootDir>/tests/support/globalSetup.mjs",
  globalTeardown: "<rootDir>/tests/support/globalTeardown.mjs",
  testSequencer: "<rootDir>/tests/support/longestFirst.mjs",
  // On two cores, too: the suites wait for databases and browsers more than they compute, and each has its own.
  maxWorkers: 3,
  // Integration tests of races take seconds, and many times that on a busy machine; who needs more says so himself.
  testTimeout: 120_000,
};
