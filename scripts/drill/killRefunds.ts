import { cancelOrder, choose, pay } from "./killClient.ts";
import { becomes, buy, each, eachOf, type Flow } from "./killSteps.ts";
import { refunding } from "./killTroubles.ts";

const payByWallet: NonNullable<Flow["prepare"]> = async (scene) => {
  await each(scene, buy);
  await each(scene, async (person) => {
    await choose({ ...person.client, method: "gopay" }, person.page);
    await pay(person.page);
    await becomes(scene, person, "PAID");
  });
};

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
  check: (scene) => refunding.check?.(scene) ?? Promise.resolve([]),
};
