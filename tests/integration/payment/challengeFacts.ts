import { expect } from "vitest";
import type { App } from "../../../domain/app.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { answerChallenge } from "../../../domain/payment/answerChallenge.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import { buyTwo, happens, type Order, standing, UNPAID } from "./facts.ts";

type Subject = { readonly paymentId: string };
export const acceptChallenge = (app: App, actor: Actor, { paymentId }: Subject) =>
  answerChallenge(app, actor, { paymentId, answer: "ACCEPT" });
export const denyChallenge = (app: App, actor: Actor, { paymentId }: Subject) =>
  answerChallenge(app, actor, { paymentId, answer: "DENY" });

/** How an order stands whose payment the fraud screening holds. */
export const HELD = { ...UNPAID, payment: "CHALLENGED" };

/** An order whose payment the fraud screening holds, as the shop knows. */
export async function challenged(shop: LiveShop, buyer: Actor): Promise<Order> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "challenge" });
  expect(await standing(shop, order)).toEqual(HELD);
  return order;
}

/** Who answered what, by the audit log. */
export async function answers(shop: LiveShop, { paymentId }: Order): Promise<(string | null)[][]> {
  const rows = await shop.app.db.sql<{ actorId: string; answer: string }>(
    `select actor_id, after->>'answer' as answer from audit_logs
      where entity_id = $1 and permission = 'payment.challenge' order by id`,
    [paymentId],
  );
  return rows.map(({ actorId, answer }) => [actorId, answer]);
}
