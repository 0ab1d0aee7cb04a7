import type { Tx } from "../../platform/db.ts";
import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { CASES, type DiscrepancyAction, isLook, isMoved, type Moved, TRIFLE } from "./discrepancy.rules.ts";
import type { DiscrepancyRow } from "./lockDiscrepancy.ts";

/** Findings are named after what they are about, and some say before it who found them. */
const FINDER_PREFIX = /^(?:case|orphan|transaction):/;

/** How a money case of the very same matter is named: further money of an order id is told by its own id. */
function sameSubjects({ subject, refundId }: DiscrepancyRow): string[] {
  const base = subject.replace(FINDER_PREFIX, "");
  const [orderId, other] = base.split(" ");
  return [
    base,
    ...(other ? [other, `${orderId}:${other}`] : []),
    ...(refundId ? [refundId, `refund:${refundId}`] : []),
  ];
}

// A decision counts where it came after the finding, or was about the very same matter before it.
const DECISIONS = `
  select count(*) filter (where c.resolved_at is null) as open,
         count(*) filter (where c.kind = any($4::text[])
                            and (c.resolved_at >= $5 or (c.resolved_at is not null and c.subject = any($2::text[])))
                         ) as decided
    from money_cases c
   where c.transaction_id = $1 or c.subject = any($2::text[])
      or c.transaction_id in (select id from payment_transactions where gateway_order_id = $3)`;

async function requireDecidedCase(tx: Tx, row: DiscrepancyRow): Promise<void> {
  const subjects = sameSubjects(row);
  const wanted = CASES[row.kind];
  const [cases] = await tx.sql<{ open: number; decided: number }>(DECISIONS, [
    ...[row.transactionId, subjects, subjects[0], wanted, row.openedAt],
  ]);
  if (!cases || cases.open > 0 || cases.decided === 0)
    throw new Refusal("CONFLICT", "Its money case is not decided", { open: cases?.open ?? 0, wanted });
}

// What was booked wrongly and taken back has moved nothing.
const MOVED = `
  select p->>'account' as account, sum((p->>'amount')::bigint)::bigint as amount
    from ledger_adjustments a cross join jsonb_array_elements(a.postings) p
   where a.discrepancy_id = $1 and a.approved_by is not null
   group by p->>'account', p->>'method', p->>'storeId'`;

async function requireAdjustment(tx: Tx, { id, amount }: DiscrepancyRow): Promise<void> {
  const moved = await tx.sql<Moved>(MOVED, [id]);
  if (moved.length === 0)
    throw new Refusal("SECOND_PERSON_NEEDED", "No adjustment for it was approved by a second person");
  if (isMoved(moved, amount)) return;
  const debits = moved.reduce((sum, each) => sum + Math.max(0, each.amount), 0);
  throw new Refusal("CONFLICT", "What was approved for it moves another sum", { amount, moved: debits });
}

// Where no sum changes, there may be money behind it all the same: what waits, or what of a charge nobody can tell.
// What is in another currency has no sum here.
const WORTH = `
  select case when d.amount <> 0 then abs(d.amount)
              when d.kind = 'AGED' then (d.evidence->>'worth')::bigint
              when d.transaction_id is not null or d.payment_id is not null then coalesce(t.captured, 0)
              when d.kind <> 'CURRENCY' then 0 end as worth
    from discrepancies d
   cross join lateral (
     select max(captured_amount) as captured from payment_transactions
      where id = d.transaction_id or (d.transaction_id is null and payment_id = d.payment_id)) t
   where d.id = $1`;

async function requireTrifle(tx: Tx, actor: Actor, { id }: DiscrepancyRow): Promise<void> {
  if (may(actor, "reconciliation.signOff")) return;
  const [row] = await tx.sql<{ worth: number | null }>(WORTH, [id]);
  const worth = row?.worth ?? null;
  if (worth !== null && worth <= TRIFLE) return;
  throw new Refusal("FORBIDDEN", "More than a trifle is let be by an admin alone", { amount: worth });
}

/**
 * What stands in the way of an action that says how things are, read under the discrepancy's lock: DECIDED needs a
 * money case that fits and is over, ADJUST approved adjustments of just its sum, a look that it has ended by itself;
 * anything else needs an admin, where more than a trifle is behind it.
 *
 * @throws Refusal FORBIDDEN (details.amount, whole rupiah) | CONFLICT (details.open and .wanted, or .amount and .moved)
 * | SECOND_PERSON_NEEDED
 */
export async function requireGround(
  tx: Tx,
  actor: Actor,
  row: DiscrepancyRow,
  action: DiscrepancyAction,
): Promise<void> {
  if (action === "DECIDED") return requireDecidedCase(tx, row);
  if (action === "ADJUST") return requireAdjustment(tx, row);
  if (!isLook(action)) return requireTrifle(tx, actor, row);
  if (row.resolvedAt === null) throw new Refusal("CONFLICT", "It was looked at again, and still does not agree");
}
