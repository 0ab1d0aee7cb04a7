import { type Bought, type Client, checkout, choose, pageOf, pay, until } from "./killClient.ts";
import type { KillStage, Victim } from "./killStage.ts";

/** How a purchase ends: LATE is money for an order that was over. */
export type Ending = "PAID" | "CANCELLED" | "EXPIRED" | "LATE";

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
  /** What else must be so, each a sentence of what is wrong. */
  check?(scene: Scene): Promise<string[]>;
}

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

/** Waits for the payment's status as the database has it: the answer is not the one that is tested. */
export const becomes = ({ stage }: Scene, person: Person, status: string): Promise<unknown> =>
  until(`payment ${status}`, async () => {
    const [row] = await stage.sql<{ status: string }>("select status from payments where id = $1", [
      boughtBy(person).paymentId,
    ]);
    return row?.status === status;
  });

export const fault = ({ stage }: Scene, target: string, kind: string, times: number) =>
  stage.control("POST", "faults", { target, kind, times });

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
