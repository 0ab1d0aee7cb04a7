import { tables } from "../domain/tables.ts";
import { systemClock } from "../platform/clock.ts";
import { loadConfigOrExit } from "../platform/config.ts";
import { openDb } from "../platform/db.ts";
import { listParked, PARKED_MAX, type ParkedJob, replayParked } from "../worker/parkedJobs.ts";

const USAGE = `npm run jobs -- list                  the jobs that were given up, the oldest first
npm run jobs -- replay ID             makes one of them due again and clears its alert
npm run jobs -- replay-all HANDLER    the same for all of a handler
`;

const print = (line: string) => process.stdout.write(`${line}\n`);
const EXIT_USAGE = 2;

const lineOf = ({ id, handler, key, attempts, parkedAt, error }: ParkedJob): string =>
  `${id}  ${handler}${key === null ? "" : `:${key}`}  ${parkedAt.toISOString()}  ${attempts} tries: ${error ?? ""}`;

/** Which jobs the words ask for; null for words that ask for none. */
function whichOf([command, what = ""]: readonly string[]): Parameters<typeof replayParked>[1] | null {
  if (command === "replay" && /^\d{1,15}$/.test(what)) return { id: Number(what) };
  return command === "replay-all" && /^\w{1,64}$/.test(what) ? { handler: what } : null;
}

const words = process.argv.slice(2);
const which = whichOf(words);
if (words[0] !== "list" && !which) {
  process.stderr.write(USAGE);
  process.exit(EXIT_USAGE);
}
const db = openDb(loadConfigOrExit().databaseUrl, tables);
try {
  if (which) {
    const jobs = await replayParked({ db, clock: systemClock }, which);
    for (const { id, handler } of jobs) print(`${id}  ${handler}  is due now`);
    print(`${jobs.length} jobs${jobs.length === PARKED_MAX ? "; there may be more: run it again" : ""}`);
    if (jobs.length === 0 && "id" in which) process.exitCode = 1;
  } else {
    const jobs = await listParked({ db });
    for (const job of jobs) print(lineOf(job));
    print(`${jobs.length} parked jobs${jobs.length === PARKED_MAX ? ", and there may be more" : ""}`);
  }
} finally {
  await db.close();
}
