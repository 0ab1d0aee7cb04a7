import {
  type Account,
  type Asker,
  type Bought,
  type Client,
  checkout,
  choose,
  createAsker,
  numberOf,
  pageOf,
  pay,
  start,
  until,
} from "./killClient.ts";
import type { KillStage, Victim } from "./killStage.ts";

/**
 * How a purchase ends: LATE is money for an order that was over, REPAID a wrong sum that goes back before the right one
 * comes.
 */
export type Ending = "PAID" | "CANCELLED" | "EXPIRED" | "LATE" | "REPAID";

export interface Person {
  readonly client: Client;
  bought: Bought | null;
  page: string;
}

export interface Scene {
  readonly stage: KillStage;
  readonly people: readonly Person[];
}

export interface Flow {
  readonly victim: Victim;
  /** Left out: buying and paying. */
  readonly part?: "shipping" | "tracking";
  /** How often the point may be passed when this many people act at once; less where one run serves several. */
  passings(people: number): number;
  /** What has happened before; nothing is killed yet. */
  prepare?(scene: Scene): Promise<void>;
  /** True: it is passed by a process that starts, so the victim is ended before and begun by the runner. */
  readonly isPassedAtStart?: true;
  /** Goes on over the death of the process, to the end that the people wait for. */
  act(scene: Scene): Promise<void>;
  /** Before the process comes back. */
  onDeath?(scene: Scene): Promise<void>;
  /** How every purchase ended; null: nobody bought. */
  readonly ending: Ending | null;
  /** Of an ending that is null: whether what was bought has left the shelf all the same. */
  readonly isSold?: boolean;
  /** What else must be so, each a sentence of what is wrong. */
  check?(scene: Scene): Promise<string[]>;
}

/** Methods that a customer tries before he goes away. */
const TRIES_MAX = 3;

export const eachOf = (people: number) => people;
export const once = () => 1;
export const each = async (scene: Scene, act: (person: Person) => Promise<unknown>): Promise<void> => {
  await Promise.all(scene.people.map(act));
};

export const boughtBy = ({ bought }: Person): Bought => {
  if (!bought) throw new Error("nothing was bought");
  return bought;
};
export const paymentIds = ({ people }: Scene): string[] => people.map((person) => boughtBy(person).paymentId);

export async function buy(person: Person): Promise<void> {
  person.bought = await checkout(person.client, "SNAP");
  person.page = await pageOf(person.client, person.bought.paymentId);
}

export async function payOnPage(person: Person): Promise<void> {
  await choose(person.client, person.page);
  await pay(person.page);
}

/** Moves what the gateway has of an order id, as the customer or his bank does. */
export const move = ({ stage }: Scene, orderId: string, body: object) =>
  stage.control("POST", `transactions/${orderId}`, body);

/** Pays by the number or code that is shown; where a try was given up, the customer chooses another method. */
export async function payByNumber(scene: Scene, person: Person): Promise<void> {
  const { paymentId } = boughtBy(person);
  let orderId = await numberOf(person.client, paymentId);
  for (let tries = 1; orderId === null && tries <= TRIES_MAX; tries++) {
    await start(person.client, paymentId, "VA_BRI");
    orderId = await numberOf(person.client, paymentId);
  }
  if (orderId === null) throw new Error("no method gives anything to pay by");
  await move(scene, orderId, { transaction_status: "settlement" });
  await becomes(scene, person, "PAID");
}

/** Somebody of the staff. */
export async function staffOf({ stage }: Scene): Promise<Asker> {
  const [account] = await stage.accounts(1, "STAFF");
  return createAsker(stage.shop.apiUrls[0] as string, account as Account);
}

/** Waits for the payment's status as the database has it: the answer is not the one that is tested. */
export const becomes = ({ stage }: Scene, person: Person, status: string): Promise<unknown> =>
  until(`payment ${status}`, async () => {
    const [row] = await stage.sql<{ status: string }>("select status from payments where id = $1", [
      boughtBy(person).paymentId,
    ]);
    return row?.status === status;
  });

export async function fault({ stage }: Scene, target: string, kind: string, times: number): Promise<void> {
  await stage.control("POST", "faults", { target, kind, times });
}

/** The gateway sends no word of it: neither of the choice nor of the payment. */
export async function payUnnoticed(scene: Scene): Promise<void> {
  await fault(scene, "midtrans.notification", "none", 2 * scene.people.length);
  await each(scene, payOnPage);
}

/** Waits until the gateway's words about all of them have been stored, and nothing of them is left to be done. */
export const settled = (scene: Scene) =>
  until("notifications applied", async () => {
    const [row] = await scene.stage.sql<{ done: number }>(
      `select count(distinct t.payment_id)::integer as done
         from payment_transactions t join payment_notifications n on n.gateway_order_id = t.gateway_order_id
        where t.payment_id = any($1::uuid[]) and n.state in ('APPLIED', 'SAME')`,
      [paymentIds(scene)],
    );
    return row?.done === scene.people.length;
  });

/** The payments' window ended this long ago, in seconds. */
export async function endWindows({ stage, people }: Scene, secondsAgo: number): Promise<void> {
  const ids = people.map((person) => boughtBy(person).paymentId);
  await stage.sql("update payments set expires_at = now() - make_interval(secs => $2) where id = any($1::uuid[])", [
    ids,
    secondsAgo,
  ]);
  await stage.sql(
    `update outbox_messages set due_at = now() - make_interval(secs => $2)
      where handler = 'endPaymentWindow' and key = any($1::text[]) and done_at is null`,
    [ids, secondsAgo],
  );
}

export const pollNow = async (scene: Scene): Promise<void> => {
  await scene.stage.sql("update payment_transactions set next_poll_at = now() where payment_id = any($1::uuid[])", [
    paymentIds(scene),
  ]);
};
