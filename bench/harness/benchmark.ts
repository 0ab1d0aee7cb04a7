import type { Undo } from "../../scripts/launch.ts";
import type { Cluster } from "./cluster.ts";
import type { Figures } from "./measure.ts";
import type { Options } from "./options.ts";

/** What a benchmark gets. */
export interface Bench {
  readonly options: Options;
  readonly cluster: Cluster;
  /** Everything that is begun and must end, also when a benchmark is broken off. */
  readonly undo: Undo;
  /** Tells who waits what is done now; no part of the result. */
  progress(line: string): void;
}

/** One case of a benchmark: a line of its table. */
export interface Row extends Figures {
  readonly name: string;
  readonly atOnce: number;
  /** How fast it is, as a share of what bare node-postgres did in the same run: by the bare case's name. */
  readonly ofBare: Readonly<Record<string, number>>;
}

export interface Result {
  readonly name: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
  /** False: what it plants is a breach itself. Left out: the audit ran. */
  readonly isAudited?: false;
}

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  /** @throws Breached when the audit finds something after it */
  run(bench: Bench): Promise<Pick<Result, "notes" | "rows" | "isAudited">>;
}

/** A row without anything to compare it with. */
export const rowOf = (name: string, atOnce: number, figures: Figures): Row => ({
  name,
  atOnce,
  ...figures,
  ofBare: {},
});

/** The row beside bare ones of the same number at once; each ratio under a short name. */
export function besideBare(row: Row, bare: Readonly<Record<string, Row>>): Row {
  const ratios = Object.entries(bare).map(([name, { perSecond }]) => [name, row.perSecond / perSecond] as const);
  return { ...row, ofBare: Object.fromEntries(ratios) };
}
