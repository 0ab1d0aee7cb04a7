import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { askGateway } from "./askGateway.ts";
import { type LockedPayment, lockPayment, readPayment, type TransactionRow } from "./lockPayment.ts";
import { isOffline } from "./methods.rules.ts";
import { canSyncPayment } from "./payment.access.ts";
import { type Answer, recordAnswer } from "./pollPayments.ts";

/** Tries asked about in one sync beside what has paid: the newest, since older ones were closed before the next. */
const ASKED_MAX = 3;

function toAsk({ payment, transactions }: LockedPayment): TransactionRow[] {
  const all = transactions.filter(({ method }) => !isOffline(method));
  return all.filter(({ id }, i) => id === payment.coveringTransactionId || i >= all.length - ASKED_MAX);
}

/** @throws Refusal NOT_FOUND for a payment that is not there or not this actor's */
export async function requirePayment(
  app: Pick<App, "db">,
  paymentId: string,
  isAllowed: (payment: { userId: string }) => boolean,
): Promise<LockedPayment> {
  const found = isId(paymentId) ? await readPayment(app.db, paymentId as PaymentId, isAllowed) : null;
  if (!found) throw new Refusal("NOT_FOUND", "There is no such payment");
  return found;
}

/** STAFF or CUSTOMER, as logs name who asked. */
export const sourceOf = (actor: Actor): "CUSTOMER" | "STAFF" | "SYSTEM" =>
  actor.role === "SYSTEM" ? "SYSTEM" : actor.role === "CUSTOMER" ? "CUSTOMER" : "STAFF";

/**
 * Asks the gateway how a payment stands and applies the answers, oldest try first, in one transaction.
 *
 * @throws Refusal NOT_FOUND; GatewayUnavailable when it does not answer, and nothing changed
 */
export async function syncPayment(app: App, actor: Actor, input: { paymentId: string }): Promise<PaymentId> {
  const seen = await requirePayment(app, input.paymentId, (row) => canSyncPayment(actor, row));
  const { payment } = seen;
  const cause = { source: sourceOf(actor), actorId: actor.userId, reason: "sync" } as const;
  const answers: Answer[] = [];
  for (const transaction of toAsk(seen)) {
    const { gatewayOrderId } = transaction;
    answers.push({ gatewayOrderId, report: await askGateway(app, transaction) });
  }
  killPoint("sync.answered");
  await inTransaction(app.db, async (tx) => {
    let isCrossed: boolean | undefined; // known once it is locked, before an answer moves it
    for (const answer of answers) {
      // Read under lock each time: an answer may have moved what the next one is about.
      const locked = await lockPayment(tx, app, payment.id);
      if (!locked) throw new Refusal("NOT_FOUND", "There is no such payment");
      isCrossed ??= locked.payment.version !== payment.version;
      await recordAnswer(tx, app, locked, { ...answer, isCrossed }, cause);
    }
    killPoint("sync.recorded");
    await recordAudit(tx, app.clock.now(), actor, {
      permission: "payment.sync.any",
      entity: "payment",
      entityId: payment.id,
      before: { status: payment.status },
    });
  });
  killPoint("sync.committed");
  return payment.id;
}
