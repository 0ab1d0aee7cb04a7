import { readConfig, type SandboxConfig } from "./config.ts";
import { startSandbox } from "./server.ts";

/** One line that says why the process cannot start, then the end. */
function giveUp(error: unknown): never {
  const msg = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${JSON.stringify({ level: 60, msg })}\n`);
  process.exit(1);
}

let config: SandboxConfig;
try {
  config = readConfig();
} catch (error) {
  giveUp(error);
}

const running = await startSandbox(config).catch(giveUp);

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    running.close().then(() => process.exit(0), giveUp);
  });
}
