import {
  cancelOrder,
  cancelPayment,
  checkout,
  choose,
  downloadInvoice,
  pageOf,
  pay,
  start,
  sync,
  until,
} from "./killClient.ts";
import {
  becomes,
  boughtBy,
  buy,
  each,
  eachOf,
  endWindows,
  type Flow,
  fault,
  once,
  paymentIds,
  payOnPage,
  payUnnoticed,
  pollNow,
} from "./killSteps.ts";

const buying: Omit<Flow, "victim"> = {
  passings: eachOf,
  act: (scene) =>
    each(scene, async (person) => {
      await buy(person);
      await payOnPage(person);
      await becomes(scene, person, "PAID");
      await downloadInvoice(person.client, boughtBy(person).paymentId);
    }),
  ending: "PAID",
};
export const buyingAtApi: Flow = { ...buying, victim: "api" };
export const paying: Flow = { ...buying, victim: "worker" };

/** The couriers are asked once for all who want the same at once. */
export const quoting: Flow = {
  ...buyingAtApi,
  passings: once,
  prepare: async ({ stage }) => {
    await stage.sql("delete from shipping_quotes");
  },
};

export const tryingAgain: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: (scene) =>
    each(scene, async (person) => {
      person.bought = await checkout(person.client, null);
      await start(person.client, person.bought.paymentId);
      person.page = await pageOf(person.client, person.bought.paymentId);
      await choose(person.client, person.page);
    }),
  act: (scene) =>
    each(scene, async (person) => {
      const { paymentId } = boughtBy(person);
      await start(person.client, paymentId);
      person.page = await pageOf(person.client, paymentId, person.page);
      await payOnPage(person);
      await becomes(scene, person, "PAID");
    }),
  ending: "PAID",
};

export const cancelling: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: (scene) =>
    each(scene, async (person) => {
      await buy(person);
      await choose(person.client, person.page);
    }),
  act: (scene) => each(scene, ({ client, bought }) => cancelOrder(client, bought?.orderId ?? "")),
  ending: "CANCELLED",
};

export const callingOff: Flow = {
  ...cancelling,
  prepare: (scene) => each(scene, buy),
  act: (scene) => each(scene, ({ client, bought }) => cancelPayment(client, bought?.paymentId ?? "")),
};

export const expiring: Flow = {
  victim: "worker",
  passings: eachOf,
  prepare: (scene) => each(scene, buy),
  act: async (scene) => {
    await endWindows(scene, 1);
    await each(scene, (person) => becomes(scene, person, "EXPIRED"));
  },
  ending: "EXPIRED",
};

/** The job that ends the window is gone, as after a restored backup of a queue: the sweep writes another one. */
export const sweepingWindows: Flow = {
  ...expiring,
  passings: once,
  isPassedAtStart: true,
  prepare: async (scene) => {
    await each(scene, buy);
    await endWindows(scene, 180);
    await scene.stage.sql("delete from outbox_messages where handler = 'endPaymentWindow' and key = any($1::text[])", [
      paymentIds(scene),
    ]);
  },
  act: (scene) => each(scene, (person) => becomes(scene, person, "EXPIRED")),
};

export const sweepingInbox: Flow = {
  ...paying,
  passings: once,
  isPassedAtStart: true,
  prepare: async (scene) => {
    await each(scene, buy);
    await scene.stage.shop.end("worker");
    await each(scene, payOnPage);
    const ids = paymentIds(scene);
    await until("notifications stored", async () => {
      const [row] = await scene.stage.sql<{ stored: number }>(
        `select count(distinct t.id)::integer as stored
           from payment_notifications n join payment_transactions t on t.gateway_order_id = n.gateway_order_id
          where t.payment_id = any($1::uuid[]) and n.gateway_status = 'settlement'`,
        [ids],
      );
      return row?.stored === ids.length;
    });
    const ours = "(select gateway_order_id from payment_transactions where payment_id = any($1::uuid[]))";
    await scene.stage.sql(`delete from outbox_messages where handler = 'applyNotification' and key in ${ours}`, [ids]);
    await scene.stage.sql(
      `update payment_notifications set received_at = received_at - interval '3 minutes'
        where gateway_order_id in ${ours}`,
      [ids],
    );
  },
  act: (scene) => each(scene, (person) => becomes(scene, person, "PAID")),
};

export const syncing: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: async (scene) => {
    await each(scene, buy);
    await payUnnoticed(scene);
  },
  act: (scene) =>
    each(scene, async (person) => {
      await sync(person.client, boughtBy(person).paymentId);
      await becomes(scene, person, "PAID");
    }),
  ending: "PAID",
};

export const polling: Flow = {
  ...syncing,
  victim: "worker",
  act: async (scene) => {
    await pollNow(scene);
    await each(scene, (person) => becomes(scene, person, "PAID"));
  },
  // The lease of what the dead one had claimed is over.
  onDeath: pollNow,
};

/** Another method was chosen on the page that is being opened again, so the gateway refuses a second one. */
export const pageTaken: Flow = {
  victim: "worker",
  passings: eachOf,
  isPassedAtStart: true,
  prepare: async (scene) => {
    await each(scene, buy);
    await scene.stage.shop.end("worker");
    await fault(scene, "midtrans.snap", "500", scene.people.length);
    await each(scene, (person) => start(person.client, boughtBy(person).paymentId));
    await fault(scene, "midtrans.notification", "none", scene.people.length);
    await each(scene, (person) => choose(person.client, person.page));
  },
  act: (scene) =>
    each(scene, async (person) => {
      await until("the method known", async () => {
        const [row] = await scene.stage.sql<{ state: string }>(
          "select state from payment_transactions where payment_id = $1",
          [boughtBy(person).paymentId],
        );
        return row?.state === "LIVE";
      });
      await pay(person.page);
      await becomes(scene, person, "PAID");
    }),
  ending: "PAID",
};
