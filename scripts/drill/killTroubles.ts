import { cancelOrder, choose, until } from "./killClient.ts";
import { paying } from "./killPurchases.ts";
import {
  becomes,
  boughtBy,
  buy,
  each,
  eachOf,
  type Flow,
  fault,
  once,
  type Person,
  payOnPage,
  type Scene,
  settled,
} from "./killSteps.ts";

const owed = ({ stage }: Scene, person: Person): Promise<unknown> =>
  until("money owed back", async () => {
    const rows = await stage.sql("select id from refunds where payment_id = $1", [boughtBy(person).paymentId]);
    return rows.length === 1;
  });

/** Money comes for an order that was cancelled: all of it is owed back. */
export const payingLate: Flow = {
  victim: "worker",
  passings: eachOf,
  prepare: async (scene) => {
    await each(scene, buy);
    await each(scene, ({ client, page }) => choose(client, page));
    await settled(scene);
    await each(scene, ({ client, bought }) => cancelOrder(client, bought?.orderId ?? ""));
  },
  act: (scene) =>
    each(scene, async (person) => {
      const [row] = await scene.stage.sql<{ id: string }>(
        "select gateway_order_id as id from payment_transactions where payment_id = $1",
        [boughtBy(person).paymentId],
      );
      const move = { transaction_status: "settlement", force: true };
      await scene.stage.control("POST", `transactions/${row?.id}`, move);
      await owed(scene, person);
    }),
  ending: "LATE",
};

/** As payingLate, by a method whose money the gateway itself gives back: once, whatever dies on the way. */
export const refunding: Flow = {
  ...payingLate,
  prepare: async (scene) => {
    await each(scene, buy);
    await each(scene, ({ client, page }) => choose({ ...client, method: "gopay" }, page));
    await settled(scene);
    await each(scene, ({ client, bought }) => cancelOrder(client, bought?.orderId ?? ""));
  },
  act: async (scene) => {
    await payingLate.act(scene);
    await each(scene, (person) => becomes(scene, person, "REFUNDED"));
  },
  check: async ({ stage, people }) => {
    const rows = await stage.sql<{ id: string }>(
      "select t.gateway_order_id as id from payment_transactions t where t.payment_id = any($1::uuid[])",
      [people.map((person) => boughtBy(person).paymentId)],
    );
    const wrong: string[] = [];
    for (const { id } of rows) {
      const { refunds = [] } = await stage.control<{ refunds?: object[] }>("GET", `transactions/${id}`);
      if (refunds.length !== 1) wrong.push(`${id} was refunded ${refunds.length} times at the gateway`);
    }
    return wrong;
  },
};

/**
 * The gateway gives half of each status for a while, which no call repeats at once: what could not be applied is tried
 * again.
 */
export const applyingWithTrouble: Flow = {
  ...paying,
  passings: once,
  prepare: async (scene) => {
    await each(scene, buy);
    await fault(scene, "midtrans.status", "half", 2 * scene.people.length);
  },
  act: (scene) =>
    each(scene, async (person) => {
      await payOnPage(person);
      await becomes(scene, person, "PAID");
    }),
};

export const refusingMails: Flow = {
  ...paying,
  prepare: async ({ stage }) => {
    stage.mails.mood = "refusesRecipient";
  },
  onDeath: async ({ stage }) => {
    stage.mails.mood = "takes";
  },
};

/** The gateway tells of money under an id that no page had; ends when that is set aside for a person. */
async function sendMoneyFor({ stage }: Scene, id: string): Promise<void> {
  const news = { transaction_status: "settlement", gross_amount: 50_000, force: true };
  await stage.control("POST", `transactions/${encodeURIComponent(id)}`, news);
  await until("news set aside", async () => {
    const [row] = await stage.sql(
      "select from payment_notifications where gateway_order_id = $1 and state = 'PARKED'",
      [id],
    );
    return row;
  });
}

const strayIdOf = ({ client }: Person) => `STRAY-${client.id}`;

/** Money that belongs to no payment of the shop's: a person is told, once. */
export const receivingStray: Flow = {
  victim: "worker",
  passings: eachOf,
  act: (scene) => each(scene, (person) => sendMoneyFor(scene, strayIdOf(person))),
  ending: null,
  check: async ({ stage, people }) => {
    const rows = await stage.sql<{ subject: string; cases: number; alerts: string[]; posted: string[] }>(
      `select s as subject,
              (select count(*)::integer from money_cases c where c.subject = s and c.kind = 'UNMATCHED') as cases,
              array(select kind from alerts a where a.subject = s order by kind) as alerts,
              array(select id::text from alerts a where a.subject = s) as posted
         from unnest($1::text[]) as s`,
      [people.map(strayIdOf)],
    );
    return rows.flatMap(({ subject, cases, alerts, posted }) => [
      ...(cases === 1 ? [] : [`${subject} has ${cases} cases`]),
      ...(alerts.join() === "MONEY_CASE_UNMATCHED,NOTIFICATION_PARKED" ? [] : [`${subject} has alerts ${alerts}`]),
      ...posted.filter((id) => !stage.posted.includes(id)).map((id) => `alert ${id} of ${subject} was not posted`),
    ]);
  },
};

const oddIdOf = ({ client }: Person) => `ODD ${client.id}`;

/** Signed news of an id that the gateway cannot be asked about: a person is told, once, and nothing is dropped. */
export const receivingOddities: Flow = {
  victim: "worker",
  passings: eachOf,
  act: (scene) => each(scene, (person) => sendMoneyFor(scene, oddIdOf(person))),
  ending: null,
  check: async ({ stage, people }) => {
    const [row] = await stage.sql<{ kept: number; parked: number; alerts: number }>(
      `select (select count(*)::integer from payment_notifications
                where gateway_order_id = any($1::text[]) and state = 'PARKED') as kept,
              (select count(*)::integer from outbox_messages
                where key = any($1::text[]) and parked_at is not null) as parked,
              (select count(*)::integer from alerts
                where kind = 'NOTIFICATION_PARKED' and subject = any($1::text[])) as alerts`,
      [people.map(oddIdOf)],
    );
    const isRight = [row?.kept, row?.parked, row?.alerts].every((count) => count === people.length);
    return isRight ? [] : [`${row?.kept} notifications and ${row?.parked} jobs are parked with ${row?.alerts} alerts`];
  },
};

const KINDS_OF_PURGES = 7;

export const purging: Flow = {
  victim: "worker",
  passings: () => KINDS_OF_PURGES,
  isPassedAtStart: true,
  prepare: async ({ stage, people }) => {
    await stage.sql(
      `insert into idempotency_keys (user_id, operation, key, input_hash, result, created_at)
       select id, 'checkout', 'long-ago', 'x', '{}', now() - interval '31 days' from unnest($1::uuid[]) as id`,
      [people.map(({ client }) => client.id)],
    );
  },
  act: async ({ stage }) => {
    await until("old keys gone", async () => {
      const [row] = await stage.sql<{ left: number }>(
        "select count(*)::integer as left from idempotency_keys where key = 'long-ago'",
      );
      return row?.left === 0;
    });
  },
  ending: null,
};
