import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import { caseAlertKind, openMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { closeSpareTry } from "./closeSpareTries.ts";
import { endPaymentWindow } from "./endPaymentWindow.ts";
import { finishStart } from "./finishStart.ts";
import { lockPayment, readPayment } from "./lockPayment.ts";
import type { PaymentMethod } from "./methods.rules.ts";

/** A charge that was sent, and of which nobody could say for longer than it is polled what became of it. */
export const UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME";

const BATCH = 100; // of one round; an outage leaves some dozens before nothing is sent any more
const POLL_SLACK_MS = 2 * MINUTE_MS; // a poll whose worker died is taken over within this
const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "the outcome is unknown" };

/** True for a try of which nobody knows whether it is at the gateway. */
export const isUnknown = ({ state }: { readonly state: string }): boolean =>
  state === "STARTING" || state === "UNKNOWN";

interface Lost {
  readonly id: TransactionId;
  readonly paymentId: PaymentId;
  readonly gatewayOrderId: string;
  readonly method: PaymentMethod;
  readonly amount: number;
  readonly number: string;
  readonly polls: number;
  readonly chargeSentAt: Date;
  readonly lastCheckedAt: Date | null;
}

const FIND_LOST = `
  select t.id, t.payment_id, t.gateway_order_id, t.method, t.amount, p.number, t.polls, t.charge_sent_at,
         t.last_checked_at
    from payment_transactions t join payments p on p.id = t.payment_id
   where t.state in ('STARTING', 'UNKNOWN') and t.charge_sent_at <= $1
     and not exists (select from money_cases c
                      where c.kind = '${UNKNOWN_OUTCOME}' and c.subject = t.gateway_order_id and c.resolved_at is null)
   order by t.charge_sent_at limit ${BATCH}`;

async function openOne(tx: Tx, app: App, lost: Lost, now: Date): Promise<void> {
  const locked = await lockPayment(tx, app, lost.paymentId);
  const row = locked?.transactions.find(({ id }) => id === lost.id);
  if (!row || !isUnknown(row)) return;
  const { id: transactionId, paymentId, gatewayOrderId, amount, method, polls, chargeSentAt, lastCheckedAt } = lost;
  await openMoneyCase(
    tx,
    { ids: app.ids, now },
    {
      kind: UNKNOWN_OUTCOME,
      subject: gatewayOrderId,
      paymentId,
      transactionId,
      amount,
      summary: `Nobody knows whether ${gatewayOrderId} of payment ${lost.number} was charged by ${method}`,
      evidence: { chargeSentAt, polls, lastCheckedAt },
      actions: ["SYNC", "DISMISS"],
    },
  );
  // Its own job may have been given up.
  await send(tx, now, "payment.starting", { transactionId }, { key: transactionId });
}

interface Known {
  readonly id: string;
  readonly subject: string;
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
  readonly state: string;
}

const FIND_KNOWN = `
  select c.id, c.subject, c.payment_id, c.transaction_id, t.state
    from money_cases c join payment_transactions t on t.id = c.transaction_id
   where c.kind = '${UNKNOWN_OUTCOME}' and c.resolved_at is null and c.owner_id is null
     and t.state not in ('STARTING', 'UNKNOWN')
   order by c.opened_at limit ${BATCH}`;

/** Nobody took it, and the gateway has answered meanwhile: nobody need look at it. */
async function endKnown(tx: Tx, app: App, known: Known, now: Date): Promise<void> {
  const { id, subject, paymentId, transactionId, state } = known;
  // In the order of whoever ends it by hand: the payment, then its case.
  await lockPayment(tx, app, paymentId);
  const ended = await tx.sql(
    `update money_cases set resolved_at = $2, action = 'SYNC', resolution = $3
      where id = $1 and resolved_at is null and owner_id is null returning id`,
    [id, now, `The gateway has told by itself: the try is ${state}`],
  );
  if (ended.length === 0) return;
  await clearAlertOf(tx, now, caseAlertKind(UNKNOWN_OUTCOME), subject);
  const detail = { kind: UNKNOWN_OUTCOME, action: "SYNC" };
  await logPaymentStep(tx, now, CAUSE, { paymentId, transactionId, step: "caseResolved", detail });
}

/**
 * Opens a case for each charge whose outcome is still unknown when all its first polls are over, and ends those cases
 * again, while nobody has taken them, when the gateway has told. Several workers may run it: one case is open a try.
 *
 * @returns how many cases it opened or ended
 */
export async function sweepUnknownTries(app: App): Promise<number> {
  const now = app.clock.now();
  const pollsMs = app.settings.paymentPollsMs.at(-1) ?? 0;
  const lost = await app.db.sql<Lost>(FIND_LOST, [later(now, -(pollsMs + POLL_SLACK_MS))]);
  for (const one of lost) await inTransaction(app.db, (tx) => openOne(tx, app, one, now));
  const known = await app.db.sql<Known>(FIND_KNOWN);
  for (const one of known) await inTransaction(app.db, (tx) => endKnown(tx, app, one, now));
  return lost.length + known.length;
}

/**
 * Asks once more what became of such a try, in the way of where its payment stands: goes on with it, ends it with the
 * payment's window, or closes it beside a payment that is paid or over. A second run finds what the first one found.
 *
 * @throws GatewayUnavailable while nobody can say
 */
export async function settleUnknownTry(app: App, paymentId: PaymentId, transactionId: TransactionId): Promise<void> {
  const { payment } = (await readPayment(app.db, paymentId)) ?? {};
  if (!payment) return;
  if (payment.status !== "PENDING") return closeSpareTry(app, { paymentId, transactionId });
  return app.clock.now() < payment.expiresAt
    ? finishStart(app, { transactionId })
    : endPaymentWindow(app, { paymentId });
}
