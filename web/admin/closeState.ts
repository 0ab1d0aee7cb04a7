import type { CloseRunFragment, ReconciliationState } from "../graphql/generated/admin/graphql.ts";
import type { Meaning } from "../ui/status.ts";

/** One colour a state of a day's close. */
export const runMeaning: Readonly<Record<ReconciliationState, Meaning>> = {
  RUNNING: "way",
  OPEN: "waiting",
  SIGNED_OFF: "good",
  REOPENED: "wrong",
};

/** Whether workers walk the day now: for the first time, or again while its state stays what it was. */
export const isWalked = ({ state, startedAt, finishedAt }: WalkedRun): boolean =>
  state === "RUNNING" || (typeof finishedAt === "string" && Date.parse(finishedAt) < Date.parse(startedAt));
type WalkedRun = Pick<CloseRunFragment, "state" | "startedAt" | "finishedAt">;

/** A day may be signed off with open discrepancies of so many rupiah in all: they are explained by rounding. */
export const TRIFLE = 1_000;

/** Why a day can't be signed off, as far as it shows here; the server looks again. */
export interface Obstacle {
  readonly word: "running" | "unanswered" | "open" | "admin";
  readonly count?: number;
  /** Whole rupiah. */
  readonly amount?: number;
}

/** What of a day is in question: how many open discrepancies, and their amounts whichever way. */
export interface Doubt {
  readonly count: number;
  readonly amount: number;
}

/** What of a day's close a sign-off looks at. */
export type CloseRun = Pick<CloseRunFragment, "unanswered"> & WalkedRun;

/** What stands in the way of a sign-off; nothing where it may be tried. */
export function obstaclesOf(run: CloseRun, doubt: Doubt, isAdmin: boolean): Obstacle[] {
  const found: Obstacle[] = [];
  if (isWalked(run)) found.push({ word: "running" });
  else if (run.unanswered > 0) found.push({ word: "unanswered", count: run.unanswered });
  if (doubt.amount > TRIFLE) found.push({ word: "open", ...doubt });
  if (!isAdmin) found.push({ word: "admin" });
  return found;
}

/** The two sides of the equation: what was sold, less what became of it. 0 where the day is proven. */
export const gapOfEquation = (sums: Equation): number =>
  sums.sales - (sums.settled + sums.pending + sums.refunded + sums.fees + sums.inDoubt);

/** The parts of the equation, whole rupiah. */
export interface Equation {
  readonly sales: number;
  readonly settled: number;
  readonly pending: number;
  readonly refunded: number;
  readonly fees: number;
  readonly inDoubt: number;
}

const NOTHING: Equation = { sales: 0, settled: 0, pending: 0, refunded: 0, fees: 0, inDoubt: 0 };

/** The sums of all methods: exact, where the day's own figures show nothing below 0. */
export function sumOfMethods(methods: readonly Equation[]): Equation {
  const sum = { ...NOTHING };
  for (const method of methods) for (const part of ["sales", ...PARTS] as const) sum[part] += method[part];
  return sum;
}

/** Its parts in the order in which they are read. */
export const PARTS = ["settled", "pending", "refunded", "fees", "inDoubt"] as const;
