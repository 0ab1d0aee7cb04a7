import { randomInt } from "node:crypto";
import { endAsked, Undo } from "../launch.ts";
import { StartRefused } from "../postgresProcess.ts";
import { canFillDisk } from "./faultActions.ts";
import { FAULTS } from "./faults.ts";
import { drillKillPoints } from "./killPhase.ts";
import { BadOption, type DrillOptions, readOptions, USAGE } from "./options.ts";
import { type DrillRun, drillQueue, type QueueFinding } from "./queueDrill.ts";
import { hasRedisServer } from "./redisServer.ts";
import { type DrillReport, lossesOf, reportText } from "./report.ts";

const SEEDS = 1_000_000;

/** Each part ends all that it began before the next one begins. */
async function inTurn<T>(run: DrillRun, part: (own: DrillRun) => Promise<T>): Promise<T> {
  const undo = new Undo();
  run.undo.add(() => undo.end());
  try {
    return await part({ ...run, undo });
  } finally {
    await undo.end();
  }
}

function whatIsMissing({ queues }: DrillOptions, hasRedis: boolean): string[] {
  return [
    ...(hasRedis ? [] : ["There is no redis-server here: the Redis queue is NOT drilled."]),
    ...(canFillDisk() || queues.length === 0 ? [] : ["There is no prlimit here: no disk becomes full."]),
  ];
}

async function runDrill(run: DrillRun, missing: readonly string[]): Promise<DrillReport> {
  const queues: QueueFinding[] = [];
  for (const queue of run.options.queues) queues.push(await inTurn(run, (own) => drillQueue(own, queue)));
  const kills = run.options.killSeeds > 0 ? await inTurn(run, drillKillPoints) : null;
  return { options: run.options, missing, queues, kills };
}

/** `npm run drill -- [options]`: exits 0 where nothing was lost, 1 where something was or the drill itself broke. */
async function main(args: readonly string[]): Promise<number> {
  const undo = new Undo();
  try {
    const hasRedis = hasRedisServer();
    const names = FAULTS.map(({ name }) => name);
    const options = readOptions(args, names, { hasRedis, seed: randomInt(SEEDS) });
    const missing = whatIsMissing(options, hasRedis);
    const progress = (line: string) => process.stderr.write(`${line}\n`);
    for (const line of [...missing, `seed ${options.seed}`]) progress(line);
    const told = endAsked().then((why): never => {
      throw new StartRefused(`broken off (${why})`);
    });
    const report = await Promise.race([runDrill({ options, undo, progress }, missing), told]);
    process.stdout.write(`${options.isForMachines ? JSON.stringify(report, null, 1) : reportText(report)}\n`);
    return lossesOf(report).length === 0 ? 0 : 1;
  } catch (error) {
    const isPlain = error instanceof BadOption || error instanceof StartRefused;
    process.stderr.write(`${isPlain ? error.message : ((error as Error).stack ?? error)}\n`);
    if (error instanceof BadOption) process.stderr.write(USAGE);
    return 1;
  } finally {
    await undo.end();
  }
}

process.exit(await main(process.argv.slice(2)));
