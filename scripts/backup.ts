import { parseArgs } from "node:util";
import { BackupRefused } from "../platform/backupContainer.ts";
import type { BackupEnd } from "../platform/backupRecords.ts";
import { loadConfigOrExit } from "../platform/config.ts";
import { takeBackup, verifyBackup } from "../platform/takeBackup.ts";

const USAGE = `npm run backup                    writes an encrypted backup below DATA_DIR/backups
npm run backup -- --verify FILE   reads one to its end and says whether it is whole
`;

const MEBIBYTE = 1024 * 1024;

const holds = ({ tables, files }: BackupEnd): string => {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${tables.length} tables with ${rows} rows, ${files.count} uploads`;
};

async function verify(file: string): Promise<void> {
  const { dataKeys } = loadConfigOrExit();
  const { start, end } = await verifyBackup(file, dataKeys);
  process.stdout.write(`whole: ${holds(end)}, as of ${start.snapshotAt}\n`);
}

async function take(): Promise<void> {
  const { databaseUrl, dataDir, dataKeys, backupKeep } = loadConfigOrExit();
  const begun = performance.now();
  const { file, bytes, start, end, removed } = await takeBackup({ databaseUrl, dataDir, dataKeys, keep: backupKeep });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const size = (bytes / MEBIBYTE).toFixed(1);
  process.stdout.write(`${file}\n${holds(end)}, as of ${start.snapshotAt}; ${size} MiB, verified, in ${seconds} s\n`);
  if (removed.length > 0) process.stdout.write(`removed ${removed.length} older than the newest ${backupKeep}\n`);
}

function readArgs() {
  try {
    return parseArgs({ options: { verify: { type: "string" } } }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

try {
  const { verify: file } = readArgs();
  await (file === undefined ? take() : verify(file));
} catch (error) {
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  if (!(error instanceof BackupRefused) && !isMissing) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
