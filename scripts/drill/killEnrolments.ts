import { randomUUID } from "node:crypto";
import { choose, numberOf, pageOf, pay, until } from "./killClient.ts";
import {
  becomes,
  boughtBy,
  each,
  eachOf,
  type Flow,
  move,
  once,
  type Person,
  paymentIds,
  type Scene,
  staffOf,
} from "./killSteps.ts";

const CREATE = `mutation C($input: EnrollmentPaymentInput!) {
  createEnrollmentPayment(input: $input) { id paymentToken } }`;
const PRICE = 150_000;
const COURSES = 2;

/** A bundle of two courses. */
async function sell({ stage }: Scene, approval: "AUTO" | "MANUAL"): Promise<string> {
  const id = randomUUID();
  const courses = Array.from({ length: COURSES }, () => randomUUID());
  await stage.sql(
    `with k as (insert into packages (id, slug, name, approval, is_bundle, created_at)
                values ($1::uuid, $1::uuid::text, 'Kelas Seduh', $2, true, now()) returning id),
     r as (insert into package_prices (package_id, type, price) select id, 'UMUM', $3 from k),
     c as (insert into courses (id, slug, title, description, created_at)
           select id, id::text, 'Seduh', 'Belajar menyeduh', now() from unnest($4::uuid[]) as id returning id)
     insert into package_courses (package_id, course_id, position)
     select k.id, c.id, row_number() over () from k, c`,
    [id, approval, PRICE, courses],
  );
  return id;
}

async function order(person: Person, packageId: string, how: object): Promise<void> {
  const input = { packageId, type: "UMUM", ...how, idempotencyKey: `kill-${randomUUID()}` };
  type Answer = { createEnrollmentPayment: { id: string; paymentToken: string } };
  const { id, paymentToken } = (await person.client.ask<Answer>("createEnrollmentPayment", CREATE, { input }))
    .createEnrollmentPayment;
  person.bought = { paymentId: id, paymentToken, orderId: "" };
}

/** One payment a person, and its courses exactly as its status says. */
const checkCourses =
  (status: string, enrolled: number): NonNullable<Flow["check"]> =>
  async ({ stage, people }) => {
    const rows = await stage.sql<{ payments: number; status: string; enrolled: number; grants: number }>(
      `select count(*)::integer as payments, min(p.status) as status,
              (select count(*)::integer from enrollments e
                where e.user_id = u.id and e.status = 'ENROLLED') as enrolled,
              (select count(*)::integer from enrollment_grants g join enrollments e on e.id = g.enrollment_id
                where e.user_id = u.id) as grants
         from users u join payments p on p.user_id = u.id where u.id = any($1::uuid[]) group by u.id`,
      [people.map(({ client }) => client.id)],
    );
    const isRight = (row: (typeof rows)[number]) =>
      row.payments === 1 && row.status === status && row.enrolled === enrolled && row.grants === COURSES;
    return rows.filter((row) => !isRight(row)).map((row) => `a learner has ${JSON.stringify(row)}`);
  };

/** A package that its settlement opens. */
export const enrolling: Flow = {
  victim: "api",
  passings: eachOf,
  act: async (scene) => {
    const packageId = await sell(scene, "AUTO");
    await each(scene, async (person) => {
      await order(person, packageId, { method: "SNAP" });
      person.page = await pageOf(person.client, boughtBy(person).paymentId);
      // No bank takes this back: what is paid by a transfer on the page waits out the hold.
      await choose({ ...person.client, method: "gopay" }, person.page);
      await pay(person.page);
      await becomes(scene, person, "APPROVED");
    });
  },
  ending: null,
  isSold: false,
  check: checkCourses("APPROVED", COURSES),
};

export const settling: Flow = { ...enrolling, victim: "worker" };

async function approveAll(scene: Scene): Promise<void> {
  const staff = await staffOf(scene);
  await each(scene, async (person) => {
    const { paymentId } = boughtBy(person);
    await staff.ask("approve", "mutation A($id: ID!) { approvePayment(paymentId: $id) { id } }", { id: paymentId });
  });
}

async function showProofs(scene: Scene): Promise<void> {
  const packageId = await sell(scene, "MANUAL");
  await each(scene, (person) => order(person, packageId, { proofUrl: "https://bukti.lunas.test/1.png" }));
}

/** A transfer whose proof staff believes. */
export const approving: Flow = {
  ...enrolling,
  prepare: showProofs,
  act: approveAll,
};

/** One pixel, as a PNG. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A proof that is sent, shown by one payment, and believed. */
export const proving: Flow = {
  ...enrolling,
  act: async (scene) => {
    const packageId = await sell(scene, "MANUAL");
    await each(scene, async (person) => order(person, packageId, { proofUrl: await person.client.upload(PICTURE) }));
    await approveAll(scene);
  },
  check: async (scene) => {
    const shown = await scene.stage.sql("select from uploads where payment_id = any($1::uuid[])", [paymentIds(scene)]);
    const wrong = await checkCourses("APPROVED", COURSES)(scene);
    return shown.length === scene.people.length ? wrong : [...wrong, `${shown.length} proofs are shown`];
  },
};

/** Proofs that nobody showed for a day. */
export const clearing: Flow = {
  victim: "worker",
  passings: once,
  isPassedAtStart: true,
  prepare: async (scene) => {
    await each(scene, ({ client }) => client.upload(PICTURE));
    await scene.stage.shop.end("worker"); // a round of its own must not come first
    await scene.stage.sql("update uploads set created_at = now() - interval '25 hours' where payment_id is null", []);
  },
  act: async ({ stage }) => {
    await until("unused proofs gone", async () => {
      const left = await stage.sql("select from uploads where payment_id is null", []);
      return left.length === 0;
    });
  },
  ending: null,
};

const MEMBER = "mutation M($id: ID!) { setMember(userId: $id, isMember: true) { isMember } }";
const LEARN = `mutation P($id: ID!, $progress: Int!) {
  updateEnrollmentProgress(enrollmentId: $id, progress: $progress) { progress } }`;

/** Everybody becomes a member and learns to the end. */
export const learning: Flow = {
  ...enrolling,
  prepare: async (scene) => {
    await showProofs(scene);
    await approveAll(scene);
  },
  act: async (scene) => {
    const staff = await staffOf(scene);
    const rows = await scene.stage.sql<{ id: string; userId: string }>(
      `select e.id, e.user_id as "userId" from enrollments e where e.user_id = any($1::uuid[])`,
      [scene.people.map(({ client }) => client.id)],
    );
    await each(scene, async ({ client }) => {
      await staff.ask("setMember", MEMBER, { id: client.id });
      const own = rows.find(({ userId }) => userId === client.id);
      for (const progress of [40, 100]) await client.ask("learn", LEARN, { id: own?.id, progress });
    });
  },
};

const HOLD = "11 minutes"; // longer than a bank may take it back

/** Money that its bank may take back for a while opens the courses after that. */
export const holding: Flow = {
  ...enrolling,
  victim: "worker",
  act: async (scene) => {
    const packageId = await sell(scene, "AUTO");
    await each(scene, async (person) => {
      await order(person, packageId, { method: "VA_PERMATA" });
      const orderId = await numberOf(person.client, boughtBy(person).paymentId);
      await move(scene, orderId as string, { transaction_status: "settlement" });
      await becomes(scene, person, "PAID");
    });
    const ids = paymentIds(scene);
    await scene.stage.sql(`update payments set paid_at = paid_at - $2::interval where id = any($1::uuid[])`, [
      ids,
      HOLD,
    ]);
    await scene.stage.sql(
      "update payment_transactions set settled_at = settled_at - $2::interval where payment_id = any($1::uuid[])",
      [ids, HOLD],
    );
    await scene.stage.sql(
      `update outbox_messages set due_at = now()
        where handler = 'approveHeld' and done_at is null and payload->>'paymentId' = any($1::text[])`,
      [ids],
    );
    await each(scene, (person) => becomes(scene, person, "APPROVED"));
  },
};

/** The card's owner has his bank take the money back. */
export const charging: Flow = {
  ...enrolling,
  victim: "worker",
  prepare: (scene) => enrolling.act(scene),
  act: async (scene) => {
    const rows = await scene.stage.sql<{ id: string }>(
      "select gateway_order_id as id from payment_transactions where payment_id = any($1::uuid[]) and state = 'PAID'",
      [paymentIds(scene)],
    );
    await Promise.all(rows.map(({ id }) => move(scene, id, { transaction_status: "chargeback", force: true })));
    await until("all charged back", async () => {
      const left = await scene.stage.sql("select from payments where id = any($1::uuid[]) and status <> 'CHARGEBACK'", [
        paymentIds(scene),
      ]);
      return left.length === 0;
    });
  },
  check: checkCourses("CHARGEBACK", 0),
};
