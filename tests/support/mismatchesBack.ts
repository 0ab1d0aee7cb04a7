import { randomUUID } from "node:crypto";
import {
  DAY_MS,
  furtherTry,
  type Ground,
  type Mismatch,
  openCase,
  PART,
  refundHere,
  refundThere,
  says,
  TOTAL,
} from "./mismatchGround.ts";
import { ids, NOW } from "./shopRows.ts";
import { type StatusAnswer, settled } from "./statusBooks.ts";

/** Money back. */
export const REFUNDS: readonly Mismatch[] = [
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
export const TWICE: readonly Mismatch[] = [
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

/** A proof that staff believed, and nothing opened by it. */
async function plantUnopened({ db }: Ground): Promise<string> {
  const [paymentId, packageId, courseId] = [ids.next<"payment">(), ids.next<"package">(), ids.next<"course">()];
  const number = `LNS-20261120-${paymentId.slice(-6).toUpperCase()}`;
  await db.sql(
    `insert into payments (id, number, purpose, channel, status, user_id, amount, paid_at, expires_at, created_at,
                           updated_at)
     select $1, $2, 'ENROLLMENT', 'MANUAL_TRANSFER', 'APPROVED', id, ${TOTAL}, $3, $3, $3, $3 from users limit 1`,
    [paymentId, number, NOW],
  );
  await db.sql(
    "insert into packages (id, slug, name, is_bundle, created_at) values ($1::uuid, $1::uuid::text, 'K', false, $2)",
    [packageId, NOW],
  );
  await db.sql(
    "insert into courses (id, slug, title, description, created_at) values ($1::uuid, $1::uuid::text, 'T', 'D', $2)",
    [courseId, NOW],
  );
  await db.sql(
    `insert into enrollment_payments (id, package_id, course_ids, type, approval, approved_at, created_at)
     values ($1, $2, array[$3::uuid], 'UMUM', 'MANUAL', $4, $4)`,
    [paymentId, packageId, courseId, NOW],
  );
  return `enrolment:${number}`;
}

/** What our own books tell. */
export const BOOKS: readonly Mismatch[] = [
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
    name: "a course that is paid for and not open",
    kind: "STATUS",
    end: "RECHECK",
    amount: 0,
    plant: plantUnopened,
    repair: async ({ db }, subject) => {
      await db.sql("update payments set status = 'REJECTED' where number = $1", [subject.slice("enrolment:".length)]);
    },
  },
  {
    name: "a challenge that nobody has answered for days",
    kind: "AGED",
    end: "ACCEPT",
    amount: 0,
    async plant(ground) {
      const sold = await ground.waiting();
      says(ground, sold, { transaction_status: "capture", fraud_status: "challenge", status_code: "201" });
      await ground.db.sql("update payments set status = 'CHALLENGED', created_at = $2 where id = $1", [
        sold.paymentId,
        new Date(NOW.getTime() - 3 * DAY_MS),
      ]);
      return `aged-challenge:${sold.paymentNumber}`;
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
