import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, PaymentId, TransactionId } from "../kernel/ids.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import type { GatewayRefund } from "../payment/paymentGateway.ts";
import { advanceRefund, lockRefundsOf, type RefundRow } from "./advanceRefunds.ts";
import { logAttempt } from "./logAttempt.ts";
import { refundIdOf } from "./refund.rules.ts";

/** What the gateway's books say of the refunds of one transaction. Whole rupiah. */
export interface ToldRefunds {
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
  /** The order that is meant where a refund names none; null: there are several, or it pays for none. */
  readonly orderId: OrderId | null;
  readonly refunds: readonly GatewayRefund[];
  /** All of it. */
  readonly total: number;
  /** Everything was cancelled before it was settled: there is no list. */
  readonly isVoid: boolean;
}

interface Step {
  readonly tx: Tx;
  readonly app: { ids: Ids; now: Date };
  readonly told: ToldRefunds;
  readonly rows: readonly RefundRow[];
}

/** What is owed and nothing was sent of: money that goes back by another way settles it. */
const isUnsentDebt = ({ status, cause, keySentAt }: RefundRow): boolean =>
  (cause === "ORPHAN" || cause === "CANCEL") && keySentAt === null && (status === "PENDING" || status === "MANUAL");

async function keepGatewayId({ tx }: Step, row: RefundRow, refund: GatewayRefund): Promise<void> {
  await tx.sql(
    `update refunds set gateway_refund_id = $2, bank_confirmed_at = coalesce(bank_confirmed_at, $3)
      where id = $1 and (gateway_refund_id is distinct from $2
                         or (bank_confirmed_at is null and $3::timestamptz is not null))`,
    [row.id, refund.id, refund.bankConfirmedAt],
  );
}

async function confirm({ tx, app }: Step, row: RefundRow): Promise<void> {
  await advanceRefund(tx, app, row, "confirmed");
  await logAttempt(tx, app.now, row, { outcome: "SUCCESS" });
}

/** A refund that we asked for is in the gateway's books. */
async function confirmOurs(step: Step, row: RefundRow, refund: GatewayRefund): Promise<void> {
  const { tx, app } = step;
  if (row.amount !== refund.amount) {
    await openMoneyCase(tx, app, {
      kind: "REFUND_MISMATCH",
      subject: row.id,
      paymentId: row.paymentId,
      orderId: row.orderId,
      transactionId: row.transactionId,
      amount: refund.amount,
      summary: `A refund of ${row.amount} is ${refund.amount} in the gateway's books`,
      evidence: { refund },
      actions: ["DISMISS"],
    });
    await tx.sql("update refunds set amount = $2 where id = $1", [row.id, refund.amount]);
  }
  if (row.status !== "SUCCEEDED") await confirm(step, { ...row, amount: refund.amount });
  await keepGatewayId(step, row, refund);
}

/** Money went back that we did not ask for. What we owe and have not begun to send is settled by it, or lowered. */
async function recordOutside(step: Step, amount: number, refund: GatewayRefund | null): Promise<void> {
  const { tx, app, told, rows } = step;
  const debt = rows.find((row) => isUnsentDebt(row));
  const isSettled = debt !== undefined && debt.amount <= amount;
  if (debt && isSettled) {
    await advanceRefund(tx, app, debt, "confirmed");
    if (refund && debt.amount === amount) await keepGatewayId(step, debt, refund);
  } else if (debt) {
    await tx.sql("update refunds set amount = amount - $2, updated_at = $3 where id = $1", [debt.id, amount, app.now]);
  }
  const more = amount - (isSettled ? debt.amount : 0);
  if (more === 0) return;
  await tx.sql(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, gateway_refund_id,
                          bank_confirmed_at, succeeded_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'Refunded at the gateway', 'SUCCEEDED', 'GATEWAY', $6, $7, $8, $8, $8)`,
    [
      app.ids.next<"refund">(),
      told.paymentId,
      told.transactionId,
      told.orderId,
      more,
      refund?.id ?? null,
      refund?.bankConfirmedAt ?? null,
      app.now,
    ],
  );
}

/** Ours is known by its key, another by the gateway's own id. One that was paid by hand meanwhile went back twice. */
function ownerOf(rows: readonly RefundRow[], refund: GatewayRefund): RefundRow | undefined {
  const ours = refundIdOf(refund.key);
  const row = rows.find(({ id }) => id === ours) ?? rows.find(({ gatewayRefundId }) => gatewayRefundId === refund.id);
  return row?.settledBy ? undefined : row;
}

/** A payment that was voided as we asked: what was to go back has gone. */
async function confirmVoid(step: Step, rest: number): Promise<number> {
  let left = rest;
  for (const row of step.rows.filter(({ status }) => status === "PENDING" || status === "PROCESSING")) {
    if (row.amount > left) continue;
    await confirm(step, row);
    left -= row.amount;
  }
  return left;
}

/**
 * Brings the refunds of a locked transaction to what the gateway's books say: ours are confirmed by their keys, those
 * that began elsewhere get a row, and the payment's sum is theirs. The same books twice change nothing.
 *
 * @returns how much went back that we did not ask for
 */
export async function followRefunds(tx: Tx, app: { ids: Ids; now: Date }, told: ToldRefunds): Promise<number> {
  let outside = 0;
  for (const refund of told.refunds) {
    const step: Step = { tx, app, told, rows: await lockRefundsOf(tx, told.transactionId) };
    const row = ownerOf(step.rows, refund);
    if (row) await confirmOurs(step, row, refund);
    else {
      await recordOutside(step, refund.amount, refund);
      outside += refund.amount;
    }
  }
  const rows = await lockRefundsOf(tx, told.transactionId);
  const known = rows.filter(({ status, settledBy }) => status === "SUCCEEDED" && !settledBy);
  let rest = told.total - known.reduce((sum, { amount }) => sum + amount, 0);
  const step: Step = { tx, app, told, rows };
  if (rest > 0 && told.isVoid) rest = await confirmVoid(step, rest);
  if (rest > 0) await recordOutside({ ...step, rows: await lockRefundsOf(tx, told.transactionId) }, rest, null);
  await tx.sql(
    `update payments set refunded_amount = (select coalesce(sum(amount), 0) from refunds
                                             where payment_id = $1 and status = 'SUCCEEDED')
      where id = $1`,
    [told.paymentId],
  );
  return outside + Math.max(rest, 0);
}
