import { startTestServices } from "../../dist/tests/support/testServices.js";

/** Once per run: a PostgreSQL with a migrated template, and Redis where the machine has it. Answers what ends them. */
export default () => startTestServices();
