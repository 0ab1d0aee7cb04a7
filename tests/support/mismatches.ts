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
const PART = 10_000;
const DAY_MS = 86_400_000;

/** The gateway says something else of it from now on. */
const says = ({ books }: Ground, { gatewayOrderId }: Sold, change: Partial<StatusAnswer>): string => {
  const before = books.find(gatewayOrderId);
  if (!before) throw new Error("the gateway has never heard of it");
  books.put({ ...before, ...change });
  return gatewayOrderId;
};

const paid = { transaction_status: "settlement", fraud_status: "accept", status_code: "200" } as const;
const answerAgain = (ground: Ground, subject: string): void => {
  const [orderId = ""] = subject.split(" ");
  const answer = ground.books.find(orderId) as StatusAnswer;
  ground.books.put({ ...settled(orderId, answer.transaction_id, TOTAL) });
};

const over = (ground: Ground, sold: Sold) =>
  ground.db.sql("update payments set expires_at = $2 where id = $1", [sold.paymentId, NOW]);

/** A refund of a paid order as it stands here. */
async function refundHere(ground: Ground, sold: Sold, status: string, more: { ageMs?: number; key?: string } = {}) {
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

const refundThere = (id: string, amount: number, key = `${id}-01`) => ({
  transaction_status: "partial_refund",
  refund_amount: inRupiah(amount),
  refunds: [{ refund_chargeback_id: `gw-${id}`, refund_amount: inRupiah(amount), refund_key: key }],
});

/** A further try of the same payment, over here. */
async function furtherTry(ground: Ground, sold: Sold): Promise<StatusAnswer> {
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

async function openCase(ground: Ground, kind: string, subject: string, ageMs = 0, paymentId: string | null = null) {
  await ground.db.sql(
    `insert into money_cases (id, kind, subject, payment_id, amount, summary, evidence, actions, opened_at)
     values ($1, $2, $3, $4, $5, 'the gateway says settlement', '{}', '{DISMISS}', $6)`,
    [ids.next<"moneyCase">(), kind, subject, paymentId, PART, new Date(NOW.getTime() - ageMs)],
  );
}

/** Payments that wait, or are over, here; the gateway has gone on. */
const LOST: readonly Mismatch[] = [
  {
    name: "a settlement that nobody told us of",
    kind: "MISSING_HERE",
    end: "HEALED",
    amount: -TOTAL,
    plant: async (ground) => says(ground, await ground.waiting(), paid),
  },
  {
    name: "a captured card that nobody told us of",
    kind: "MISSING_HERE",
    end: "HEALED",
    amount: -TOTAL,
    plant: async (ground) =>
      says(ground, await ground.waiting(), { ...paid, transaction_status: "capture", payment_type: "credit_card" }),
  },
  {
    name: "money for a payment that had expired",
    kind: "MISSING_HERE",
    end: "HEALED",
    amount: -TOTAL,
    plant: async (ground) => says(ground, await ground.ended("EXPIRED"), paid),
  },
  {
    name: "money for a payment that had been cancelled",
    kind: "MISSING_HERE",
    end: "HEALED",
    amount: -TOTAL,
    plant: async (ground) => says(ground, await ground.ended("CANCELLED"), paid),
  },
  {
    name: "money for a payment that had failed",
    kind: "MISSING_HERE",
    end: "HEALED",
    amount: -TOTAL,
    plant: async (ground) => says(ground, await ground.ended("FAILED"), paid),
  },
  {
    name: "a challenge that nobody told us of",
    kind: "STATUS",
    end: "HEALED",
    amount: 0,
    plant: async (ground) =>
      says(ground, await ground.waiting(), { ...paid, transaction_status: "capture", fraud_status: "challenge" }),
  },
  {
    name: "an expiry that nobody told us of",
    kind: "STATUS",
    end: "HEALED",
    amount: 0,
    async plant(ground) {
      const sold = await ground.waiting();
      await over(ground, sold);
      return says(ground, sold, { transaction_status: "expire", status_code: "202" });
    },
  },
  {
    name: "a cancel at the gateway that nobody told us of",
    kind: "STATUS",
    end: "HEALED",
    amount: 0,
    async plant(ground) {
      const sold = await ground.waiting();
      await over(ground, sold);
      return says(ground, sold, { transaction_status: "cancel", status_code: "200" });
    },
  },
  {
    name: "a number of a cancelled payment that can still be paid",
    kind: "STATUS",
    end: "SYNC",
    amount: 0,
    plant: async (ground) =>
      says(ground, await ground.ended("CANCELLED"), {
        transaction_status: "pending",
        expiry_time: "2026-11-22 14:05:00",
      }),
    repair: (ground, subject) => {
      const answer = ground.books.find(subject) as StatusAnswer;
      ground.books.put({ ...answer, transaction_status: "cancel" });
    },
  },
  {
    name: "a number that the gateway does not know",
    kind: "MISSING_THERE",
    end: "SYNC",
    amount: 0,
    async plant(ground) {
      const sold = await ground.waiting();
      ground.books.forget(sold.gatewayOrderId, sold.gatewayId);
      return sold.gatewayOrderId;
    },
    repair: async (ground, subject) => {
      const [row] = await ground.db.sql<{ id: string }>(
        "select gateway_transaction_id as id from payment_transactions where gateway_order_id = $1",
        [subject],
      );
      ground.books.put({ ...settled(subject, row?.id ?? "", TOTAL), transaction_status: "pending" });
    },
  },
];

/** Paid here; the gateway says something else. */
const PAID: readonly Mismatch[] = [
  {
    name: "a payment whose money the bank took back",
    kind: "STATUS",
    end: "HEALED",
    amount: TOTAL,
    plant: async (ground) =>
      says(ground, await ground.paid(), { transaction_status: "deny", status_code: "202", fraud_status: "deny" }),
  },
  {
    name: "a payment that still waits there",
    kind: "STATUS",
    end: "SYNC",
    amount: TOTAL,
    plant: async (ground) => says(ground, await ground.paid(), { transaction_status: "pending" }),
    repair: answerAgain,
  },
  {
    name: "a paid transaction that the gateway does not know",
    kind: "MISSING_THERE",
    end: "ADJUST",
    amount: TOTAL,
    async plant(ground) {
      const sold = await ground.paid();
      ground.books.forget(sold.gatewayOrderId, sold.gatewayId);
      return sold.gatewayOrderId;
    },
  },
  {
    name: "a sum that is smaller there",
    kind: "AMOUNT",
    end: "ADJUST",
    amount: PART,
    plant: async (ground) => says(ground, await ground.paid(), { gross_amount: inRupiah(TOTAL - PART) }),
  },
  {
    name: "a sum that is larger there",
    kind: "AMOUNT",
    end: "DISMISS",
    amount: -PART,
    plant: async (ground) => says(ground, await ground.paid(), { gross_amount: inRupiah(TOTAL + PART) }),
  },
  {
    name: "a wrong sum that came for a payment that waits",
    kind: "AMOUNT",
    end: "DECIDED",
    amount: -PART,
    plant: async (ground) => says(ground, await ground.waiting(), { ...paid, gross_amount: inRupiah(PART) }),
  },
  {
    name: "another currency",
    kind: "CURRENCY",
    end: "DECIDED",
    amount: TOTAL,
    plant: async (ground) => says(ground, await ground.paid(), { currency: "SGD" }),
  },
  {
    name: "a transaction of another merchant",
    kind: "UNMATCHED",
    end: "DISMISS",
    amount: 0,
    plant: async (ground) => says(ground, await ground.paid(), { merchant_id: "G000000000" }),
  },
  {
    name: "an answer about another order",
    kind: "UNMATCHED",
    end: "DECIDED",
    amount: 0,
    async plant(ground) {
      const sold = await ground.paid();
      const answer = settled("LNS-20261120-OTHERS-01A", sold.gatewayId, sold.total);
      ground.books.put(answer);
      ground.books.forget(sold.gatewayOrderId);
      return sold.gatewayOrderId;
    },
  },
  {
    name: "a word that we do not know",
    kind: "STATUS",
    end: "DECIDED",
    amount: 0,
    plant: async (ground) => says(ground, await ground.waiting(), { transaction_status: "paused" }),
  },
  {
    name: "a settlement that fraud screening denies",
    kind: "STATUS",
    end: "SYNC",
    amount: 0,
    plant: async (ground) => says(ground, await ground.paid(), { fraud_status: "deny" }),
    repair: answerAgain,
  },
  {
    name: "a charge that the bank disputes",
    kind: "CHARGEBACK",
    end: "HEALED",
    amount: TOTAL,
    plant: async (ground) => says(ground, await ground.paid(), { transaction_status: "chargeback" }),
  },
  {
    name: "a part that the bank disputes",
    kind: "CHARGEBACK",
    end: "ACCEPT",
    amount: 0,
    plant: async (ground) => says(ground, await ground.paid(), { transaction_status: "partial_chargeback" }),
  },
  {
    name: "a dispute that was won there",
    kind: "CHARGEBACK",
    end: "ADJUST",
    amount: -TOTAL,
    async plant(ground) {
      const sold = await ground.paid();
      await ground.db.sql("update payment_transactions set charged_back_amount = captured_amount where id = $1", [
        sold.transactionId,
      ]);
      await ground.db.sql("update payments set status = 'CHARGEBACK' where id = $1", [sold.paymentId]);
      return sold.gatewayOrderId;
    },
  },
];

/** Money back. */
const REFUNDS: readonly Mismatch[] = [
  {
    name: "a full refund that was begun in the gateway's dashboard",
    kind: "REFUND",
    end: "HEALED",
    amount: TOTAL,
    plant: async (ground) =>
      says(ground, await ground.paid(), {
        ...refundThere(randomUUID(), TOTAL, "dashboard"),
        transaction_status: "refund",
      }),
  },
  {
    name: "a partial refund that was begun in the gateway's dashboard",
    kind: "REFUND",
    end: "HEALED",
    amount: PART,
    plant: async (ground) => says(ground, await ground.paid(), refundThere(randomUUID(), PART, "dashboard")),
  },
  {
    name: "a refund that is done there and waits here",
    kind: "REFUND",
    end: "HEALED",
    amount: PART,
    async plant(ground) {
      const sold = await ground.paid();
      return says(ground, sold, refundThere(await refundHere(ground, sold, "MANUAL"), PART));
    },
  },
  {
    name: "a refund that is done here and unknown there",
    kind: "REFUND",
    end: "ADJUST",
    amount: -PART,
    async plant(ground) {
      const sold = await ground.paid();
      await refundHere(ground, sold, "SUCCEEDED");
      return sold.gatewayOrderId;
    },
  },
  {
    name: "a refund under a key that was never sent",
    kind: "REFUND",
    end: "DISMISS",
    amount: 0,
    async plant(ground) {
      const sold = await ground.paid();
      await refundHere(ground, sold, "SUCCEEDED");
      return says(ground, sold, refundThere(randomUUID(), PART, "never-sent"));
    },
  },
];

/** Money that came twice, or may. */
const TWICE: readonly Mismatch[] = [
  {
    name: "a closed try of a paid payment that was paid, too",
    kind: "DUPLICATE",
    end: "HEALED",
    amount: -TOTAL,
    async plant(ground) {
      const answer = await furtherTry(ground, await ground.paid());
      ground.books.put(answer);
      return answer.order_id;
    },
  },
  {
    name: "a second transaction under one order id that was paid, too",
    kind: "DUPLICATE",
    end: "HEALED",
    amount: -TOTAL,
    async plant(ground) {
      const sold = await ground.paid();
      const second = settled(sold.gatewayOrderId, randomUUID(), sold.total);
      ground.books.put(second);
      return `${sold.gatewayOrderId} ${second.transaction_id}`;
    },
  },
  {
    name: "a closed try of a paid payment that can still be paid",
    kind: "DUPLICATE",
    end: "SYNC",
    amount: 0,
    async plant(ground) {
      const answer = await furtherTry(ground, await ground.paid());
      ground.books.put({ ...answer, transaction_status: "pending", expiry_time: "2026-11-22 14:05:00" });
      return answer.order_id;
    },
    repair: (ground, subject) => {
      const answer = ground.books.find(subject) as StatusAnswer;
      ground.books.put({ ...answer, transaction_status: "expire" });
    },
  },
];

/** What our own books tell. */
const BOOKS: readonly Mismatch[] = [
  {
    name: "money that nothing was sold for, and that nobody owes back",
    kind: "ORPHAN_MONEY",
    end: "RECHECK",
    amount: TOTAL,
    async plant(ground) {
      const sold = await ground.paid();
      await ground.db.sql("update orders set status = 'CANCELLED' where id = $1", [sold.orderId]);
      return `orphan:${sold.gatewayOrderId}`;
    },
    repair: async ({ db }, subject) => {
      await db.sql(
        `update orders set status = 'PAID' where session_id = (select p.session_id from payments p
           join payment_transactions t on t.payment_id = p.id where t.gateway_order_id = $1)`,
        [subject.slice("orphan:".length)],
      );
    },
  },
  {
    name: "money that the gateway told of under an id of nobody",
    kind: "MISSING_HERE",
    end: "DECIDED",
    amount: -PART,
    async plant(ground) {
      const subject = `static-qr-${randomUUID()}`;
      await openCase(ground, "UNMATCHED", subject);
      return `case:${subject}`;
    },
  },
  {
    name: "a refund that waits for more than a week",
    kind: "AGED",
    end: "ACCEPT",
    amount: 0,
    async plant(ground) {
      const id = await refundHere(ground, await ground.paid(), "FAILED", { ageMs: 9 * DAY_MS });
      return `aged-refund:${id}`;
    },
  },
  {
    name: "a decision about money that waits for more than a week",
    kind: "AGED",
    end: "RECHECK",
    amount: 0,
    async plant(ground) {
      const subject = randomUUID();
      await openCase(ground, "LOST_PARCEL", subject, 9 * DAY_MS);
      return `aged-case:LOST_PARCEL:${subject}`;
    },
    repair: async ({ db }, subject) => {
      await db.sql("update money_cases set resolved_at = $2, action = 'DISMISS', resolution = 'x' where subject = $1", [
        subject.split(":").at(-1),
        NOW,
      ]);
    },
  },
];

/** Every kind of mismatch that rows and status answers can have; files have more. */
export const MISMATCHES: readonly Mismatch[] = [...LOST, ...PAID, ...REFUNDS, ...TWICE, ...BOOKS];
