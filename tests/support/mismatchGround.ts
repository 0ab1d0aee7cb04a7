import { randomUUID } from "node:crypto";
import type { DiscrepancyAction, DiscrepancyKind } from "../../domain/reconciliation/discrepancy.rules.ts";
import type { Db } from "../../platform/db.ts";
import type { Sold, sellers } from "./closeShop.ts";
import { ids, NOW } from "./shopRows.ts";
import { inRupiah, type StatusAnswer, type StatusBooks, settled } from "./statusBooks.ts";

/** What a mismatch is planted with. */
export interface Ground extends ReturnType<typeof sellers> {
  readonly db: Db;
  readonly books: StatusBooks;
}

/** One way in which a shop and its gateway may disagree, and what the close must say of it. */
export interface Mismatch {
  readonly name: string;
  readonly kind: DiscrepancyKind;
  /** HEALED: the close sets it right by itself; else how a person ends it. */
  readonly end: "HEALED" | DiscrepancyAction;
  /** Ours less theirs, whole rupiah. */
  readonly amount: number;
  /** Plants it. @returns the subject of the discrepancy */
  plant(ground: Ground): Promise<string>;
  /** Puts the gateway's or our side right, so that a look finds it no more. */
  repair?(ground: Ground, subject: string): Promise<void> | void;
}

/** What every planted order costs. */
export const TOTAL = 318_000;
export const PART = 10_000;
export const DAY_MS = 86_400_000;

/** The gateway says something else of it from now on. */
export const says = ({ books }: Ground, { gatewayOrderId }: Sold, change: Partial<StatusAnswer>): string => {
  const before = books.find(gatewayOrderId);
  if (!before) throw new Error("the gateway has never heard of it");
  books.put({ ...before, ...change });
  return gatewayOrderId;
};

export const paid = { transaction_status: "settlement", fraud_status: "accept", status_code: "200" } as const;
export const answerAgain = (ground: Ground, subject: string): void => {
  const [orderId = ""] = subject.split(" ");
  const answer = ground.books.find(orderId) as StatusAnswer;
  ground.books.put({ ...settled(orderId, answer.transaction_id, TOTAL) });
};

export const over = (ground: Ground, sold: Sold) =>
  ground.db.sql("update payments set expires_at = $2 where id = $1", [sold.paymentId, NOW]);

/** A refund of a paid order as it stands here. */
export async function refundHere(
  ground: Ground,
  sold: Sold,
  status: string,
  more: { ageMs?: number; key?: string } = {},
) {
  const id = ids.next<"refund">();
  const at = new Date(NOW.getTime() - (more.ageMs ?? 0));
  await ground.db.sql(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, created_at,
                          updated_at, gateway_refund_id, succeeded_at)
     values ($1, $2, $3, $4, $5, 'sold out', $6, 'STAFF', $7, $7, $8, $9)`,
    [
      ...[id, sold.paymentId, sold.transactionId, sold.orderId, PART, status, at],
      ...(status === "SUCCEEDED" ? [`gw-${id}`, at] : [null, null]),
    ],
  );
  if (status !== "SUCCEEDED") return id;
  await ground.db.sql("update payment_transactions set refunded_amount = $2 where id = $1", [sold.transactionId, PART]);
  await ground.db.sql("update payments set status = 'PARTIALLY_REFUNDED', refunded_amount = $2 where id = $1", [
    sold.paymentId,
    PART,
  ]);
  return id;
}

export const refundThere = (id: string, amount: number, key = `${id}-01`) => ({
  transaction_status: "partial_refund",
  refund_amount: inRupiah(amount),
  refunds: [{ refund_chargeback_id: `gw-${id}`, refund_amount: inRupiah(amount), refund_key: key }],
});

/** A further try of the same payment, over here. */
export async function furtherTry(ground: Ground, sold: Sold): Promise<StatusAnswer> {
  const orderId = sold.gatewayOrderId.replace(/-01A$/, "-02A");
  const gatewayId = randomUUID();
  await ground.db.sql(
    `insert into payment_transactions (id, payment_id, gateway_order_id, method, state, gateway_transaction_id,
                                       gateway_status, amount, item_total, created_at, updated_at)
     select $1, payment_id, $2, method, 'CLOSED', $3, 'cancel', amount, item_total, $4, $4
       from payment_transactions where id = $5`,
    [ids.next<"paymentTransaction">(), orderId, gatewayId, NOW, sold.transactionId],
  );
  return settled(orderId, gatewayId, sold.total);
}

export async function openCase(
  ground: Ground,
  kind: string,
  subject: string,
  ageMs = 0,
  paymentId: string | null = null,
) {
  await ground.db.sql(
    `insert into money_cases (id, kind, subject, payment_id, amount, summary, evidence, actions, opened_at)
     values ($1, $2, $3, $4, $5, 'the gateway says settlement', '{}', '{DISMISS}', $6)`,
    [ids.next<"moneyCase">(), kind, subject, paymentId, PART, new Date(NOW.getTime() - ageMs)],
  );
}
