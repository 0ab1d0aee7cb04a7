import type { OrderId, RefundId, TransactionId } from "../../../domain/kernel/ids.ts";
import { oweDecided } from "../../../domain/refund/oweBack.ts";
import { sweepRefunds } from "../../../domain/refund/sendRefund.ts";
import { inTransaction } from "../../../platform/db.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import { buyTwo, happens, type Order, type Person } from "../payment/facts.ts";

export interface RefundFacts {
  readonly id: RefundId;
  readonly status: string;
  readonly amount: number;
  readonly attempts: number;
  readonly keyNumber: number;
  readonly cause: string;
}

/** An order that was paid by this way on the gateway's page. */
export async function paidBy(shop: LiveShop, buyer: Person, method: string): Promise<Order> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: method === "credit_card" ? "capture" : "settlement", method });
  return order;
}

/** Owes money back of an order, as staff would; nothing is sent yet. */
export async function owe(shop: LiveShop, order: Order, amount: number | "ALL"): Promise<RefundId> {
  const staff = await shop.addStaff();
  return inTransaction(shop.app.db, async (tx) => {
    const [found] = await tx.sql<{ id: OrderId; total: number; transactionId: TransactionId }>(
      `select o.id, o.total, p.covering_transaction_id as transaction_id
         from orders o join payments p on p.session_id = o.session_id where p.id = $1 for update`,
      [order.paymentId],
    );
    if (!found) throw new Error("no such order");
    return oweDecided(
      tx,
      { ids: shop.app.ids, now: shop.app.clock.now() },
      {
        paymentId: order.paymentId,
        transactionId: found.transactionId,
        orderId: found.id,
        sessionId: order.sessionId,
        amount: amount === "ALL" ? found.total : amount,
        reason: "the item is sold out",
        requestedBy: staff.userId,
      },
    );
  });
}

export const refundsOf = (shop: LiveShop, order: Order) =>
  shop.app.db.sql<RefundFacts>(
    "select id, status, amount, attempts, key_number, cause from refunds where payment_id = $1 order by created_at, id",
    [order.paymentId],
  );

/** What the gateway's books have of a transaction's refunds. */
export async function atGateway(shop: LiveShop, order: Order): Promise<{ key: string; amount: number }[]> {
  const answer = await fetch(`${shop.sandbox.url}/sandbox/transactions/${order.gatewayOrderId}`);
  const body = (await answer.json()) as { refunds?: { refund_key: string; refund_amount: string }[] };
  return (body.refunds ?? []).map((one) => ({ key: one.refund_key, amount: Number(one.refund_amount) }));
}

export const attemptsOf = async (shop: LiveShop, order: Order): Promise<string[]> =>
  (
    await shop.app.db.sql<{ outcome: string }>(
      `select a.outcome from refund_attempts a join refunds r on r.id = a.refund_id
        where r.payment_id = $1 order by a.id`,
      [order.paymentId],
    )
  ).map(({ outcome }) => outcome);

/** Lets time pass until the next try of a refund is due, and makes it. */
export async function laterTry(shop: LiveShop, ms: number): Promise<void> {
  shop.advance(ms);
  await sweepRefunds(shop.app);
  await shop.drain();
}
