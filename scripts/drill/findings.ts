import type { Day, FaultTime } from "./faultDay.ts";
import { type Attempt, isBroken, KINDS, type Kind } from "./told.ts";

/** What shoppers met during one fault and until the next. */
export interface FaultFinding {
  readonly name: string;
  readonly skipped: string | null;
  readonly fromS: number;
  readonly seconds: number;
  /** Broken answers, from the fault's begin to the next one's. */
  readonly broken: number;
  /** From the first broken answer to the last, s. */
  readonly brokenForS: number;
  /** From the fault's end to the first success of each kind of work that began after it, s; null: none in its time. */
  readonly recoveredS: Readonly<Record<Kind, number | null>>;
  /** The longest that anybody who paid before or during the fault still waited for his PAID after its end, s. */
  readonly caughtUpS: number;
}

export interface KindFinding {
  readonly kind: Kind;
  readonly attempted: number;
  readonly done: number;
  /** By code: refusals, and answers that were broken or did not come. */
  readonly codes: Readonly<Record<string, number>>;
  /** Of what was done, ms. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

const seconds = (ms: number): number => Math.round(ms / 10) / 100;

/** The value that `percent` of the ascending ones do not exceed (nearest rank); 0 of none. */
function percentile(ascending: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * ascending.length));
  return Math.round(ascending[rank - 1] ?? 0);
}

function findingOf(kind: Kind, attempts: readonly Attempt[]): KindFinding {
  const own = attempts.filter((each) => each.kind === kind);
  const done = own.filter(({ code }) => code === "OK");
  const took = done.map(({ at, until }) => until - at).sort((a, b) => a - b);
  const codes: Record<string, number> = {};
  for (const { code } of own) if (code !== "OK") codes[code] = (codes[code] ?? 0) + 1;
  return {
    kind,
    attempted: own.length,
    done: done.length,
    codes,
    p50Ms: percentile(took, 50),
    p95Ms: percentile(took, 95),
    p99Ms: percentile(took, 99),
  };
}

/** What was attempted, done and refused, by kind of work. */
export const kindFindings = ({ attempts }: Day): KindFinding[] => KINDS.map((kind) => findingOf(kind, attempts));

function recovery(day: Day, fault: FaultTime, kind: Kind): number | null {
  const after = day.attempts.filter((each) => {
    // "paid" begins with the shopper's payment, which may have been before: its end is what counts.
    const begins = kind === "paid" || kind === "page" ? each.until : each.at;
    return each.kind === kind && each.code === "OK" && begins >= fault.until;
  });
  const first = Math.min(...after.map(({ until }) => until));
  return Number.isFinite(first) ? seconds(first - fault.until) : null;
}

/** How each fault was met and how soon all was well again. */
export function faultFindings(day: Day): FaultFinding[] {
  const happened = day.faults.filter(({ skipped }) => skipped === null);
  return day.faults.map((fault) => {
    const next = happened.find(({ from }) => from > fault.from)?.from ?? Number.POSITIVE_INFINITY;
    const isWithin = (at: number) => fault.skipped === null && at >= fault.from && at < next;
    const broken = day.attempts.filter((each) => isBroken(each.code) && isWithin(each.until));
    const moments = broken.map(({ until }) => until);
    const kept = day.waits.filter(({ from, until }) => from < fault.until && until > fault.until);
    const isNamed = fault.skipped === null;
    return {
      name: fault.name,
      skipped: fault.skipped,
      fromS: seconds(fault.from),
      seconds: seconds(fault.until - fault.from),
      broken: broken.length,
      brokenForS: broken.length === 0 ? 0 : seconds(Math.max(...moments) - Math.min(...moments)),
      recoveredS: Object.fromEntries(
        KINDS.map((kind) => [kind, isNamed ? recovery(day, fault, kind) : null]),
      ) as Record<Kind, number | null>,
      caughtUpS: isNamed ? seconds(Math.max(0, ...kept.map(({ until }) => until - fault.until))) : 0,
    };
  });
}
