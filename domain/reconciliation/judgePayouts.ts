import type { Tx } from "../../platform/db.ts";
import type { Ids } from "../kernel/ids.ts";
import { actionsOf } from "./discrepancy.rules.ts";
import { closeDiscrepancy, openDiscrepancy } from "./openDiscrepancy.ts";
import { workdaysLater } from "./settlement.rules.ts";

/** A payout as the gateway's lines and the bank's have it. Whole rupiah. */
interface Payout {
  readonly reference: string;
  readonly paidOn: string;
  readonly net: number;
  readonly lines: number;
  readonly bank: number;
  readonly bankLines: number;
}

/** Banks book what is sent on a working day on the next one at the latest. */
const BANK_DAYS = 2;

/**
 * Days after which a payout that the bank never had is no news any more, where statements come by the quarter; one that
 * is told of stays told of.
 */
const PAYOUT_DAYS = 120;

/** Payouts that are held against the bank at once; a shop has one a day, and one for each way to pay at most. */
const PAYOUTS_MAX = 2_000;

const PAYOUTS = `
  select p.reference, p.paid_on, coalesce(s.net, 0) as net, coalesce(s.lines, 0) as lines, coalesce(b.bank, 0) as bank,
         coalesce(b.lines, 0) as bank_lines
    from settlement_payouts p
   cross join lateral (select sum(net) as net, count(*) as lines from settlement_lines
                        where payout_reference = p.reference and state <> 'NEW') s
   cross join lateral (select sum(amount) as bank, count(*) as lines from bank_lines
                        where payout_reference = p.reference) b
   where p.reference = any($1::text[]) order by p.reference`;

export const payoutSubject = (reference: string): string => `payout:${reference}`;

interface Difference {
  readonly theirs: string | null;
  readonly amount: number;
}

/** The days of the bank's statements, from the first to the last line; null: there is none. */
interface Stated {
  readonly since: string | null;
  readonly until: string | null;
}

/** The bank's sum must be the batch's; where the bank is silent, it is late once its statements are past the day. */
function differenceOf(payout: Payout, { since, until }: Stated, holidays: ReadonlySet<string>): Difference | null {
  const { net, bank, bankLines, paidOn } = payout;
  if (bankLines > 0) return net === bank ? null : { theirs: `IDR ${bank}`, amount: net - bank };
  // One of before the first statement is in none that could be asked.
  const isStated = since !== null && until !== null && since <= paidOn;
  const isLate = isStated && until > workdaysLater(paidOn, BANK_DAYS, holidays);
  return isLate && net !== 0 ? { theirs: null, amount: net } : null;
}

/**
 * Holds payouts against the bank's lines: opens a PAYOUT where their sums differ or the bank never had one, and ends it
 * where they agree by now. A second call opens and ends nothing. Who calls holds the lock of settlements.
 */
export async function judgePayouts(
  tx: Tx,
  app: { readonly ids: Ids; readonly now: Date },
  holidays: ReadonlySet<string>,
  references: readonly string[],
): Promise<void> {
  if (references.length === 0) return;
  const [stated = { since: null, until: null }] = await tx.sql<Stated>(
    "select min(booked_on) as since, max(booked_on) as until from bank_lines",
  );
  for (const payout of await tx.sql<Payout>(PAYOUTS, [references])) {
    const subject = payoutSubject(payout.reference);
    const difference = differenceOf(payout, stated, holidays);
    if (!difference) {
      await closeDiscrepancy(tx, app.now, { kind: "PAYOUT", subject, resolution: "The bank has it by now" });
      continue;
    }
    await openDiscrepancy(tx, app, {
      day: payout.paidOn,
      kind: "PAYOUT",
      subject,
      ours: `IDR ${payout.net}`,
      ...difference,
      evidence: { ...payout },
      actions: actionsOf("PAYOUT"),
    });
  }
}

/**
 * Payouts that the bank has not confirmed to the rupiah, oldest first: those that may be late, or agree by now.
 *
 * @param touched payouts that lines came of just now, which are no news of the past however old they are
 */
export async function openPayouts(tx: Tx, today: string, touched: readonly string[]): Promise<string[]> {
  const rows = await tx.sql<{ reference: string }>(
    `select p.reference from settlement_payouts p
      where p.judged_on is null and (p.paid_on >= $1::date - ${PAYOUT_DAYS} or p.reference = any($2::text[]))
         or exists (select from discrepancies d
                     where d.kind = 'PAYOUT' and d.subject = 'payout:' || p.reference and d.resolved_at is null)
      order by p.reference = any($2::text[]) desc, p.paid_on limit ${PAYOUTS_MAX}`,
    [today, touched],
  );
  return rows.map(({ reference }) => reference);
}

/** Payouts whose sum the bank has are looked at no more, until another line comes. */
export async function settlePayouts(tx: Tx, references: readonly string[], day: string): Promise<void> {
  await tx.sql(
    `update settlement_payouts p set judged_on = $2
      where p.reference = any($1::text[]) and p.judged_on is null
        and (select coalesce(sum(net), 0) from settlement_lines
              where payout_reference = p.reference and state <> 'NEW')
            = (select sum(amount) from bank_lines where payout_reference = p.reference)`,
    [references, day],
  );
}
