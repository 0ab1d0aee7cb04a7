import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { type Page, type PageInput, pageOf, readPage } from "../kernel/page.ts";

export const RUN_STATES = ["RUNNING", "OPEN", "SIGNED_OFF", "REOPENED"] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What a day's sales became. Whole rupiah; sales are the sum of all the others. */
export interface Equation {
  readonly sales: number;
  readonly settled: number;
  readonly pending: number;
  readonly refunded: number;
  readonly fees: number;
  readonly inDoubt: number;
  /** What people decided of differences, ours less theirs: sales are what was captured less this. */
  readonly adjusted: number;
}

/** The same of one method. */
export interface MethodEquation extends Equation {
  readonly day: string;
  readonly method: string;
}

/** A day's close as people see it. Counts are gateway transactions, `open` discrepancies. */
export interface RunView extends Equation {
  /** In Asia/Jakarta. */
  readonly day: string;
  readonly state: RunState;
  /** How often it was begun. */
  readonly round: number;
  readonly total: number;
  readonly checked: number;
  readonly matched: number;
  readonly healed: number;
  readonly differing: number;
  /** The gateway did not answer: nothing is proven of them. */
  readonly unanswered: number;
  readonly open: number;
  /** null: the schedule. */
  readonly startedBy: UserId | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly signedOffBy: UserId | null;
  readonly signedOffAt: Date | null;
  /** null: nothing was found after it had been signed off. */
  readonly reopenedAt: Date | null;
}

const COLUMNS = `day, state, round, total, checked, matched, healed, differing, unanswered, open, sales, settled,
  pending, refunded, fees, in_doubt, adjusted, started_by, started_at, finished_at, signed_off_by, signed_off_at,
  reopened_at`;

const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * The days that were closed or are being closed, the latest first.
 *
 * @throws Refusal FORBIDDEN without reconciliation.read, INVALID_INPUT for a bad page
 */
export async function listRuns(app: Pick<App, "db">, actor: Actor, input: PageInput): Promise<Page<RunView>> {
  requireRight(actor, "reconciliation.read");
  const { limit, after } = readPage(input);
  if (after && !DAY.test(after.key)) throw invalidInput({ after: "a cursor of this list" });
  const rows = await app.db.sql<RunView>(
    `select ${COLUMNS} from reconciliation_runs
      where $1::date is null or day < $1::date order by day desc limit ${limit + 1}`,
    [after?.key ?? null],
  );
  return pageOf(rows, limit, after !== null, ({ day }) => ({ key: day, id: day }));
}

/** @throws Refusal FORBIDDEN without reconciliation.read */
export async function countRuns(app: Pick<App, "db">, actor: Actor): Promise<number> {
  requireRight(actor, "reconciliation.read");
  const [row] = await app.db.sql<{ many: number }>("select count(*) as many from reconciliation_runs");
  return row?.many ?? 0;
}

/** A day's close as it stands, without a right: for use cases. */
export async function readRun(db: { readonly sql: Sql }, day: string): Promise<RunView | null> {
  const [run] = await db.sql<RunView>(`select ${COLUMNS} from reconciliation_runs where day = $1`, [day]);
  return run ?? null;
}

/** One day; null where it was never closed. @throws Refusal FORBIDDEN without reconciliation.read */
export function findRun(app: Pick<App, "db">, actor: Actor, day: string): Promise<RunView | null> {
  requireRight(actor, "reconciliation.read");
  return readRun(app.db, day);
}

/** As findRun. @throws Refusal NOT_FOUND where it was never closed */
export async function requireRun(app: Pick<App, "db">, actor: Actor, day: string): Promise<RunView> {
  const run = await findRun(app, actor, day);
  if (!run) throw new Refusal("NOT_FOUND", "This day was never closed");
  return run;
}

/** The sums of a day without a sign, as its page shows them. */
export interface ShownEquation extends Equation {
  /** What of them is below 0, in all: sales + owedBack = settled + pending + refunded + fees + inDoubt. */
  readonly owedBack: number;
}

/**
 * The sums of a day as amounts of money: what is below 0, because more went back after its payout than is to come, or
 * because there is more there than here, stands beside them. Method by method they are exact.
 */
export function shownEquation(equation: Equation): ShownEquation {
  const { settled, pending, fees, inDoubt } = equation;
  const isShort = Math.min(0, equation.sales);
  const owedBack = [settled, pending, fees, inDoubt].reduce((sum, each) => sum - Math.min(0, each), isShort);
  const above = (amount: number) => Math.max(0, amount);
  return {
    ...equation,
    sales: above(equation.sales),
    settled: above(settled),
    pending: above(pending),
    fees: above(fees),
    inDoubt: above(inDoubt),
    owedBack,
  };
}

/** The equation of some days by method, in the order of its names. */
export function readMethods(db: { readonly sql: Sql }, days: readonly string[]): Promise<MethodEquation[]> {
  return db.sql<MethodEquation>(
    `select day, method, sales, settled, pending, refunded, fees, in_doubt, adjusted
       from reconciliation_methods where day = any($1::date[]) order by day, method collate "C"`,
    [days],
  );
}
