import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import { isId, type PaymentId, type RefundId, type UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { lockPayment } from "../payment/lockPayment.ts";
import { oweDecided } from "./oweBack.ts";
import { readRefundable } from "./refundable.queries.ts";
import { type RefundItemWish, type RefundWish, rangeOf, requireAnothers, requireInRange } from "./refundPlan.rules.ts";
import { restockRefunded } from "./restockRefunded.ts";

type RefundApp = Pick<App, "db" | "clock" | "ids" | "effects">;

export interface RefundPaymentInput {
  readonly paymentId: string;
  /** Needed where the payment pays for several orders. */
  readonly orderId?: string | null;
  readonly items?: readonly RefundItemWish[] | null;
  /** Whole rupiah. */
  readonly amount: number;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const REASON_MAX = 255; // the gateway's own limit
/** Lines of one order: far more than any parcel holds. */
const ITEMS_MAX = 200;

/** What is wished for, as it is kept with the key. @throws Refusal INVALID_INPUT */
export function readWish({ orderId = null, items }: Pick<RefundPaymentInput, "orderId" | "items">): RefundWish {
  const list = items ?? [];
  if (list.length > ITEMS_MAX) throw invalidInput({ "input.items": `at most ${ITEMS_MAX}` });
  return { orderId, items: list.map(({ orderItemId, quantity, restock }) => ({ orderItemId, quantity, restock })) };
}

interface Decision {
  readonly app: RefundApp;
  readonly actor: Actor;
  readonly paymentId: PaymentId;
  readonly wish: RefundWish;
  readonly amount: number;
  readonly reason: string;
  readonly use: IdempotencyKey;
}

const INSERT_ITEMS = `
  insert into refund_items (refund_id, order_item_id, quantity, restock)
  select $1, w.order_item_id, w.quantity, w.restock
    from jsonb_to_recordset($2::jsonb) as w(order_item_id uuid, quantity integer, restock boolean)`;

/** Under the payment's locks: what is left cannot change until this is committed. */
async function decide(tx: Tx, decision: Decision): Promise<RefundId> {
  const { app, actor, paymentId, wish, amount, reason, use } = decision;
  const now = app.clock.now();
  const locked = await lockPayment(tx, app, paymentId);
  const facts = locked && (await readRefundable(tx, paymentId));
  if (!facts) throw new Refusal("NOT_FOUND", "There is no such payment");
  requireAnothers(facts, actor);
  const earlier = await readAnswer<{ refundId: RefundId }>(tx.sql, use);
  if (earlier) return earlier.refundId;
  const range = rangeOf(facts, wish);
  requireInRange(range, amount);
  const { transaction, order } = range;
  const owed = { paymentId, transactionId: transaction.id, orderId: order?.id ?? null, sessionId: facts.sessionId };
  const refundId = await oweDecided(
    tx,
    { ids: app.ids, now },
    { ...owed, amount, reason, requestedBy: actor.userId as UserId },
  );
  const items = wish.items.map((item) => ({ ...item, order_item_id: item.orderItemId }));
  if (items.length > 0) {
    await tx.sql(INSERT_ITEMS, [refundId, JSON.stringify(items)]);
    await restockRefunded(tx, now, refundId, reason);
  }
  killPoint("refund-payment.written");
  await recordAudit(tx, now, actor, {
    permission: "refund.request",
    entity: "refund",
    entityId: refundId,
    before: { left: range.left },
    after: { paymentId, orderId: owed.orderId, amount, items: wish.items },
    reason,
  });
  await takeKey(tx, now, use, { refundId });
  return refundId;
}

/**
 * An admin gives money of a paid payment back: an amount, or items with their pieces, which go back on the shelf where
 * that is asked. What is left of the order, and of what was captured, is looked at under lock; a worker sends it
 * (sendRefund), after the time in which a bank may take the money back itself.
 *
 * A second run is harmless: the same key has the same refund, and pieces are refunded once.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | INVALID_INPUT | IDEMPOTENCY_KEY_REUSED | IN_PROGRESS; NOT_REFUNDABLE: not
 * paid, a cancel is under way, nothing or not so many pieces are left; REFUND_EXCEEDS_CAPTURED (left); USE_CANCEL_ORDER
 * for all that is left of an order that was not sent; SECOND_PERSON_NEEDED for the admin's own payment
 */
export async function refundPayment(app: RefundApp, actor: Actor, input: RefundPaymentInput): Promise<RefundId> {
  requireRight(actor, "refund.request");
  const { paymentId, amount, idempotencyKey: key } = input;
  requireKey(key);
  const reason = input.reason.trim();
  if (reason === "" || reason.length > REASON_MAX)
    throw invalidInput({ "input.reason": `1 to ${REASON_MAX} characters` });
  if (!isId(paymentId)) throw new Refusal("NOT_FOUND", "There is no such payment");
  const wish = readWish(input);
  const use: IdempotencyKey = {
    userId: actor.userId as UserId,
    operation: "refundPayment",
    key,
    input: { paymentId, ...wish, amount, reason },
  };
  const decision: Decision = { app, actor, paymentId: paymentId as PaymentId, wish, amount, reason, use };
  const refundId = await inTransaction(app.db, (tx) => decide(tx, decision));
  killPoint("refund-payment.committed");
  return refundId;
}
