import { randomUUID } from "node:crypto";
import { type Account, cancelOrder, choose, createAsker, pay } from "./killClient.ts";
import { becomes, boughtBy, buy, each, eachOf, type Flow } from "./killSteps.ts";
import { refunding } from "./killTroubles.ts";

const payByWallet: NonNullable<Flow["prepare"]> = async (scene) => {
  await each(scene, buy);
  await each(scene, async (person) => {
    await choose({ ...person.client, method: "gopay" }, person.page);
    await pay(person.page);
    await becomes(scene, person, "PAID");
  });
};

const refundedOnce: NonNullable<Flow["check"]> = (scene) => refunding.check?.(scene) ?? Promise.resolve([]);

/** A customer cancels what he has paid: the goods and the money go back, once. */
export const cancellingPaid: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: payByWallet,
  act: async (scene) => {
    await each(scene, ({ client, bought }) => cancelOrder(client, bought?.orderId ?? ""));
    await each(scene, (person) => becomes(scene, person, "REFUNDED"));
  },
  ending: null,
  isSold: false,
  check: refundedOnce,
};

const REFUND = "mutation R($input: RefundInput!) { refundPayment(input: $input) { id } }";
const PART = 1_000; // whole rupiah

/** An admin gives a part of it back, and says so again, with the same key, until there is an answer. */
export const refundingPart: Flow = {
  ...cancellingPaid,
  act: async (scene) => {
    const [account] = await scene.stage.accounts(1, "ADMIN");
    const admin = createAsker(scene.stage.shop.apiUrls[0] as string, account as Account);
    await each(scene, async (person) => {
      const input = { paymentId: boughtBy(person).paymentId, amount: PART, reason: "scratched" };
      await admin.ask("refundPayment", REFUND, { input: { ...input, idempotencyKey: `kill-${randomUUID()}` } });
      await becomes(scene, person, "PARTIALLY_REFUNDED");
    });
  },
  isSold: true,
};
