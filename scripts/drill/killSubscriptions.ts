import { randomUUID } from "node:crypto";
import { until } from "./killClient.ts";
import { each, eachOf, type Flow, fault, type Person, type Scene } from "./killSteps.ts";

const PRICE = 99_000; // whole rupiah a month
const CREATE = "mutation C($input: CreateSubscriptionInput!) { createSubscription(input: $input) { id } }";
const CANCEL = "mutation X($id: ID!) { cancelSubscription(subscriptionId: $id) { id } }";

async function sellMonthly({ stage }: Scene): Promise<string> {
  const id = randomUUID();
  await stage.sql(
    `insert into packages (id, slug, name, is_bundle, monthly_price, created_at)
     values ($1::uuid, $1::uuid::text, 'Kelas Seduh', true, $2, now())`,
    [id, PRICE],
  );
  return id;
}

/** Orders a month after month, until the gateway is known to have it. */
async function order(scene: Scene, { client }: Person, packageId: string, isDenied: boolean): Promise<string> {
  const { id: savedCardId, token } = await scene.stage.card(client.id);
  if (isDenied) await scene.stage.control("POST", `cards/${token}`, { outcome: "deny" });
  const input = { packageId, method: "CREDIT_CARD", savedCardId, idempotencyKey: `kill-${randomUUID()}` };
  type Answer = { createSubscription: { id: string } };
  const { id } = (await client.ask<Answer>("createSubscription", CREATE, { input })).createSubscription;
  await until("a subscription there", async () => {
    const [row] = await scene.stage.sql<{ gatewayId: string | null }>(
      `select gateway_id as "gatewayId" from subscriptions where id = $1`,
      [id],
    );
    return row?.gatewayId;
  });
  return id;
}

/** Everybody orders one; by a card whose charges are denied, where it is to fail. */
async function orderAll(scene: Scene, isDenied = false): Promise<void> {
  const packageId = await sellMonthly(scene);
  await each(scene, (person) => order(scene, person, packageId, isDenied));
}

interface Owned {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  /** What the gateway charged, as far as the shop knows, by its ids; and how many of these are paid. */
  readonly booked: readonly string[];
  readonly paid: number;
}

const owned = ({ stage, people }: Scene) =>
  stage.sql<Owned>(
    `select s.id, s.number, s.state,
            array(select gateway_transaction_id from subscription_charges c where c.subscription_id = s.id) as booked,
            (select count(*)::integer from subscription_charges c join payments p on p.id = c.payment_id
              where c.subscription_id = s.id and p.status = 'PAID') as paid
       from subscriptions s where s.user_id = any($1::uuid[])`,
    [people.map(({ client }) => client.id)],
  );

const reach = (scene: Scene, what: string, isThere: (row: Owned) => boolean) =>
  until(what, async () => {
    const rows = await owned(scene);
    return rows.length > 0 && rows.every(isThere);
  });

/** However soon after the last one, each message of the gateway is followed at once. */
const firstMonthPaid = (scene: Scene) =>
  until("the first month paid", async () => {
    const rows = await owned(scene);
    await scene.stage.sql(
      `update outbox_messages set due_at = now()
        where handler = 'followRecurringNews' and key = any($1::text[]) and done_at is null and due_at > now()`,
      [rows.map(({ id }) => id)],
    );
    return rows.every(({ paid }) => paid > 0);
  });

const cancelAll = async (scene: Scene): Promise<void> => {
  const rows = await scene.stage.sql<{ id: string; userId: string }>(
    `select id, user_id as "userId" from subscriptions where user_id = any($1::uuid[])`,
    [scene.people.map(({ client }) => client.id)],
  );
  await each(scene, async ({ client }) => {
    for (const { id } of rows.filter(({ userId }) => userId === client.id)) await client.ask("cancel", CANCEL, { id });
  });
  await reach(scene, "subscriptions cancelled", ({ state }) => state === "CANCELLED");
};

interface Remote {
  readonly name: string;
  readonly status: string;
  readonly transaction_ids: readonly string[];
}

/** One at the gateway for each of ours, over there as here, and every charge of it is a payment, once. */
const checkOver =
  (state: string, areEnough: (row: Owned) => boolean): NonNullable<Flow["check"]> =>
  async (scene) => {
    const rows = await owned(scene);
    const { subscriptions } = await scene.stage.control<{ subscriptions: readonly Remote[] }>("GET", "subscriptions");
    const broken = rows.flatMap((row) => {
      const remotes = subscriptions.filter(({ name }) => name === row.number);
      const charged = remotes.flatMap((remote) => remote.transaction_ids);
      const isBooked = [...charged].sort().join() === [...row.booked].sort().join();
      return [
        ...(row.state === state ? [] : [`${row.number} is ${row.state}, not ${state}`]),
        ...(remotes.length === 1 ? [] : [`the gateway has ${row.number} ${remotes.length} times`]),
        ...(remotes.some(({ status }) => status === "active") ? [`the gateway would charge ${row.number} again`] : []),
        ...(isBooked ? [] : [`${row.number} was charged ${charged.length} times, and ${row.booked.length} are booked`]),
        ...(areEnough(row) ? [] : [`${row.paid} of ${row.booked.length} charges are paid`]),
      ];
    });
    return rows.length === scene.people.length ? broken : [`there are ${rows.length} subscriptions`, ...broken];
  };

const allPaid = ({ paid, booked }: Owned): boolean => paid === booked.length;

/** A package by the month is ordered, and cancelled before anything was charged, or just after. */
export const orderingMonthly: Flow = {
  victim: "api",
  passings: eachOf,
  act: async (scene) => {
    await orderAll(scene);
    await cancelAll(scene);
  },
  ending: null,
  check: checkOver("CANCELLED", allPaid),
};

/** The gateway has it, and its answer is lost. */
export const doubting: Flow = {
  ...orderingMonthly,
  prepare: (scene) => fault(scene, "midtrans.subscription", "reset_after", scene.people.length),
};

export const stopping: Flow = { ...orderingMonthly, prepare: (scene) => orderAll(scene), act: cancelAll };

/** The gateway charges by itself, some minutes of its own time after the order. */
export const beingCharged: Flow = {
  victim: "worker",
  passings: eachOf,
  prepare: (scene) => orderAll(scene),
  act: async (scene) => {
    await firstMonthPaid(scene);
    await cancelAll(scene);
  },
  ending: null,
  check: checkOver("CANCELLED", (row) => allPaid(row) && row.paid > 0),
};

const lookNow = async ({ stage, people }: Scene): Promise<void> => {
  await stage.sql("update subscriptions set next_look_at = now() where user_id = any($1::uuid[])", [
    people.map(({ client }) => client.id),
  ]);
};

/** The gateway sends no word of it. */
export const beingChargedUnheard: Flow = {
  ...beingCharged,
  isPassedAtStart: true,
  prepare: async (scene) => {
    await orderAll(scene);
    await scene.stage.shop.end("worker");
    await fault(scene, "midtrans.notification", "none", NOTICES_MAX);
    await until("charges at the gateway", async () => {
      const mine = new Set((await owned(scene)).map(({ number }) => number));
      const { subscriptions } = await scene.stage.control<{ subscriptions: readonly Remote[] }>("GET", "subscriptions");
      return subscriptions
        .filter(({ name }) => mine.has(name))
        .every(({ transaction_ids: charged }) => charged.length > 0);
    });
    await lookNow(scene);
  },
  act: async (scene) => {
    await firstMonthPaid(scene);
    await cancelAll(scene);
  },
  // The lease of what the dead one had claimed is over.
  onDeath: lookNow,
};

/** More than a scene's subscriptions cause. */
const NOTICES_MAX = 50;

/** A month whose days of grace are over without a charge: it is stopped at the gateway, and then here. */
export const falling: Flow = {
  ...beingCharged,
  prepare: async (scene) => {
    await orderAll(scene, true);
    await scene.stage.sql(
      `update subscriptions set starts_at = starts_at - interval '5 days', sent_at = sent_at - interval '5 days'
        where user_id = any($1::uuid[])`,
      [scene.people.map(({ client }) => client.id)],
    );
  },
  act: async (scene) => {
    await until("suspension", async () => {
      const rows = (await owned(scene)).filter(({ state }) => state !== "SUSPENDED");
      if (rows.length > 0) await lookNow(scene);
      return rows.length === 0;
    });
  },
  check: checkOver("SUSPENDED", ({ paid }) => paid === 0),
};
