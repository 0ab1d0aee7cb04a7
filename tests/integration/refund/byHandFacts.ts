import type { Actor } from "../../../domain/kernel/actor.ts";
import type { RefundId } from "../../../domain/kernel/ids.ts";
import { approveManualRefund } from "../../../domain/refund/approveManualRefund.ts";
import { setRefundAccount } from "../../../domain/refund/setRefundAccount.ts";
import { settleRefundManually } from "../../../domain/refund/settleRefundManually.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import type { Order, Person } from "../payment/facts.ts";
import { laterTry, owe, paidBy, refundsOf } from "./refundFacts.ts";

export const ACCOUNT = { bankCode: "BCA", accountNumber: "123-456 7890", accountName: "Pembeli Uji" };
const HOUR_MS = 3_600_000;

/** Somebody who may pay refunds. */
export const addAdmin = async (shop: LiveShop): Promise<Person> => ({ ...(await shop.addStaff()), role: "ADMIN" });

export interface ByHand {
  readonly order: Order;
  readonly id: RefundId;
}

/** An order whose refund no API pays: its bank's right to take the money back is over. */
export async function manual(shop: LiveShop, buyer: Person, amount: number | "ALL" = "ALL"): Promise<ByHand> {
  const order = await paidBy(shop, buyer, "bca_va");
  const id = await owe(shop, order, amount);
  await shop.drain();
  await laterTry(shop, HOUR_MS);
  return { order, id };
}

/** As manual, with an account and somebody's approval. */
export async function approved(shop: LiveShop, buyer: Person, approver: Actor, amount: number | "ALL" = "ALL") {
  const made = await manual(shop, buyer, amount);
  await setRefundAccount(shop.app, buyer, { refundId: made.id, account: ACCOUNT });
  await approveManualRefund(shop.app, approver, { refundId: made.id });
  return made;
}

export const settle = (shop: LiveShop, actor: Actor, id: RefundId, reference = "TRX 0042/2026"): Promise<RefundId> =>
  settleRefundManually(shop.app, actor, { refundId: id, reference });

/** A refund that the gateway refused until no try was left. */
export async function failed(shop: LiveShop, buyer: Person, amount: number | "ALL"): Promise<ByHand> {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "denied", times: 100 });
  const id = await owe(shop, order, amount);
  await shop.drain();
  for (let n = 0; n < 14 && (await refundsOf(shop, order))[0]?.status !== "FAILED"; n++)
    await laterTry(shop, 7 * HOUR_MS);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  return { order, id };
}
