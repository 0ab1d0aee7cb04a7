import type { Tx } from "../../platform/db.ts";
import type { Ids, PaymentId, RefundId } from "../kernel/ids.ts";
import { dayInJakarta } from "../kernel/time.ts";
import { BOOK_FINDERS, type Finder } from "./bookDifference.queries.ts";
import { actionsOf } from "./discrepancy.rules.ts";
import { closeDiscrepancy, openDiscrepancy } from "./openDiscrepancy.ts";

/** Findings of one night: by then their cause matters, not the next one. */
const FOUND_MAX = 1_000;

/** One row of a finder: what it is about, in words, and the sum. */
interface Found {
  readonly subject: string;
  readonly ours: string;
  readonly theirs: string | null;
  readonly amount: number;
  /** What waits, where no sum changes by it. */
  readonly worth?: number;
  /** Of proofs: others of the same sum and days. */
  readonly alike?: readonly string[];
  /** null: of no day but the one that is closed. */
  readonly at: Date | null;
  readonly paymentId: PaymentId | null;
  readonly refundId: RefundId | null;
}

interface At {
  readonly ids: Ids;
  readonly now: Date;
}

const OPEN = `
  select subject, payment_id from discrepancies
   where kind = $1 and resolved_at is null and starts_with(subject, $2)`;

async function run(tx: Tx, at: At, day: string, finder: Finder): Promise<void> {
  const { kind, prefix, sql, actions = actionsOf(kind) } = finder;
  const open = await tx.sql<{ subject: string; paymentId: PaymentId | null }>(OPEN, [kind, prefix]);
  const asked = { now: at.now, open: open.flatMap(({ paymentId }) => paymentId ?? []) };
  const rows = await tx.sql<Found>(`${sql} order by 1 limit ${FOUND_MAX}`, finder.values(asked));
  for (const { at: since, ...found } of rows) {
    const evidence = { finder: prefix.slice(0, -1), ...found };
    const ofDay = since ? dayInJakarta(since) : day;
    await openDiscrepancy(tx, at, { ...found, kind, day: ofDay, evidence, actions });
  }
  if (rows.length === FOUND_MAX) return;
  const still = new Set(rows.map(({ subject }) => subject));
  for (const { subject } of open.filter((each) => !still.has(each.subject))) {
    await closeDiscrepancy(tx, at.now, { kind, subject, resolution: "Our books were looked at again, and agree" });
  }
}

/** A day that was signed keeps nothing that is of no day: then it is today's. */
async function dayOfTheRest(tx: Tx, now: Date, day: string): Promise<string> {
  const signed = await tx.sql("select from reconciliation_runs where day = $1 and state = 'SIGNED_OFF'", [day]);
  return signed.length > 0 ? dayInJakarta(now) : day;
}

/**
 * Looks through our own books: money without a purpose, money that the gateway told of and that is none of ours,
 * courses that are not open as they were paid, what waits too long, and transfers that the bank does not have. What is
 * found no more is over. A second run changes nothing.
 *
 * @param day whose close this is: what belongs to no other day counts in it, unless it is signed
 */
export async function findBookDifferences(tx: Tx, at: At, day: string): Promise<void> {
  const ofTheRest = await dayOfTheRest(tx, at.now, day);
  for (const finder of BOOK_FINDERS) await run(tx, at, ofTheRest, finder);
}
