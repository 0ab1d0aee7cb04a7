import type { Tx } from "../../platform/db.ts";
import type { Sealer } from "../../platform/secrets.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { Ids } from "../kernel/ids.ts";
import { type LineEntry, postEntries } from "../ledger/postEntries.ts";
import { BANK_DAYS_APART } from "./bookDifference.queries.ts";
import { actionsOf } from "./discrepancy.rules.ts";
import { closeDiscrepancy, openDiscrepancy } from "./openDiscrepancy.ts";
import { type BankSource, bankPostings } from "./settlement.rules.ts";
import { PAYOUT_CONTEXT } from "./storeLines.ts";
import { isAdjusted } from "./unmatchedLines.ts";

interface Line {
  readonly id: string;
  readonly state: "NEW" | "UNMATCHED";
  readonly line: number;
  readonly file: string;
  readonly bookedOn: string;
  readonly amount: number;
  readonly words: readonly string[];
  /** Two people have booked it by hand: whatever is found for it is for them to look at. */
  readonly isAdjusted: boolean;
}

/** What a bank line is about. */
interface Match {
  readonly by: string;
  readonly payout?: string;
  readonly refundId?: string;
  readonly paymentId?: string;
}

/** Days by which the bank's date of a payout may lie behind ours. */
const WINDOW_DAYS = 3;

const JAKARTA = "at time zone 'Asia/Jakarta'";
/** Whether an instant lies within the days around the bank's own in which a transfer by hand is looked for. */
const isNear = (instant: string): string => `
  ${instant} >= ($2::date - ${BANK_DAYS_APART})::timestamp ${JAKARTA}
  and ${instant} < ($2::date + ${BANK_DAYS_APART + 1})::timestamp ${JAKARTA}`;

/** Transfers of one sum within those days that a line is held against by its words; without words it is the first's. */
const SAME_SUM_MAX = 200;

const LINES = `
  select l.id, l.state, l.line, f.name as file, l.booked_on, l.amount, l.words,
         ${isAdjusted("bank_lines")} as is_adjusted
    from bank_lines l join settlement_files f on f.id = l.file_id
   where l.id = ${anyId(1)} order by l.booked_on, l.id`;

const BY_REFERENCE = "select reference from settlement_payouts where lookup = any($1::text[]) order by paid_on limit 1";

// One payout of that sum in those days which no bank line has: two would be a guess.
const BY_SUM = `
  select p.reference
    from settlement_payouts p
   where p.paid_on between $2::date - ${WINDOW_DAYS} and $2::date + 1
     and not exists (select from bank_lines b where b.payout_reference = p.reference)
     and (select sum(net) from settlement_lines where payout_reference = p.reference and state <> 'NEW') = $1
   limit 2`;

const REFUNDS_BY_HAND = `
  select r.id, r.bank_reference as reference
    from refunds r
   where r.settled_by is not null and r.amount = $1
     and ${isNear("r.succeeded_at")}
     and not exists (select from bank_lines b where b.refund_id = r.id)
   order by r.succeeded_at, r.id limit ${SAME_SUM_MAX}`;

const PROOFS = `
  select p.id, p.number
    from payments p
   where p.channel = 'MANUAL_TRANSFER' and p.covering_transaction_id is not null and p.amount = $1
     and ${isNear("p.created_at")}
     and not exists (select from bank_lines b where b.payment_id = p.id)
   order by p.created_at, p.id limit ${SAME_SUM_MAX}`;

/** How a line without a name is known: whatever it names goes before. */
const BY_SUM_ALONE = "amount_and_day";

/** The one row of a list that has one. */
const only = <Row>(rows: readonly Row[]): Row | null => (rows.length === 1 ? (rows[0] as Row) : null);

const isNamed = (app: { sealer: Sealer }, { words }: Line, name: string): boolean =>
  words.includes(app.sealer.lookup(name.toUpperCase(), PAYOUT_CONTEXT));

/** Money that we sent back by hand: by the bank's reference, else the oldest of that sum in those days. */
async function refundOf(tx: Tx, app: { sealer: Sealer }, line: Line): Promise<Match | null> {
  const rows = await tx.sql<{ id: string; reference: string }>(REFUNDS_BY_HAND, [0 - line.amount, line.bookedOn]);
  const named = rows.find(({ reference }) => isNamed(app, line, reference));
  const refund = named ?? rows[0];
  return refund ? { by: named ? "bank_reference" : BY_SUM_ALONE, refundId: refund.id } : null;
}

/**
 * Money that a customer sent with a proof: by the payment's number, with or without its dashes, else the oldest of that
 * sum in those days. A course has one price, so that many are alike: which line is whose changes nothing, and of those
 * that are approved without a line one is told of.
 */
async function proofOf(tx: Tx, app: { sealer: Sealer }, line: Line): Promise<Match | null> {
  const rows = await tx.sql<{ id: string; number: string }>(PROOFS, [line.amount, line.bookedOn]);
  const named = rows.find(({ number }) =>
    [number, number.replaceAll("-", "")].some((name) => isNamed(app, line, name)),
  );
  const proof = named ?? rows[0];
  return proof ? { by: named ? "payment_number" : BY_SUM_ALONE, paymentId: proof.id } : null;
}

async function matchOf(tx: Tx, app: { sealer: Sealer }, line: Line): Promise<Match | null> {
  const [named] = await tx.sql<{ reference: string }>(BY_REFERENCE, [line.words]);
  if (named) return { by: "payout_reference", payout: named.reference };
  const byHand = line.amount < 0 ? await refundOf(tx, app, line) : await proofOf(tx, app, line);
  if (byHand && byHand.by !== BY_SUM_ALONE) return byHand;
  const payout = only(await tx.sql<{ reference: string }>(BY_SUM, [line.amount, line.bookedOn]));
  return payout ? { by: BY_SUM_ALONE, payout: payout.reference } : byHand;
}

const STORE = `
  update bank_lines
     set state = $2, matched_by = $3, payout_reference = $4, refund_id = $5, payment_id = $6, matched_at = $7
   where id = $1`;

export const bankSubject = (id: string): string => `bank:${id}`;

/** What came without a payout is somebody's money; what went without one left for a reason that we do not know. */
const kindOf = (amount: number) => (amount > 0 ? ("ORPHAN_MONEY" as const) : ("UNMATCHED" as const));

/** What an adjusted line turned out to be, as people know it. */
const nameOf = ({ payout, refundId, paymentId }: Match): string =>
  payout ?? (refundId ? `refund ${refundId}` : `payment ${paymentId}`);

async function tellOf(tx: Tx, app: { ids: Ids; now: Date }, line: Line, found: Match | null): Promise<void> {
  const kind = kindOf(line.amount);
  await openDiscrepancy(tx, app, {
    day: line.bookedOn,
    kind,
    subject: bankSubject(line.id),
    ours: found && `${nameOf(found)}, since it was adjusted`,
    theirs: `IDR ${line.amount}`,
    amount: 0 - line.amount,
    // What the bank says of it stays sealed: staff reads it on the statement, by its line.
    evidence: { file: line.file, row: line.line, bookedOn: line.bookedOn, amount: line.amount },
    actions: actionsOf(kind),
    bankLineId: line.id,
  });
}

const sourceOf = (match: Match | null): BankSource => {
  if (!match) return "SUSPENSE";
  return match.payout === undefined ? null : "PAYOUTS";
};

async function matchOne(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date; readonly sealer: Sealer },
  line: Line,
): Promise<Match | null> {
  const found = await matchOf(tx, app, line);
  // Its match would move the same money again.
  const match = line.isAdjusted ? null : found;
  const before = line.state === "NEW" ? ("NEW" as const) : ("SUSPENSE" as const);
  const postings = bankPostings(before, sourceOf(match), line.amount);
  const entry: LineEntry = { lineId: line.id, postings };
  if (postings.length > 0) await postEntries(tx, app.now, "BANK", [entry]);
  await tx.sql(STORE, [
    line.id,
    match ? "MATCHED" : "UNMATCHED",
    match?.by ?? null,
    match?.payout ?? null,
    match?.refundId ?? null,
    match?.paymentId ?? null,
    app.now,
  ]);
  if (!match) await tellOf(tx, app, line, found);
  else if (line.state === "UNMATCHED") {
    const end = { kind: kindOf(line.amount), subject: bankSubject(line.id), resolution: `Known by its ${match.by}` };
    await closeDiscrepancy(tx, app.now, end);
  }
  return match;
}

// What the bank says of a payout is another sum now, whatever was made of it before.
const JUDGE_AGAIN = "update settlement_payouts set judged_on = null where reference = any($1::text[])";

/**
 * Matches lines of the bank that are new, or that nothing was known for: a payout by its reference or by sum and day, a
 * refund by hand, a proof of payment; writes that on them and books them. Money without a match is in SUSPENSE, and a
 * person looks; what two people booked by hand in the meantime is not booked again. The caller holds the lock of
 * settlements. A second call is harmless: it is for lines of a state that this leaves, and one that still is not known
 * is told of once.
 *
 * @returns how many were matched, and the payouts that they are of
 */
export async function matchBankLines(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date; readonly sealer: Sealer },
  ids: readonly string[],
): Promise<{ matched: number; payouts: string[] }> {
  const matches: Match[] = [];
  for (const line of await tx.sql<Line>(LINES, [ids])) {
    const match = await matchOne(tx, app, line);
    if (match) matches.push(match);
  }
  const payouts = [...new Set(matches.flatMap(({ payout }) => payout ?? []))];
  if (payouts.length > 0) await tx.sql(JUDGE_AGAIN, [payouts]);
  return { matched: matches.length, payouts };
}
