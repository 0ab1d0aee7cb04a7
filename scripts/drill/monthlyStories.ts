import { type Answered, askSandbox, askShop, insist, type Scene } from "./scene.ts";
import { isToBeAskedAgain } from "./shopper.ts";
import type { Story } from "./story.ts";
import { isBroken, type ShopperBook, type SubscriptionTold } from "./told.ts";

const CREATE = `mutation Drill($input: CreateSubscriptionInput!) {
  createSubscription(input: $input) { id number }
}`;
const CANCEL = "mutation Drill($id: ID!) { cancelSubscription(subscriptionId: $id) { id } }";
/** Months of a subscription that pass within a minute. */
const MONTHS = 3;

/** Orders a package by the month, with the same key until there is an answer. */
async function order(scene: Scene, book: ShopperBook): Promise<SubscriptionTold | null> {
  const { chance, floor } = scene;
  const card = floor.cards.find(({ userId }) => userId === book.userId);
  const input = {
    packageId: chance.pick(floor.packages),
    method: "CREDIT_CARD",
    savedCardId: card?.cardId,
    idempotencyKey: `${book.key}-monthly`,
  };
  await insist(scene, async () => {
    const { code, data } = await askShop<{ createSubscription: { id: string; number: string } }>(
      scene,
      "monthly",
      book.userId,
      { query: CREATE, variables: { input } },
    );
    // CONFLICT: he has one of this package already.
    if (code !== "CONFLICT" && isToBeAskedAgain(code)) return null;
    if (data) book.subscription = { ...data.createSubscription, taken: 0, toldCancelled: false };
    return code;
  });
  return book.subscription;
}

interface Remote {
  readonly id: string;
  readonly name: string;
  readonly transaction_ids: readonly string[];
}

const remoteOf = (scene: Scene, number: string): Promise<Remote | null> =>
  insist(scene, async () => {
    const { code, data } = await askSandbox<{ subscriptions: readonly Remote[] }>(scene, "GET", "subscriptions");
    return code !== "OK" ? null : (data?.subscriptions.find(({ name }) => name === number) ?? null);
  });

/** A month passes at the gateway: it charges by itself. What it then says it charged stands in the book. */
async function passMonth(scene: Scene, told: SubscriptionTold, remote: Remote, body: object): Promise<void> {
  await insist(scene, async () => {
    const answer: Answered<Remote> = await askSandbox(scene, "POST", `subscriptions/${remote.id}`, body);
    if (isBroken(answer.code)) return null;
    if (answer.code === "OK") told.taken = Math.max(told.taken, answer.data?.transaction_ids.length ?? 0);
    return answer.code;
  });
}

async function subscribe(scene: Scene, book: ShopperBook, body: object): Promise<SubscriptionTold | null> {
  const told = await order(scene, book);
  const remote = told && (await remoteOf(scene, told.number));
  if (!told || !remote) return null;
  for (let month = 1; month <= MONTHS; month++) await passMonth(scene, told, remote, { charge: "regular", ...body });
  return told;
}

const isChargedMonthly: Story["play"] = async (scene, book) => {
  await subscribe(scene, book, {});
};

/** A month fails, and is tried again. */
const isRetried: Story["play"] = async (scene, book) => {
  const told = await order(scene, book);
  const remote = told && (await remoteOf(scene, told.number));
  if (!told || !remote) return;
  await passMonth(scene, told, remote, { charge: "regular", fails: ["deny"] });
  await passMonth(scene, told, remote, { charge: "retry" });
};

const cancels: Story["play"] = async (scene, book) => {
  const told = await subscribe(scene, book, {});
  if (!told) return;
  await insist(scene, async () => {
    const operation = { query: CANCEL, variables: { id: told.id } };
    const { code } = await askShop(scene, "monthly", book.userId, operation);
    if (isToBeAskedAgain(code)) return null;
    told.toldCancelled = code === "OK";
    return code;
  });
};

const customer = ({ chance, floor }: Scene) => chance.pick(floor.cards).userId;

/** What happens month after month, in seconds. */
export const MONTHLY_STORIES: readonly Story[] = [
  { name: "is charged every month", weight: 3, customer, play: isChargedMonthly },
  { name: "is charged again after a month that failed", weight: 2, customer, play: isRetried },
  { name: "is charged every month, and cancels", weight: 2, customer, play: cancels },
];
