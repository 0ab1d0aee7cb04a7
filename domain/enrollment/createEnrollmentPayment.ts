import { inTransaction, type Tx } from "../../platform/db.ts";
import { writeOutbox } from "../../platform/outbox.ts";
import type { App } from "../app.ts";
import type { EnrollmentType } from "../catalog/catalogue.queries.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { paymentNumber } from "../kernel/codes.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import { type CourseId, isId, type PackageId, type PaymentId, type TransactionId, type UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { logPaymentStep } from "../payment/advancePayment.ts";
import { INSERT_TRANSACTIONS, newTransaction } from "../payment/beginTransaction.ts";
import { type ChosenMethod, chooseMethod } from "../payment/chooseMethod.ts";
import { finishStartWithin } from "../payment/finishStart.ts";
import type { PaymentMethod } from "../payment/methods.rules.ts";
import { firstToken, INSERT_TOKEN, newToken } from "../payment/paymentToken.ts";
import { bindStart, NOWHERE, type Origin, screenStart } from "../payment/screenStart.ts";
import { requireMethod } from "../payment/startPayment.ts";
import { lockLearner } from "./lockLearner.ts";
import { coursesOf, type SoldPackage } from "./package.rules.ts";
import { proofPath, readProofUrl } from "./proof.rules.ts";
import { requireUnowned } from "./requireUnowned.ts";
import { useProof } from "./useProof.ts";

export interface EnrollmentPaymentInput {
  readonly packageId: string;
  readonly courseId?: string | null;
  readonly type: EnrollmentType;
  readonly proofUrl?: string | null;
  readonly method?: PaymentMethod | null;
  readonly idempotencyKey: string;
}

/** A start that names a method waits this long for the gateway; then the worker finishes it. */
const GATEWAY_WAIT_MS = 600;

/** Under which proofs are sealed. */
export const PROOF_CONTEXT = "enrollment_payments.proof";

interface Plan {
  readonly userId: UserId;
  readonly paymentId: PaymentId;
  readonly packageId: PackageId;
  readonly courseId: CourseId | null;
  readonly courseIds: readonly CourseId[];
  readonly type: EnrollmentType;
  readonly approval: SoldPackage["approval"];
  readonly amount: number;
  /** Sealed; null: through Midtrans. */
  readonly proof: string | null;
  /** null: its proof lies elsewhere, or there is none. */
  readonly uploadId: string | null;
  /** null: a proof, or the customer chooses later. */
  readonly chosen: ChosenMethod | null;
  /** The key of a start that was let through before; null: it is a new one, or none. */
  readonly keptStart: string | null;
}

const FIND_PACKAGE = `
  select k.id, k.approval, k.is_bundle, r.price,
         array(select c.id from package_courses x join courses c on c.id = x.course_id
                where x.package_id = k.id and c.is_active order by x.position) as course_ids
    from packages k left join package_prices r on r.package_id = k.id and r.type = $2
   where k.id = $1 and k.is_active`;

/** @throws Refusal saying why this cannot be bought so */
async function readOffer(app: App, input: EnrollmentPaymentInput) {
  const [sold] = isId(input.packageId)
    ? await app.db.sql<SoldPackage>(FIND_PACKAGE, [input.packageId, input.type])
    : [];
  if (!sold) throw new Refusal("NOT_FOUND", "There is no such package");
  if (sold.price === null) throw invalidInput({ type: "a type that the package has a price for" });
  return { sold, amount: sold.price, courseIds: coursesOf(sold, input.courseId ?? null) };
}

/**
 * Whoever may not buy, or has it, is told before money is asked for.
 *
 * @throws Refusal NOT_A_MEMBER | ALREADY_ENROLLED (courseIds)
 */
async function requireBuyer(
  source: Pick<Tx, "sql">,
  userId: UserId,
  type: EnrollmentType,
  courseIds: readonly CourseId[],
) {
  const [buyer] = await source.sql<{ isMember: boolean }>("select is_member from users where id = $1", [userId]);
  if (type === "DIKE" && !buyer?.isMember)
    throw new Refusal("NOT_A_MEMBER", "This price is for members of the institution");
  await requireUnowned(source, { userId, courseIds });
}

/** @throws Refusal INVALID_INPUT (proofUrl) */
function sealProof(app: App, proofUrl: string | null): Pick<Plan, "proof" | "uploadId"> {
  if (proofUrl === null) return { proof: null, uploadId: null };
  const shown = readProofUrl(proofUrl, app.settings.publicUrl);
  const isUpload = "uploadId" in shown;
  const address = isUpload ? proofPath(shown.uploadId) : shown.address;
  return { proof: app.sealer.seal(address, PROOF_CONTEXT), uploadId: isUpload ? shown.uploadId : null };
}

/** What is decided before the transaction: what is bought at what price, and whether it may be started so. */
async function prepare(app: App, userId: UserId, input: EnrollmentPaymentInput, origin: Origin): Promise<Plan> {
  const { sold, amount, courseIds } = await readOffer(app, input);
  await requireBuyer(app.db, userId, input.type, courseIds);
  const paymentId = app.ids.next<"payment">();
  const { method = null } = input;
  const { proof, uploadId } = sealProof(app, input.proofUrl ?? null);
  const chosen = method ? await chooseMethod(app, userId, { method }) : null;
  let keptStart: string | null = null;
  if (method && chosen) {
    requireMethod(chosen.method, amount);
    const key = `enrollment:${input.idempotencyKey}:${amount}`;
    if (await screenStart(app, origin, { userId, paymentId, method, amount, key })) keptStart = key;
  }
  return {
    userId,
    paymentId,
    packageId: sold.id,
    courseId: sold.isBundle ? null : (courseIds[0] ?? null),
    courseIds,
    type: input.type,
    approval: sold.approval,
    amount,
    proof,
    uploadId,
    chosen,
    keptStart,
  };
}

const INSERT_PAYMENT = `
  with p as (
    insert into payments (id, number, purpose, channel, status, user_id, method, amount, tries, paid_at, expires_at,
                          created_at, updated_at)
    values ($1, $2, 'ENROLLMENT', $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) returning id)
  insert into enrollment_payments (id, package_id, course_id, course_ids, type, approval, proof_sealed, created_at)
  select p.id, $12, $13, $14::uuid[], $15, $16, $17, $11 from p`;

interface Made {
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId | null;
}

/** What lets a customer pay through Midtrans: a token, the end of his time, and the first try where he chose. */
async function writeStart(tx: Tx, app: App, plan: Plan, number: string, now: Date): Promise<TransactionId | null> {
  const { paymentId, amount, chosen, userId, keptStart } = plan;
  const expiresAt = later(now, app.settings.paymentWindowMs);
  await tx.sql(INSERT_TOKEN, newToken(app, paymentId, now).values);
  await send(tx, now, "payment.windowOver", { paymentId }, { key: paymentId, dueAt: expiresAt });
  if (!chosen) return null;
  const first = newTransaction(app, { id: paymentId, number, amount, expiresAt }, 1, chosen.method, now);
  await tx.sql(INSERT_TRANSACTIONS, [JSON.stringify([first.row])]);
  await writeOutbox(tx, now, first.jobs);
  if (keptStart) await bindStart(tx, { userId, key: keptStart, paymentId });
  return first.id;
}

async function write(tx: Tx, app: App, plan: Plan): Promise<Made> {
  const now = app.clock.now();
  const { paymentId, userId, proof, chosen } = plan;
  // Asked again under the lock that every approval takes: of the two, one sees the other.
  await lockLearner(tx, userId);
  await requireBuyer(tx, userId, plan.type, plan.courseIds);
  const [serial] = await tx.sql<{ n: number }>("select nextval('payment_numbers')::int as n");
  const number = paymentNumber(now, serial?.n as number);
  const isClaim = proof !== null;
  const status = isClaim ? "PAID" : "PENDING";
  await tx.sql(INSERT_PAYMENT, [
    paymentId,
    number,
    isClaim ? "MANUAL_TRANSFER" : "MIDTRANS",
    status,
    userId,
    chosen?.method ?? null,
    plan.amount,
    chosen ? 1 : 0,
    isClaim ? now : null,
    isClaim ? now : later(now, app.settings.paymentWindowMs),
    now,
    plan.packageId,
    plan.courseId,
    plan.courseIds,
    plan.type,
    plan.approval,
    proof,
  ]);
  if (plan.uploadId !== null) await useProof(tx, now, { uploadId: plan.uploadId, userId, paymentId });
  const cause = { source: "CUSTOMER", actorId: userId, reason: null } as const;
  await logPaymentStep(tx, now, cause, { paymentId, step: "created", to: status, detail: { type: plan.type } });
  const transactionId = isClaim ? null : await writeStart(tx, app, plan, number, now);
  killPoint("enrollment.payment-written");
  return { paymentId, transactionId };
}

interface Answer {
  readonly paymentId: PaymentId;
  /** null: there is nothing to start. */
  readonly paymentToken: string | null;
}

/**
 * Buys a package: through Midtrans, or by a transfer of which the customer shows a proof. A proof is only what he says:
 * the payment is PAID and waits for staff; one that was uploaded is shown by one payment alone. Through Midtrans a
 * package that needs nobody's approval is approved by its settlement. The same key and input give the same payment.
 *
 * @returns the payment, and its single-use token where it is paid through Midtrans
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND | INVALID_INPUT | NOT_A_MEMBER | ALREADY_ENROLLED (courseIds;
 * paymentId: it is paid already and waits) | PAYMENT_METHOD_UNAVAILABLE | AMOUNT_OUT_OF_RANGE | PAYMENT_REFUSED |
 * IDEMPOTENCY_KEY_REUSED | IN_PROGRESS
 */
export async function createEnrollmentPayment(
  app: App,
  actor: Actor,
  input: EnrollmentPaymentInput,
  origin: Origin = NOWHERE,
): Promise<Answer> {
  requireRight(actor, "own.enrollments");
  const { userId } = actor;
  if (!userId) throw new Refusal("FORBIDDEN", "Only people learn");
  const { idempotencyKey: key, ...rest } = input;
  requireKey(key);
  if (input.proofUrl && input.method) throw invalidInput({ method: "none where a proof is given" });
  const use: IdempotencyKey = { userId, operation: "createEnrollmentPayment", key, input: rest };
  const answer = async (paymentId: PaymentId) => ({ paymentId, paymentToken: await firstToken(app, paymentId) });
  const before = await readAnswer<{ paymentId: PaymentId }>(app.db.sql, use);
  if (before) return answer(before.paymentId);
  const plan = await prepare(app, userId, input, origin);
  const made = await inTransaction(app.db, async (tx): Promise<Made> => {
    const earlier = await takeKey(tx, app.clock.now(), use, { paymentId: plan.paymentId });
    return earlier ? { ...earlier, transactionId: null } : write(tx, app, plan);
  });
  killPoint("enrollment.payment-stored");
  if (made.transactionId) await finishStartWithin(app, made.transactionId, GATEWAY_WAIT_MS);
  killPoint("enrollment.page-awaited");
  return answer(made.paymentId);
}
