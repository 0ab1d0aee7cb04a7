import { endAsked, Undo } from "../scripts/launch.ts";
import { StartRefused } from "../scripts/postgresProcess.ts";
import { applied } from "./applied.ts";
import { backup } from "./backup.ts";
import { checkout } from "./checkout.ts";
import { dayClose } from "./close.ts";
import { hanging } from "./hanging.ts";
import type { Bench, Benchmark, Result } from "./harness/benchmark.ts";
import { startCluster } from "./harness/cluster.ts";
import { type Machine, readMachine } from "./harness/machine.ts";
import { BadOption, type Options, readOptions, USAGE } from "./harness/options.ts";
import { Breached } from "./harness/shop.ts";
import { report } from "./harness/table.ts";
import { lists } from "./lists.ts";
import { orders } from "./orders.ts";
import { tracking } from "./tracking.ts";
import { webhook } from "./webhook.ts";

const BENCHMARKS: readonly Benchmark[] = [
  checkout,
  hanging,
  webhook,
  applied,
  orders,
  lists,
  tracking,
  backup,
  dayClose,
];

async function runAll(options: Options, undo: Undo): Promise<{ machine: Machine; results: Result[] }> {
  const progress = (line: string) => process.stderr.write(`${line.trim()}\n`);
  progress("starting PostgreSQL");
  const cluster = await startCluster(undo);
  const bench: Bench = { options, cluster, undo, progress };
  const machine = await readMachine(cluster);
  const results: Result[] = [];
  const asked = BENCHMARKS.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
  for (const { name, title, run } of asked) {
    progress(`== ${title}`);
    results.push({ name, title, ...(await run(bench)) });
  }
  return { machine, results };
}

/** `npm run bench`: exits 0 where every benchmark was measured, 1 where one was not. */
async function main(args: readonly string[]): Promise<number> {
  const undo = new Undo();
  try {
    const options = readOptions(
      args,
      BENCHMARKS.map(({ name }) => name),
    );
    const told = endAsked().then((why): never => {
      throw new StartRefused(`broken off (${why})`);
    });
    const { machine, results } = await Promise.race([runAll(options, undo), told]);
    const text = options.isForMachines ? JSON.stringify({ machine, results }, null, 1) : report(machine, results);
    process.stdout.write(`${text}\n`);
    return 0;
  } catch (error) {
    const isPlain = error instanceof BadOption || error instanceof StartRefused || error instanceof Breached;
    process.stderr.write(`${isPlain ? error.message : ((error as Error).stack ?? error)}\n`);
    if (error instanceof BadOption) process.stderr.write(USAGE);
    return 1;
  } finally {
    await undo.end();
  }
}

process.exit(await main(process.argv.slice(2)));
