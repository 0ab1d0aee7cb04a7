// Compiled before the tests run, as the processes under test are.
import { startTestServices } from "../../dist/tests/support/testServices.js";

/** Once per run: a PostgreSQL with a migrated template, and Redis where the machine has it. */
export default async function globalSetup(globalConfig) {
  globalThis.stopTestServices = await startTestServices(globalConfig.testPathPatterns.patterns);
}
