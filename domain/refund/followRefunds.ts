import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, PaymentId, TransactionId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { closeMoneyCase, openMoneyCase } from "../kernel/openMoneyCase.ts";
import type { GatewayRefund } from "../payment/paymentGateway.ts";
import { UNKNOWN_OUTCOME } from "../payment/sweepUnknownTries.ts";
import { advanceRefund, isUnsent, lockRefundsOf, type RefundRow, sendDone } from "./advanceRefunds.ts";
import { fitRefunds, lowerRefund } from "./fitRefunds.ts";
import { logAttempt } from "./logAttempt.ts";
import { noteDenied } from "./noteDenied.ts";
import { refundIdOf } from "./refund.rules.ts";
import { readPaidOrders } from "./refundable.queries.ts";
import { type OutsidePart, partsOfOutside } from "./refundShares.rules.ts";

/** What the gateway's books say of the refunds of one transaction. Whole rupiah. */
export interface ToldRefunds {
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
  /** The order that a person is told of; null: there are several, or it pays for none. */
  readonly orderId: OrderId | null;
  readonly refunds: readonly GatewayRefund[];
  /** All of it. */
  readonly total: number;
  /** What the last answer says of it: less than is on record where a bank has denied some. */
  readonly said: number;
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
const isUnsentDebt = (row: RefundRow): boolean =>
  (row.cause === "ORPHAN" || row.cause === "CANCEL") && isUnsent(row) && row.status !== "FAILED";

/** What went back by way of the gateway, as far as our rows have it. */
const knownOf = (rows: readonly RefundRow[]): number =>
  rows
    .filter(({ status, settledBy }) => status === "SUCCEEDED" && !settledBy)
    .reduce((sum, { amount }) => sum + amount, 0);

/** One refund there may be several rows here, an order each. */
async function keepGatewayId({ tx }: Step, row: RefundRow, refund: GatewayRefund): Promise<void> {
  await tx.sql(
    `update refunds set gateway_refund_id = $2, bank_confirmed_at = coalesce(bank_confirmed_at, $3)
      where (id = $1 or (transaction_id = $4 and gateway_refund_id = $2))
        and (gateway_refund_id is distinct from $2 or (bank_confirmed_at is null and $3::timestamptz is not null))`,
    [row.id, refund.id, refund.bankConfirmedAt, row.transactionId],
  );
}

async function confirm({ tx, app }: Step, row: RefundRow): Promise<void> {
  await advanceRefund(tx, app, row, "confirmed");
  await logAttempt(tx, app.now, row, { outcome: "SUCCESS" });
  if (row.keySentAt === null) return;
  const note = "It is in the gateway's books";
  await closeMoneyCase(tx, app.now, {
    kind: UNKNOWN_OUTCOME,
    subject: `refund:${row.id}`,
    action: "SYNC",
    by: null,
    note,
  });
}

/** A refund that we asked for is in the gateway's books. */
async function confirmOurs(step: Step, row: RefundRow, refund: GatewayRefund): Promise<void> {
  const { tx, app } = step;
  // One that began elsewhere has a row of what of it was news: ours alone are asked for to the rupiah.
  const isOtherSum = row.amount !== refund.amount && refundIdOf(refund.key) === row.id;
  if (isOtherSum) {
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
  }
  if (row.status !== "SUCCEEDED") await confirm(step, row);
  // After its end: what the gateway has done is a fact, and no ceiling is asked about it.
  if (isOtherSum) await tx.sql("update refunds set amount = $2 where id = $1", [row.id, refund.amount]);
  await keepGatewayId(step, row, refund);
}

/** The rows of money whose gateway refund was not told when it came: an answer may list none. */
function unnamed(rows: readonly RefundRow[], amount: number): RefundRow[] {
  const bare = rows.filter((row) => row.cause === "GATEWAY" && row.gatewayRefundId === null);
  const one = bare.find((row) => row.amount === amount);
  if (one) return [one];
  const together = [...Map.groupBy(bare, ({ createdAt }) => createdAt.getTime()).values()];
  return together.find((parts) => parts.reduce((sum, part) => sum + part.amount, 0) === amount) ?? [];
}

async function insertOutside(
  { tx, app, told }: Step,
  { orderId, amount }: OutsidePart,
  refund: GatewayRefund | null,
): Promise<void> {
  const id = app.ids.next<"refund">();
  await tx.sql(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, gateway_refund_id,
                          bank_confirmed_at, succeeded_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'Refunded at the gateway', 'SUCCEEDED', 'GATEWAY', $6, $7, $8, $8, $8)`,
    [
      id,
      told.paymentId,
      told.transactionId,
      orderId,
      amount,
      refund?.id ?? null,
      refund?.bankConfirmedAt ?? null,
      app.now,
    ],
  );
  await sendDone(tx, app.now, id);
}

/**
 * Money went back that we did not ask for. What we owe and have not begun to send is settled by it, or lowered.
 *
 * @returns how much of it is news; whole rupiah
 */
async function recordOutside(step: Step, amount: number, refund: GatewayRefund | null): Promise<number> {
  const { tx, app, told, rows } = step;
  const before = refund ? unnamed(rows, amount) : [];
  if (refund && before.length > 0) {
    for (const row of before) await keepGatewayId(step, row, refund);
    return 0;
  }
  // Beyond its own sum the gateway's list repeats what is on record, or what was paid back by hand besides.
  const news = Math.min(amount, told.total - knownOf(rows));
  if (news <= 0) return 0;
  const debt = rows.find((row) => isUnsentDebt(row));
  const isSettled = debt !== undefined && debt.amount <= news;
  if (debt && isSettled) {
    await advanceRefund(tx, app, debt, "confirmed");
    if (refund && debt.amount === amount) await keepGatewayId(step, debt, refund);
  } else if (debt) {
    await lowerRefund(tx, app, debt, debt.amount - news);
  }
  const more = news - (isSettled ? debt.amount : 0);
  const parts = more > 0 ? partsOfOutside(await readPaidOrders(tx, told), more) : [];
  for (const part of parts) await insertOutside(step, part, refund);
  return news;
}

/** More has gone back than came: by hand, and by the gateway besides. A person gets it back, or writes it off. */
async function noteExcess({ tx, app, told }: Step): Promise<void> {
  const [row] = await tx.sql<{ excess: number }>(
    `select $2::bigint + refunded_by_hand + charged_back_amount - captured_amount as excess
       from payment_transactions where id = $1`,
    [told.transactionId, told.refunds.reduce((sum, { amount }) => sum + amount, 0)],
  );
  const excess = row?.excess ?? 0;
  if (excess <= 0) return;
  await openMoneyCase(tx, app, {
    kind: "REFUNDED_TWICE",
    subject: told.transactionId,
    paymentId: told.paymentId,
    orderId: told.orderId,
    transactionId: told.transactionId,
    amount: excess,
    summary: `${formatRupiah(excess)} more went back than came: by the gateway, and by hand or a chargeback besides`,
    evidence: { refunds: told.refunds },
    actions: ["DISMISS"],
    told: String(excess),
  });
}

/** Ours is known by its key, another by the gateway's own id. One that was paid by hand meanwhile went back twice. */
function ownerOf(rows: readonly RefundRow[], refund: GatewayRefund): RefundRow | undefined {
  const ours = refundIdOf(refund.key);
  const row = rows.find(({ id }) => id === ours) ?? rows.find(({ gatewayRefundId }) => gatewayRefundId === refund.id);
  return row?.settledBy ? undefined : row;
}

const isOpen = ({ status }: RefundRow): boolean => status === "PENDING" || status === "PROCESSING";

/**
 * A sum without a list: it is what we asked for, as far as that is in it. A void has no list ever; the list of a refund
 * may come after its sum.
 *
 * @returns what of it we did not ask for
 */
async function confirmSum(step: Step, rest: number): Promise<number> {
  let left = rest;
  const isOurs = (row: RefundRow) => isOpen(row) && (step.told.isVoid || row.keySentAt !== null);
  for (const row of step.rows.filter(isOurs)) {
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
  const stepNow = async (): Promise<Step> => ({ tx, app, told, rows: await lockRefundsOf(tx, told.transactionId) });
  // Ours first: what the gateway's sum has beside them is what began elsewhere.
  const others: GatewayRefund[] = [];
  for (const refund of told.refunds) {
    const step = await stepNow();
    const row = ownerOf(step.rows, refund);
    if (row) await confirmOurs(step, row, refund);
    else others.push(refund);
  }
  for (const refund of others) outside += await recordOutside(await stepNow(), refund.amount, refund);
  const step = await stepNow();
  let rest = told.total - knownOf(step.rows);
  if (rest > 0) rest = await confirmSum(step, rest);
  if (rest > 0) outside += await recordOutside(await stepNow(), rest, null);
  await noteExcess(step);
  await noteDenied(tx, app, told);
  await fitRefunds(tx, app, told.transactionId);
  await tx.sql(
    `update payments set refunded_amount = (select coalesce(sum(amount), 0) from refunds
                                             where payment_id = $1 and status = 'SUCCEEDED')
      where id = $1`,
    [told.paymentId],
  );
  return outside;
}
