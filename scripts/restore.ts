import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createApp } from "../api/app.ts";
import type { App } from "../domain/app.ts";
import { raiseAlert } from "../domain/kernel/raiseAlert.ts";
import { askAllAgain, findLostPayments, type LostFound } from "../domain/payment/findLostPayments.ts";
import { pollPayments } from "../domain/payment/pollPayments.ts";
import { runAudit } from "../domain/report/runAudit.ts";
import { BackupRefused } from "../platform/backupContainer.ts";
import { uploadsIn } from "../platform/backupFiles.ts";
import { type Config, loadConfigOrExit } from "../platform/config.ts";
import { inTransaction } from "../platform/db.ts";
import { restoreBackup } from "../platform/restoreBackup.ts";
import { verifyBackup } from "../platform/takeBackup.ts";
import { knownMigrations, migrate } from "./migrate.ts";

const USAGE = `npm run restore -- FILE [--until TIME] [--no-ask | --ask-again]
  FILE      a backup of npm run backup; the database must be empty
  --until   when the lost shop took its last order, such as 2026-11-21T10:30:00Z; now, where nobody says
  --ask-again  asks the gateway once more about what a restore of FILE has lost, and restores nothing
  --no-ask  leaves the gateway alone: for a look at a backup on another machine, beside the living shop
`;

/** Restored, but a person has something left to do: a breach, or a gateway that was not asked. */
const EXIT_INCOMPLETE = 3;
const EXIT_USAGE = 2;
/** Beyond this the workers go on with what is due. */
const ASK_ROUNDS_MAX = 10_000;
const LOOK_EVERY_MS = 200;

const say = (line: string) => process.stdout.write(`${line}\n`);

function refuse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}`);
  process.exit(EXIT_USAGE);
}

interface Args {
  readonly file: string;
  readonly until: Date;
  readonly mayAsk: boolean;
  readonly mayRestore: boolean;
}

function readArgs(): Args {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        until: { type: "string" },
        "no-ask": { type: "boolean", default: false },
        "ask-again": { type: "boolean", default: false },
      },
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) refuse("expected one FILE");
    const until = values.until === undefined ? new Date() : new Date(values.until);
    if (Number.isNaN(until.getTime())) refuse(`--until ${values.until} is no time`);
    return { file, until, mayAsk: !values["no-ask"], mayRestore: !values["ask-again"] };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

type Found = Awaited<ReturnType<typeof verifyBackup>>;

/** The database and the uploads as they were, under the newest schema. */
async function bringBack(config: Config, file: string): Promise<Found> {
  const { databaseUrl, dataDir, dataKeys } = config;
  const found = await verifyBackup(file, dataKeys);
  const { uploadsKept } = await restoreBackup({
    ...{ file, databaseUrl, dataDir, dataKeys, found },
    known: knownMigrations(),
    migrateTo: async (names) => {
      await migrate(databaseUrl, names);
    },
  });
  const newer = await migrate(databaseUrl);
  const rows = found.end.tables.reduce((sum, table) => sum + table.rows, 0);
  const { count } = found.end.files;
  say(`restored: ${found.end.tables.length} tables with ${rows} rows, their sums as in the backup; ${count} uploads`);
  if (uploadsKept > 0) say(`${uploadsKept} uploads were in ${uploadsIn(dataDir)} already and stayed as they are`);
  if (newer.length > 0) say(`migrated: ${newer.join(", ")}`);
  return found;
}

/** What is open is asked about here and now; the rest is due, and the workers go on with it. */
async function pollOpen(app: App): Promise<number> {
  const openAndDue = async () => {
    const [row] = await app.db.sql<{ open: number }>(
      `select count(*)::integer as open from payment_transactions
        where state in ('STARTING', 'LIVE', 'UNKNOWN') and next_poll_at is not null
          and created_at < $1 and (last_checked_at is null or last_checked_at < $1)`,
      [begun],
    );
    return row?.open ?? 0;
  };
  const begun = app.clock.now();
  for (let round = 0; round < ASK_ROUNDS_MAX; round++) {
    if ((await openAndDue()) === 0 || app.payments.awayForMs() > 0) break;
    const asked = await pollPayments(app);
    // Their polls are due one after another, at the gateway's rate.
    if (asked === 0) await delay(LOOK_EVERY_MS);
  }
  return openAndDue();
}

/** Asks the gateway for what the backup does not know. @returns whether all was asked */
async function askLostWindow(app: App, config: Config, { start }: Found, until: Date): Promise<boolean> {
  const ratePerSecond = config.midtrans.statusRatePerSecond;
  const from = new Date(start.snapshotAt);
  const last = start.sequences.find(({ name }) => name === "payment_numbers")?.last ?? null;
  const window = { from, to: until, firstSerial: last === null ? 0 : last + 1, ratePerSecond };
  const due = await askAllAgain(app, window);
  const unanswered = await pollOpen(app);
  const lost: LostFound = await findLostPayments(app, window);
  say(`asked the gateway: ${due} transactions are asked about anew, ${unanswered} open ones NOT YET`);
  say(`asked the gateway for what was lost: ${lost.asked} answers, ${lost.notAsked} NOT ASKED`);
  for (const id of lost.adopted) say(`found again: ${id}, a try of a payment that is here`);
  for (const id of lost.unmatched) say(`lost: ${id} is at the gateway and not here; a case is open`);
  return unanswered === 0 && lost.notAsked === 0;
}

async function tellStaff(app: App, from: Date, secondsLost: number): Promise<void> {
  const message =
    `The database was restored as of ${from.toISOString()}: ${secondsLost} seconds are lost. ` +
    "The runbook says what is looked at by hand";
  await inTransaction(app.db, (tx) =>
    raiseAlert(
      tx,
      { ids: app.ids, now: app.clock.now() },
      { kind: "RESTORED", subject: from.toISOString(), severity: "CRITICAL", message },
    ),
  );
}

async function main(): Promise<void> {
  const { file, until, mayAsk, mayRestore } = readArgs();
  const config = loadConfigOrExit();
  const found = mayRestore ? await bringBack(config, file) : await verifyBackup(file, config.dataKeys);
  const from = new Date(found.start.snapshotAt);
  const secondsLost = Math.max(0, Math.ceil((until.getTime() - from.getTime()) / 1000));
  say(`as of ${found.start.snapshotAt}: ${secondsLost} seconds are lost, up to ${until.toISOString()}`);
  const app = createApp(config, "restore");
  try {
    if (mayRestore) await tellStaff(app, from, secondsLost);
    const isAsked = !mayAsk || (await askLostWindow(app, config, found, until));
    if (!mayAsk) say("the gateway was NOT ASKED");
    const breaches = await runAudit(app.db, { now: app.clock.now() });
    for (const { invariant, subject, detail } of breaches) say(`${invariant}  ${subject}: ${detail}`);
    say(`audit: ${breaches.length} breaches`);
    process.exitCode = isAsked && breaches.length === 0 ? 0 : EXIT_INCOMPLETE;
  } finally {
    await app.limits.close();
    await app.db.close();
  }
}

try {
  await main();
} catch (error) {
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  if (!(error instanceof BackupRefused) && !isMissing) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
