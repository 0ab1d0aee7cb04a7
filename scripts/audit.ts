import { INVARIANTS } from "../domain/report/invariants.queries.ts";
import { runAudit } from "../domain/report/runAudit.ts";
import { tables } from "../domain/tables.ts";
import { systemClock } from "../platform/clock.ts";
import { loadConfigOrExit } from "../platform/config.ts";
import { openDb } from "../platform/db.ts";

const isForMachines = process.argv.includes("--json");
const db = openDb(loadConfigOrExit().databaseUrl, tables);
try {
  const breaches = await runAudit(db, { now: systemClock.now() });
  if (isForMachines) {
    process.stdout.write(`${JSON.stringify({ invariants: INVARIANTS.map(({ id }) => id), breaches })}\n`);
  } else {
    for (const { invariant, subject, detail } of breaches)
      process.stdout.write(`${invariant}  ${subject}: ${detail}\n`);
    process.stdout.write(`${INVARIANTS.length} invariants, ${breaches.length} breaches\n`);
  }
  process.exitCode = breaches.length === 0 ? 0 : 1;
} finally {
  await db.close();
}
