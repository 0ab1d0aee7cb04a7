import type { Bench } from "./benchmark.ts";
import { cpuTimeMs } from "./cpu.ts";
import { type LoadPlan, percentile, runLoad } from "./load.ts";

export interface Subject {
  /** Does the work once; rejects when the answer is not right. */
  operate(): Promise<unknown>;
  /** The process that speaks to PostgreSQL. */
  readonly pid: number;
  /** SQL statements that it has sent so far. */
  statementsSent(): Promise<number>;
}

/** Each an operation's share, where that has a meaning. */
export interface Figures {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** null where the system does not tell. */
  readonly cpuMs: { readonly process: number; readonly postgres: number; readonly total: number } | null;
  readonly statements: number;
}

const WARM_UP_OPERATIONS = 500;
const WARM_UP_MS = 1_000;

/** CPU time of a process and of PostgreSQL between two looks, an operation's share. null: the system does not tell. */
export function cpuOf(before: readonly (number | null)[], after: readonly (number | null)[], operations: number) {
  const [process, postgres] = after.map((value, i) => {
    const earlier = before[i] ?? null;
    return value === null || earlier === null ? null : (value - earlier) / operations;
  });
  if (process === null || process === undefined || postgres === null || postgres === undefined) return null;
  return { process, postgres, total: process + postgres };
}

/** The load of a case: as many operations and as much time as the command line allows, unless said. */
export const planOf = ({ options }: Bench, atOnce: number, more: Partial<LoadPlan> = {}): LoadPlan => ({
  atOnce,
  operations: options.operationsMax,
  withinMs: options.withinMs,
  perSecond: null,
  ...more,
});

/** How many operations measure() does at most, its warm-up included. */
export const operationsOf = ({ operations }: LoadPlan): number => operations + Math.min(WARM_UP_OPERATIONS, operations);

/** Runs the load once to warm up and once to measure. */
export async function measure(bench: Bench, subject: Subject, plan: LoadPlan): Promise<Figures> {
  const operate = () => subject.operate();
  const warmUp = { operations: Math.min(WARM_UP_OPERATIONS, plan.operations), withinMs: WARM_UP_MS, perSecond: null };
  await runLoad({ ...plan, ...warmUp }, operate);
  const pids = [subject.pid, bench.cluster.pid];
  const sentBefore = await subject.statementsSent();
  const cpuBefore = pids.map(cpuTimeMs);
  const { latenciesMs, seconds } = await runLoad(plan, operate);
  const cpuAfter = pids.map(cpuTimeMs);
  const sentAfter = await subject.statementsSent();
  const operations = latenciesMs.length;
  return {
    operations,
    seconds,
    perSecond: operations / seconds,
    p50Ms: percentile(latenciesMs, 50),
    p95Ms: percentile(latenciesMs, 95),
    p99Ms: percentile(latenciesMs, 99),
    cpuMs: cpuOf(cpuBefore, cpuAfter, operations),
    statements: (sentAfter - sentBefore) / operations,
  };
}
