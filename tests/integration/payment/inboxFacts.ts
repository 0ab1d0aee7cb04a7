import { randomUUID } from "node:crypto";
import type { App } from "../../../domain/app.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { signatureOf } from "../../../gateways/midtrans/wire.ts";
import { DEMO_KEYS } from "../../../platform/config.ts";
import { takeDueJobs } from "../../../platform/outbox.ts";
import { runJob } from "../../../worker/runJob.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import { buyTwo, type Order } from "./facts.ts";

interface Row {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly folded: number;
}

/** What is stored about an order id, oldest first. */
export const inboxOf = (shop: LiveShop, id: string) =>
  shop.app.db.sql<Row>(
    `select id, state, attempts, folded from payment_notifications
      where gateway_order_id = $1 order by received_at, id`,
    [id],
  );
export const statesOf = async (shop: LiveShop, id: string) => (await inboxOf(shop, id)).map(({ state }) => state);

/** An order whose customer has paid, of which the shop has not heard. */
export async function paidAtGateway(shop: LiveShop, buyer: Actor): Promise<Order> {
  const order = await buyTwo(shop, buyer);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });
  return order;
}

/** A body with a right signature about any order id, known to anybody or not. */
export const signedBody = (orderId: string, change: object = {}): string =>
  JSON.stringify({
    order_id: orderId,
    status_code: "200",
    gross_amount: "50000.00",
    transaction_id: randomUUID(),
    transaction_status: "settlement",
    signature_key: signatureOf(orderId, "200", "50000.00", DEMO_KEYS.midtransServer),
    ...change,
  });

/** Runs the due applications, each once, on a shop that may be broken. */
export async function applyDue(app: App): Promise<number> {
  const due = await takeDueJobs(app.db, app.clock.now(), 0);
  const jobs = due.filter(({ handler }) => handler === "applyNotification");
  for (const { id } of jobs) await runJob(app, id);
  return jobs.length;
}

/** The shop with a bug of its own that shows so many times. */
export function broken({ app }: LiveShop, times: number): App {
  let left = times;
  const fetchStatus: App["payments"]["fetchStatus"] = async (id) => {
    if (left-- > 0) throw new Error("the database driver has a bug");
    return app.payments.fetchStatus(id);
  };
  return { ...app, payments: { ...app.payments, fetchStatus } };
}
