import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId, UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, later } from "../kernel/time.ts";
import { FRAUD_ALERT } from "./screenStart.ts";

const BATCH = 100; // of one round: more than a shop has in the seconds between two
const LONGEST_WINDOW_MS = 8 * DAY_MS; // a payment lives seven days at most

interface Odd {
  readonly paymentId: PaymentId;
  readonly userId: UserId;
  readonly amount: number;
  readonly declined: number;
}

// Declines are few: they lead to the accounts, and these to what was paid after them. Whoever looked at the payment for
// the same reason before it was paid need not look again.
const FIND_ODD = `
  with declined as (
    select p.user_id, l.at from payment_logs l join payments p on p.id = l.payment_id
     where l.step = 'gatewayStatus' and l.detail->>'status' in ('deny', 'failure') and l.at > $1)
  select p.id as payment_id, p.user_id, p.amount, count(*)::integer as declined
    from declined d join payments p on p.user_id = d.user_id and p.created_at > $2 and p.paid_at >= d.at
   where p.paid_at > $1
     and not exists (select from fraud_verdicts v where v.payment_id = p.id and 'DECLINED' = any(v.reasons))
   group by p.id having count(*) >= $3 order by p.id limit ${BATCH}`;

async function keep(tx: Tx, app: Pick<App, "ids">, odd: Odd, now: Date): Promise<void> {
  const { paymentId, userId, amount, declined } = odd;
  const rows = await tx.sql(
    `insert into fraud_verdicts (id, payment_id, user_id, start_key, stage, amount, verdict, reasons, figures, at)
     values ($1, $2::uuid, $3, 'paid:' || $2::uuid::text, 'PAID', $4, 'REVIEW', '{DECLINED}', $5, $6)
     on conflict (user_id, start_key) do nothing returning id`,
    [app.ids.next<"fraudVerdict">(), paymentId, userId, amount, JSON.stringify({ declined }), now],
  );
  if (rows.length === 0) return;
  const message = `A payment of ${formatRupiah(amount)} was paid after ${declined} that were declined`;
  await raiseAlert(tx, { ids: app.ids, now }, { kind: FRAUD_ALERT, subject: userId, severity: "WARNING", message });
}

/**
 * Puts payments that were paid after many declined ones into the queue: on a hosted page a customer, or somebody who
 * tries stolen cards, does all of that within one start. A second run is harmless: each payment has one verdict of this
 * kind, by its key.
 */
export async function reviewPaid(app: Pick<App, "db" | "clock" | "ids" | "settings">): Promise<number> {
  const from = app.settings.fraud?.declined.review ?? 0;
  if (from === 0) return 0;
  const now = app.clock.now();
  const odd = await app.db.sql<Odd>(FIND_ODD, [later(now, -DAY_MS), later(now, -LONGEST_WINDOW_MS), from]);
  for (const each of odd) await inTransaction(app.db, (tx) => keep(tx, app, each, now));
  return odd.length;
}
