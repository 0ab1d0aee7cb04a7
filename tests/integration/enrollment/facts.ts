import {
  createEnrollmentPayment,
  type EnrollmentPaymentInput,
} from "../../../domain/enrollment/createEnrollmentPayment.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { CourseId, PackageId, PaymentId, UserId } from "../../../domain/kernel/ids.ts";
import { inTransaction } from "../../../platform/db.ts";
import type { LiveShop } from "../../support/liveShop.ts";

export type Person = Actor & { userId: UserId };

export const PRICES = { DIKE: 100_000, UMUM: 150_000 } as const;
export const PROOF = "https://bukti.lunas.test/transfer-001.png";

let keys = 0;
export const newKey = () => `enrol-${process.pid}-${++keys}`;

export interface Sold {
  readonly packageId: PackageId;
  readonly courseIds: readonly CourseId[];
}

/** A package of new courses; a bundle unless it is said otherwise. */
export async function sell(
  shop: Pick<LiveShop, "app">,
  {
    approval = "MANUAL",
    courses = 2,
    isBundle = true,
  }: { approval?: string; courses?: number; isBundle?: boolean } = {},
): Promise<Sold> {
  const packageId = shop.app.ids.next<"package">();
  const courseIds = Array.from({ length: courses }, () => shop.app.ids.next<"course">());
  await inTransaction(shop.app.db, async (tx) => {
    await tx.sql(
      `insert into packages (id, slug, name, approval, is_bundle, created_at)
       values ($1::uuid, $1::uuid::text, 'Kelas Seduh', $2, $3, now())`,
      [packageId, approval, isBundle],
    );
    for (const [type, price] of Object.entries(PRICES)) {
      await tx.sql("insert into package_prices (package_id, type, price) values ($1, $2, $3)", [
        packageId,
        type,
        price,
      ]);
    }
    await tx.sql(
      `insert into courses (id, slug, title, description, created_at)
       select id, id::text, 'Seduh', 'Belajar menyeduh', now() from unnest($1::uuid[]) as id`,
      [courseIds],
    );
    await tx.sql(
      `insert into package_courses (package_id, course_id, position)
       select $1, id, n from unnest($2::uuid[]) with ordinality as c(id, n)`,
      [packageId, courseIds],
    );
  });
  return { packageId, courseIds };
}

export const order = (
  shop: LiveShop,
  buyer: Actor,
  sold: Sold,
  more: Partial<EnrollmentPaymentInput> = {},
): Promise<{ paymentId: PaymentId; paymentToken: string | null }> =>
  createEnrollmentPayment(shop.app, buyer, {
    packageId: sold.packageId,
    type: "UMUM",
    idempotencyKey: newKey(),
    ...more,
  });

/** A transfer with its proof, which waits for staff. */
export const claim = async (shop: LiveShop, buyer: Actor, sold: Sold, more: Partial<EnrollmentPaymentInput> = {}) =>
  (await order(shop, buyer, sold, { proofUrl: PROOF, ...more })).paymentId;

/** A payment through Midtrans whose page is open. */
export async function begin(shop: LiveShop, buyer: Actor, sold: Sold, more: Partial<EnrollmentPaymentInput> = {}) {
  const { paymentId } = await order(shop, buyer, sold, { method: "SNAP", ...more });
  const { gatewayOrderId } = await shop.one<{ gatewayOrderId: string }>(
    "select gateway_order_id from payment_transactions where payment_id = $1",
    paymentId,
  );
  return { paymentId, gatewayOrderId };
}

/** Moves the gateway's transaction, has it send its notification, and lets the worker apply it. */
export async function happens(shop: LiveShop, gatewayOrderId: string, move: object): Promise<void> {
  await shop.gatewayMoves(gatewayOrderId, move);
  await shop.notify(gatewayOrderId);
  await shop.drain();
}

export const BY_QRIS = { transaction_status: "settlement", payment_type: "qris" };
/** Its bank may take it back for some minutes. */
export const BY_BILL = { transaction_status: "settlement", payment_type: "echannel" };

export const statusOf = async (shop: LiveShop, paymentId: string) =>
  (await shop.one<{ status: string }>("select status from payments where id = $1", paymentId)).status;

/** A learner's courses in the order that was asked: status and progress; null: he never had it. */
export async function learning(shop: LiveShop, { userId }: Person, courseIds: readonly CourseId[]) {
  const rows = await shop.app.db.sql<{ courseId: CourseId; status: string; progress: number }>(
    "select course_id, status, progress from enrollments where user_id = $1",
    [userId],
  );
  return courseIds.map((id) => {
    const row = rows.find(({ courseId }) => courseId === id);
    return row ? `${row.status} ${row.progress}` : null;
  });
}

/** Grants of a payment that stand, and those that were taken back. */
export const grantsOf = (shop: LiveShop, paymentId: string) =>
  shop.one<{ live: number; revoked: number }>(
    `select count(*) filter (where revoked_at is null) as live, count(revoked_at) as revoked
       from enrollment_grants where payment_id = $1`,
    paymentId,
  );

/** The codes of what was refused; undefined for what was done. */
export const codes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === "rejected" ? (result.reason as { code?: string }).code : undefined));
