import { parseArgs } from "node:util";

export type QueueKind = "postgres" | "redis";

export interface DrillOptions {
  /** One fault day on each; none: only the kill points. */
  readonly queues: readonly QueueKind[];
  /** Length of one fault day. */
  readonly minutes: number;
  /** Shoppers that come in a second, whatever the shop does. */
  readonly rate: number;
  /** Decides what the shoppers want and when they come. */
  readonly seed: number;
  /** Names of the faults of the day; null: all. */
  readonly faults: readonly string[] | null;
  /** Seeds of each kill point; 0: no kill phase. */
  readonly killSeeds: number;
  readonly isForMachines: boolean;
  /** The directory, with the logs of every process, stays. */
  readonly keep: boolean;
  /** Something is lost on purpose before the books are compared: the drill must then fail. */
  readonly plantLoss: boolean;
  /** The gateway gives a refund twice before the books are compared: the drill must then fail, too. */
  readonly plantRefund: boolean;
}

/** What a person did wrong at the command line, as one line. */
export class BadOption extends Error {
  override readonly name = "BadOption";
}

export const USAGE = `npm run drill -- [--queue postgres|redis|both|none] [--minutes N] [--rate N] [--seed N]
                 [--faults NAME,NAME] [--kills N] [--json] [--keep] [--plant-loss] [--plant-refund]
  docs/drill.md says what each is for
`;

const MINUTES = "2.5";
const MINUTES_MAX = 240;
const RATE = "5";
const RATE_MAX = 100; // one process plays all shoppers
const SEED_MAX = 2 ** 31;
const KILL_SEEDS_MAX = 1_000;

function numberOf(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max) return value;
  throw new BadOption(`--${name}: expected a number from ${min} to ${max}`);
}

function whole(name: string, text: string, max: number): number {
  const value = numberOf(name, text, 0, max);
  if (Number.isInteger(value)) return value;
  throw new BadOption(`--${name}: expected a whole number`);
}

function queuesOf(text: string): readonly QueueKind[] {
  if (text === "both") return ["postgres", "redis"];
  if (text === "none") return [];
  if (text === "postgres" || text === "redis") return [text];
  throw new BadOption("--queue: expected postgres, redis, both or none");
}

function faultsOf(text: string | undefined, known: readonly string[]): readonly string[] | null {
  if (text === undefined) return null;
  const names = text.split(",").filter((name) => name !== "");
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new BadOption(`there is no fault ${stranger}, only ${known.join(", ")}`);
  return names;
}

const parse = (args: readonly string[], hasRedis: boolean) =>
  parseArgs({
    args: [...args],
    options: {
      queue: { type: "string", default: hasRedis ? "both" : "postgres" },
      minutes: { type: "string", default: MINUTES },
      rate: { type: "string", default: RATE },
      seed: { type: "string" },
      faults: { type: "string" },
      kills: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      "plant-loss": { type: "boolean", default: false },
      "plant-refund": { type: "boolean", default: false },
    },
  }).values;

/** Reads what USAGE names. @throws BadOption */
export function readOptions(
  args: readonly string[],
  known: readonly string[],
  machine: { readonly hasRedis: boolean; readonly seed: number },
): DrillOptions {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args, machine.hasRedis);
  } catch (error) {
    throw new BadOption((error as Error).message, { cause: error });
  }
  const queues = queuesOf(values.queue);
  if (queues.includes("redis") && !machine.hasRedis) throw new BadOption("--queue: this machine has no redis-server");
  return {
    queues,
    minutes: numberOf("minutes", values.minutes, 0.05, MINUTES_MAX),
    rate: numberOf("rate", values.rate, 0.1, RATE_MAX),
    seed: values.seed === undefined ? machine.seed : whole("seed", values.seed, SEED_MAX),
    faults: faultsOf(values.faults, known),
    killSeeds: whole("kills", values.kills, KILL_SEEDS_MAX),
    isForMachines: values.json,
    keep: values.keep,
    plantLoss: values["plant-loss"],
    plantRefund: values["plant-refund"],
  };
}
