import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createApp } from "../api/app.ts";
import { Refusal } from "../domain/kernel/errors.ts";
import { DAY_MS, dayInJakarta, later, startOfJakartaDay } from "../domain/kernel/time.ts";
import { closeDays } from "../domain/reconciliation/closeDays.ts";
import { type RunView, readRun } from "../domain/reconciliation/reconciliation.queries.ts";
import { runReconciliation } from "../domain/reconciliation/runReconciliation.ts";
import { renderReport } from "../domain/reconciliation/runReport.queries.ts";
import { createSharedClock } from "../platform/clock.ts";
import { loadConfigOrExit } from "../platform/config.ts";

const USAGE = `npm run reconcile -- [--date YYYY-MM-DD] [--json | --csv] [--report-only]
  closes a day (Asia/Jakarta; yesterday unless said) and prints its report; workers that run help
  --json, --csv   the whole report, for machines
  --report-only   what stands on record, without a new run
`;

/** Nobody who waits at a terminal sees progress more often. */
const LOOK_EVERY_MS = 1_000;
const EXIT_USAGE = 2;

function refuse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}`);
  process.exit(EXIT_USAGE);
}

function readArgs() {
  try {
    const { values } = parseArgs({
      options: {
        date: { type: "string" },
        json: { type: "boolean", default: false },
        csv: { type: "boolean", default: false },
        "report-only": { type: "boolean", default: false },
      },
    });
    if (values.json && values.csv) refuse("--json or --csv, not both");
    const { date } = values;
    const isDay = date === undefined || /^\d{4}-\d\d-\d\d$/.test(date);
    const start = isDay && date !== undefined ? startOfJakartaDay(date) : null;
    if (!isDay || (start && (Number.isNaN(start.getTime()) || dayInJakarta(start) !== date)))
      refuse(`${date} is no day such as 2026-11-20`);
    return values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

const rupiah = (amount: number): string => `Rp${amount.toLocaleString("id-ID")}`;

const tell = (run: RunView): string =>
  `${run.day} is ${run.state}: ${run.checked} of ${run.total} transactions checked, ${run.matched} agree, ` +
  `${run.healed} set right, ${run.differing} differ, ${run.unanswered} without an answer; ${run.open} open\n` +
  `sales ${rupiah(run.sales)} = settled ${rupiah(run.settled)} + pending ${rupiah(run.pending)} + ` +
  `refunded ${rupiah(run.refunded)} + fees ${rupiah(run.fees)} + in doubt ${rupiah(run.inDoubt)}\n`;

const args = readArgs();
const config = loadConfigOrExit();
const clock = createSharedClock();
const app = createApp(config, "reconcile", clock);

/** Walks the day beside the workers, until it is closed. @throws Refusal INVALID_INPUT for a day to come */
async function close(day: string): Promise<void> {
  if (day > dayInJakarta(clock.now())) throw new Refusal("INVALID_INPUT", `${day} has not begun in Jakarta`);
  await runReconciliation(app, { role: "SYSTEM", userId: null }, { day });
  for (;;) {
    const slices = await closeDays(app);
    const run = await readRun(app.db, day);
    // A signed day stays signed while it is looked at again.
    if (run?.finishedAt && run.finishedAt >= run.startedAt) return;
    process.stderr.write(`${run?.checked ?? 0} of ${run?.total ?? 0}\n`);
    if (slices === 0) await delay(LOOK_EVERY_MS); // a worker has it, or the gateway is away
  }
}

try {
  await clock.follow(app.db, () => undefined);
  const day = args.date ?? dayInJakarta(later(clock.now(), -DAY_MS));
  if (!args["report-only"]) await close(day);
  const run = await readRun(app.db, day);
  if (!run) throw new Refusal("NOT_FOUND", `${day} was never closed`);
  const format = args.json ? "json" : args.csv ? "csv" : null;
  process.stdout.write(format ? ((await renderReport(app.db, day, format)) ?? "") : tell(run));
  // What is open or could not be asked is for a person, and for whoever runs this by a timer.
  process.exitCode = run.open === 0 && run.unanswered === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_USAGE;
} finally {
  clock.stop();
  await app.limits.close();
  await app.db.close();
}
