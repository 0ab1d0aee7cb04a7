import { parseArgs } from "node:util";

export interface Options {
  /** The benchmarks to run; none: all. */
  readonly names: readonly string[];
  readonly isForMachines: boolean;
  /** Measured operations of a case, at most. */
  readonly operationsMax: number;
  /** How long a case is measured, at most, ms. */
  readonly withinMs: number;
  /** How many orders stand in the database where "my orders" is measured. */
  readonly sizes: readonly number[];
}

/** What a person did wrong at the command line, as one line. */
export class BadOption extends Error {
  override readonly name = "BadOption";
}

export const USAGE = `npm run bench -- [NAME ...] [--json] [--operations N] [--within MS] [--sizes N,N]
  --operations, --within  measured of a case at most: operations, and ms
  --sizes                 orders that are in the database already
`;

const OPERATIONS_MAX = 3_000;
const WITHIN_MS = 3_000; // some forty cases stay below five minutes
const SIZES = "2000,200000";
const SIZE_MAX = 1_000_000; // beyond it, filling takes longer than anybody waits

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new BadOption(`--${name}: expected a whole number from 1 to ${max}`);
}

/** Reads what USAGE names. @throws BadOption */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new BadOption((error as Error).message, { cause: error });
  }
  const { values, positionals } = parsed;
  const stranger = positionals.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new BadOption(`there is no benchmark ${stranger}, only ${known.join(", ")}`);
  return {
    names: positionals,
    isForMachines: values.json,
    operationsMax: wholeNumber("operations", values.operations, 1_000_000),
    withinMs: wholeNumber("within", values.within, 600_000),
    sizes: values.sizes.split(",").map((size) => wholeNumber("sizes", size, SIZE_MAX)),
  };
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      operations: { type: "string", default: String(OPERATIONS_MAX) },
      within: { type: "string", default: String(WITHIN_MS) },
      sizes: { type: "string", default: SIZES },
    },
  });
