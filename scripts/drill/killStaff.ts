import { start, until } from "./killClient.ts";
import {
  becomes,
  boughtBy,
  buy,
  each,
  eachOf,
  type Flow,
  move,
  type Person,
  payByNumber,
  payOnPage,
  type Scene,
  settled,
  staffOf,
} from "./killSteps.ts";
import { receivingStray } from "./killTroubles.ts";

async function orderIdOf({ stage }: Scene, person: Person): Promise<string> {
  const [row] = await stage.sql<{ id: string }>(
    "select gateway_order_id as id from payment_transactions where payment_id = $1 order by gateway_order_id limit 1",
    [boughtBy(person).paymentId],
  );
  return row?.id ?? "";
}

async function beChallenged(scene: Scene, person: Person): Promise<void> {
  await buy(person);
  await move(scene, await orderIdOf(scene, person), { transaction_status: "challenge" });
  await becomes(scene, person, "CHALLENGED");
}

const answer = async (scene: Scene, what: "acceptChallenge" | "denyChallenge"): Promise<void> => {
  const staff = await staffOf(scene);
  await each(scene, ({ bought }) =>
    staff.ask(what, `mutation A($id: ID!) { ${what}(paymentId: $id) { id } }`, { id: bought?.paymentId }),
  );
};

/** The gateway's screening holds a card, and staff lets it through. */
export const acceptingChallenge: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: (scene) => each(scene, (person) => beChallenged(scene, person)),
  act: async (scene) => {
    await answer(scene, "acceptChallenge");
    await each(scene, (person) => becomes(scene, person, "PAID"));
  },
  ending: "PAID",
};

/** Staff refuses it, and the customer pays by something else. */
export const denyingChallenge: Flow = {
  ...acceptingChallenge,
  act: async (scene) => {
    await answer(scene, "denyChallenge");
    await each(scene, async (person) => {
      await becomes(scene, person, "PENDING");
      await start(person.client, boughtBy(person).paymentId, "VA_BRI");
      await payByNumber(scene, person);
    });
  },
};

const RESOLVE = `mutation R($id: ID!, $action: String!, $note: String!) {
  resolveMoneyCase(id: $id, action: $action, note: $note) { id } }`;
const TAKE = "mutation T($id: ID!) { takeMoneyCase(id: $id) { id } }";

async function caseOf({ stage }: Scene, person: Person): Promise<string | undefined> {
  const [row] = await stage.sql<{ id: string }>("select id from money_cases where payment_id = $1", [
    boughtBy(person).paymentId,
  ]);
  return row?.id;
}

/** Less came than was asked for: staff has it sent back, and the customer pays all of it. */
export const endingCase: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: (scene) =>
    each(scene, async (person) => {
      await buy(person);
      const wrong = { transaction_status: "settlement", method: "bri_va", gross_amount: 12_000 };
      await move(scene, await orderIdOf(scene, person), wrong);
      await until("a case", () => caseOf(scene, person));
    }),
  act: async (scene) => {
    const staff = await staffOf(scene);
    await each(scene, async (person) => {
      const id = await caseOf(scene, person);
      await staff.ask("takeMoneyCase", TAKE, { id });
      await staff.ask("resolveMoneyCase", RESOLVE, { id, action: "REFUND", note: "sent back" });
      await start(person.client, boughtBy(person).paymentId, "VA_BRI");
      await payByNumber(scene, person);
    });
  },
  ending: "REPAID",
  check: async (scene) => {
    const rows = await scene.stage.sql<{ ends: number; owners: number; alerts: number }>(
      `select (select count(*)::integer from audit_logs a
                where a.entity_id = c.id::text and a.after->>'action' = 'REFUND') as ends,
              (select count(*)::integer from audit_logs a
                where a.entity_id = c.id::text and a.after->>'ownerId' is not null) as owners,
              (select count(*)::integer from alerts a
                where a.subject = c.subject and a.kind = 'MONEY_CASE_' || c.kind and a.cleared_at is null) as alerts
         from money_cases c where c.payment_id = any($1::uuid[])`,
      [scene.people.map((person) => boughtBy(person).paymentId)],
    );
    return rows.flatMap(({ ends, owners, alerts }) =>
      ends === 1 && owners === 1 && alerts === 0
        ? []
        : [`a case was taken ${owners} times and ended ${ends} times, ${alerts} alerts stand`],
    );
  },
};

const REPLAY = "mutation R($id: ID!) { replayNotification(id: $id) { id } }";

async function replayOf(scene: Scene, where: string, values: readonly string[]): Promise<void> {
  const staff = await staffOf(scene);
  const rows = await scene.stage.sql<{ id: string }>(`select id from payment_notifications where ${where}`, [values]);
  await Promise.all(rows.map(({ id }) => staff.ask("replayNotification", REPLAY, { id })));
}

/** What was applied is applied again, and changes nothing. */
export const replaying: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: async (scene) => {
    await each(scene, buy);
    await each(scene, payOnPage);
    await each(scene, (person) => becomes(scene, person, "PAID"));
    await settled(scene);
  },
  act: async (scene) => {
    const ids = await Promise.all(scene.people.map((person) => orderIdOf(scene, person)));
    await replayOf(scene, "gateway_order_id = any($1::text[]) and gateway_status = 'settlement'", ids);
  },
  ending: "PAID",
};

/** What belongs to nobody is looked at again, and is still one matter. */
export const replayingStray: Flow = {
  ...receivingStray,
  victim: "api",
  prepare: (scene) => receivingStray.act(scene),
  act: async (scene) => {
    const ids = scene.people.map(({ client }) => `STRAY-${client.id}`);
    await replayOf(scene, "gateway_order_id = any($1::text[]) and state = 'PARKED'", ids);
    await until("news set aside again", async () => {
      const rows = await scene.stage.sql(
        "select from payment_notifications where gateway_order_id = any($1::text[]) and state = 'PARKED'",
        [ids],
      );
      return rows.length >= ids.length;
    });
  },
};
