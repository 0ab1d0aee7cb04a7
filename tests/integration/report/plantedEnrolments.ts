import { ids, NOW } from "../../support/shopRows.ts";
import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import type { PlantedShop } from "./plantedShop.ts";

const PAYMENT = "LNS-20261120-PLANTE";
const ENROLLMENT = "00000000-0000-7000-8000-000000000021";

interface Planted {
  readonly status: string;
  readonly grants?: 0 | 1 | 2;
  readonly enrolled?: string;
  readonly change?: string;
}

/** What staff believed is money, with a transaction of its own. */
const addItsMoney = (q: Write, paymentId: string): Promise<unknown> =>
  q(
    `with made as (
       insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
                                         captured_amount, settled_at, created_at, updated_at)
       select $2::uuid, p.id, p.number || '-01A', 'MANUAL_TRANSFER', 'PAID', p.amount, p.amount, p.amount, $3, $3, $3
         from payments p where p.id = $1 returning id, payment_id)
     update payments p set covering_transaction_id = m.id from made m where p.id = m.payment_id`,
    [paymentId, ids.next(), NOW],
  );

/** A proof that staff believed, for two courses; healthy but for what a breach changes. */
async function addEnrolment(q: Write, { open }: PlantedShop, planted: Planted): Promise<void> {
  const { status, grants = 2, enrolled = "ENROLLED", change } = planted;
  const [paymentId, packageId, first, second] = [ids.next(), ids.next(), ids.next(), ids.next()];
  const owner = "(select user_id from payments where id = $2)";
  await q(
    `insert into payments (id, number, purpose, channel, status, user_id, amount, paid_at, expires_at, created_at,
                           updated_at)
     values ($1, $3, 'ENROLLMENT', 'MANUAL_TRANSFER', $4, ${owner}, 150000, $5, $5, $5, $5)`,
    [paymentId, open.paymentId, PAYMENT, status, NOW],
  );
  if (status === "APPROVED") await addItsMoney(q, paymentId);
  const steps = [
    [null, "PAID", "created"],
    ["PAID", "APPROVED", "approved"],
    ["PAID", "REJECTED", "rejected"],
  ].filter(([, to]) => to === "PAID" || to === status);
  for (const [from, to, step] of steps) {
    await q(
      `insert into payment_logs (payment_id, step, from_status, to_status, detail, source, at)
       values ($1, $2, $3, $4, '{}', 'SYSTEM', $5)`,
      [paymentId, step, from, to, NOW],
    );
  }
  await q(`insert into packages (id, slug, name, is_bundle, created_at) values ($1, 'kelas-plant', 'K', true, $2)`, [
    packageId,
    NOW,
  ]);
  await q(
    `insert into courses (id, slug, title, description, created_at)
     select id, id::text, 'T', 'D', $2 from unnest($1::uuid[]) as id`,
    [[first, second], NOW],
  );
  await q(
    `insert into enrollment_payments (id, package_id, course_ids, type, approval, approved_at, created_at)
     values ($1, $2, $3::uuid[], 'UMUM', 'MANUAL', $4, $5)`,
    [paymentId, packageId, [first, second], status === "APPROVED" ? NOW : null, NOW],
  );
  for (const [i, courseId] of [first, second].slice(0, grants).entries()) {
    const id = i === 0 ? ENROLLMENT : ids.next();
    await q(
      `insert into enrollments (id, user_id, course_id, status, enrolled_at, created_at, updated_at)
       values ($1, ${owner}, $3, $4, $5, $5, $5)`,
      [id, open.paymentId, courseId, i === 0 ? enrolled : "ENROLLED", NOW],
    );
    await q(
      `insert into enrollment_grants (id, enrollment_id, payment_id, course_id, granted_at)
       values ($1, $2, $3, $4, $5)`,
      [ids.next(), id, paymentId, courseId, NOW],
    );
  }
  if (change) await q(change);
}

/** Breaches of what must hold of courses. */
export const PLANTED_ENROLMENTS: readonly PlantedBreach[] = [
  {
    breach: "an approved payment whose second course is not open",
    sql: (q, shop) => addEnrolment(q, shop, { status: "APPROVED", grants: 1 }),
    says: () => [`ENROL ${PAYMENT}`],
  },
  {
    breach: "an approved proof whose money has no transaction",
    sql: (q, shop) =>
      addEnrolment(q, shop, {
        status: "APPROVED",
        change: `update payments set covering_transaction_id = null where number = '${PAYMENT}'`,
      }),
    says: () => [`PAID ${PAYMENT}`, `LATE ${PAYMENT}-01A`],
  },
  {
    breach: "courses that are open although nobody approved the payment",
    sql: (q, shop) => addEnrolment(q, shop, { status: "PAID" }),
    says: () => [`ENROL ${PAYMENT}`, `ENROL ${PAYMENT}`],
  },
  {
    breach: "courses that stayed open when the proof was rejected",
    sql: (q, shop) => addEnrolment(q, shop, { status: "REJECTED" }),
    says: () => [`ENROL ${PAYMENT}`, `ENROL ${PAYMENT}`],
  },
  {
    breach: "an enrolment that is closed although its payment stands",
    sql: (q, shop) => addEnrolment(q, shop, { status: "APPROVED", enrolled: "NOT_ENROLLED" }),
    says: () => [`ENROL ${PAYMENT}`, `ENROL ${ENROLLMENT}`],
  },
  {
    breach: "an enrolment that stays open with nothing that gives it",
    sql: (q, shop) =>
      addEnrolment(q, shop, {
        status: "PAID",
        grants: 1,
        change: `update enrollment_grants set revoked_at = granted_at where enrollment_id = '${ENROLLMENT}'`,
      }),
    says: () => [`ENROL ${ENROLLMENT}`],
  },
];
