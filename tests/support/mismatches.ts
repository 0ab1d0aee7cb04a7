import { BOOKS, REFUNDS, TWICE } from "./mismatchesBack.ts";
import { answerAgain, type Mismatch, over, PART, paid, says, TOTAL } from "./mismatchGround.ts";
import { inRupiah, type StatusAnswer, settled } from "./statusBooks.ts";

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

/** Every kind of mismatch that rows and status answers can have; files have more. */
export const MISMATCHES: readonly Mismatch[] = [...LOST, ...PAID, ...REFUNDS, ...TWICE, ...BOOKS];
