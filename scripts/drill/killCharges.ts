import { setTimeout as delay } from "node:timers/promises";
import { checkout, numberOf, start, sync, until } from "./killClient.ts";
import { letCallsEnd } from "./killStage.ts";
import {
  becomes,
  boughtBy,
  buy,
  each,
  eachOf,
  type Flow,
  fault,
  type Person,
  payByNumber,
  paymentIds,
  type Scene,
} from "./killSteps.ts";

/** What these are paid by is in the answer of the charge alone: a status does not repeat it. */
const TOLD_ONCE = ["QRIS", "GOPAY", "SHOPEEPAY"] as const;
const toldOnce = (scene: Scene, person: Person): string =>
  TOLD_ONCE[scene.people.indexOf(person) % TOLD_ONCE.length] as string;

const chargeBy = async (person: Person, method: string | null = person.client.charged): Promise<void> => {
  person.bought = await checkout(person.client, method);
};

export const chargingAtApi: Flow = {
  victim: "api",
  passings: eachOf,
  act: (scene) =>
    each(scene, async (person) => {
      await chargeBy(person);
      await payByNumber(scene, person);
    }),
  ending: "PAID",
};

/** The gateway makes the number, and its answer is lost. */
export const chargingUnheard: Flow = {
  ...chargingAtApi,
  prepare: (scene) => fault(scene, "midtrans.charge", "reset_after", scene.people.length),
  act: (scene) =>
    each(scene, async (person) => {
      await chargeBy(person, toldOnce(scene, person));
      await payByNumber(scene, person);
    }),
};

/** The gateway remembers a key no longer than this at the stage's time scale, in ms. */
const KEY_FORGOTTEN_MS = 1_600;

/** The number lives at the gateway, and nobody can tell any more what it is paid by. */
export const becomingUnpayable: Flow = {
  ...chargingAtApi,
  victim: "worker",
  isPassedAtStart: true,
  prepare: async (scene) => {
    await scene.stage.shop.end("worker");
    await fault(scene, "midtrans.charge", "reset_after", scene.people.length);
    await fault(scene, "midtrans.status", "half", scene.people.length);
    await each(scene, (person) => chargeBy(person, toldOnce(scene, person)));
    await delay(KEY_FORGOTTEN_MS);
  },
  act: (scene) => each(scene, (person) => payByNumber(scene, person)),
};

/** Tries of which nobody knows whether they live. */
const unknown = (scene: Scene) =>
  until("tries in doubt", async () => {
    const rows = await scene.stage.sql(
      "select from payment_transactions where payment_id = any($1::uuid[]) and state = 'UNKNOWN'",
      [paymentIds(scene)],
    );
    return rows.length === scene.people.length;
  });

/** The charge never arrives, and is sent again when that is certain. */
export const chargingAgain: Flow = {
  ...chargingAtApi,
  victim: "worker",
  prepare: async (scene) => {
    await fault(scene, "midtrans.charge", "reset", scene.people.length);
    await each(scene, (person) => chargeBy(person));
    await unknown(scene);
  },
  act: async (scene) => {
    await letCallsEnd(scene.stage);
    await each(scene, (person) => payByNumber(scene, person));
  },
};

/** The gateway takes no more charges for a moment. */
export const chargingLater: Flow = {
  ...chargingAtApi,
  prepare: (scene) => fault(scene, "midtrans.charge", "429", scene.people.length),
  act: (scene) =>
    each(scene, async (person) => {
      await chargeBy(person);
      await letCallsEnd(scene.stage);
      await payByNumber(scene, person);
    }),
};

/** A saved card that the bank has withdrawn is refused for good, and another method is chosen. */
export const losingCard: Flow = {
  ...chargingAtApi,
  act: (scene) =>
    each(scene, async (person) => {
      const { stage } = scene;
      const card = await stage.card(person.client.id);
      await stage.control("POST", `cards/${card.token}`, { state: "invalid" });
      await chargeBy(person, null);
      await start(person.client, boughtBy(person).paymentId, "CREDIT_CARD", card.id);
      await payByNumber(scene, person);
    }),
  check: async ({ stage, people }) => {
    const told = await stage.sql<{ n: number }>(
      `select count(*)::integer as n from alerts a join payment_transactions t on t.gateway_order_id = a.subject
        join payments p on p.id = t.payment_id where a.kind = 'CHARGE_REFUSED' and p.user_id = any($1::uuid[])`,
      [people.map(({ client }) => client.id)],
    );
    return told[0]?.n === people.length ? [] : [`${told[0]?.n} refusals were told of, of ${people.length}`];
  },
};

/** How many ways there are at the gateway on which this payment could be paid now. */
async function waysToPay({ stage }: Scene, person: Person): Promise<number> {
  const rows = await stage.sql<{ id: string }>(
    "select gateway_order_id as id from payment_transactions where payment_id = $1",
    [boughtBy(person).paymentId],
  );
  let open = 0;
  for (const { id } of rows) {
    const { transactions } = await stage.transactionsOf(id);
    open += transactions.filter((each) => each.transaction_status === "pending").length;
  }
  return open;
}

const another = ({ charged }: Person["client"]): string => (charged === "VA_BNI" ? "QRIS" : "VA_BNI");

/** Another method is chosen while a number of the first one waits to be paid. */
export const switching: Flow = {
  ...chargingAtApi,
  prepare: (scene) =>
    each(scene, async (person) => {
      await chargeBy(person);
      await numberOf(person.client, boughtBy(person).paymentId);
    }),
  act: (scene) =>
    each(scene, async (person) => {
      const { paymentId } = boughtBy(person);
      await start(person.client, paymentId, another(person.client));
      await numberOf(person.client, paymentId);
      const open = await waysToPay(scene, person);
      if (open !== 1) throw new Error(`${open} numbers can be paid at once`);
      await payByNumber(scene, person);
    }),
};

/** A card that its owner lets the gateway keep. */
export const keepingCard: Flow = {
  victim: "worker",
  passings: eachOf,
  isPassedAtStart: true,
  prepare: async (scene) => {
    await each(scene, buy);
    await scene.stage.shop.end("worker");
    await each(scene, async (person) => {
      const form = new URLSearchParams({ outcome: "approve", save: "yes" });
      const page = await fetch(`${person.page}/card`, { method: "POST", body: form, redirect: "manual" });
      if (page.status !== 303) throw new Error(`the card is not taken: ${page.status}`);
      await sync(person.client, boughtBy(person).paymentId);
    });
  },
  act: (scene) =>
    each(scene, async (person) => {
      await becomes(scene, person, "PAID");
      await until("the card kept", async () => {
        const [row] = await scene.stage.sql<{ open: number }>(
          `select count(*)::integer as open from payment_transactions
            where payment_id = $1 and card_look_at is not null`,
          [boughtBy(person).paymentId],
        );
        return row?.open === 0;
      });
    }),
  // The lease of what the dead one had claimed is over.
  onDeath: async (scene) => {
    await scene.stage.sql(
      `update payment_transactions set card_look_at = now()
        where payment_id = any($1::uuid[]) and card_look_at > now()`,
      [paymentIds(scene)],
    );
  },
  ending: "PAID",
  check: async ({ stage, people }) => {
    const rows = await stage.sql<{ cards: number }>(
      "select (select count(*)::integer from saved_cards c where c.user_id = u) as cards from unnest($1::uuid[]) as u",
      [people.map(({ client }) => client.id)],
    );
    return rows.filter(({ cards }) => cards !== 1).map(({ cards }) => `${cards} cards are kept`);
  },
};
