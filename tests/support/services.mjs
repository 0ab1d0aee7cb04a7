import { rmSync } from "node:fs";
import { memoryDirectory } from "../../dist/tests/support/memoryDisk.js";
import { startTestServices } from "../../dist/tests/support/testServices.js";

/**
 * Once per run, before its processes start: where temporary files lie, a PostgreSQL with a migrated template, and Redis
 * where the machine has it. Answers what ends them.
 */
export default async function startServices() {
  const memory = memoryDirectory();
  if (memory) process.env.TMPDIR = memory;
  const stop = await startTestServices();
  return async () => {
    await stop();
    if (memory) rmSync(memory, { recursive: true, force: true });
  };
}
