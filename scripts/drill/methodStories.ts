import { METHODS } from "../../domain/payment/methods.rules.ts";
import { askSandbox, askShop, insist, type Scene } from "./scene.ts";
import { buy, cancel, findWay, isToBeAskedAgain, look, move } from "./shopper.ts";
import { type AfterBuying, buying, type Story, untilTold } from "./story.ts";
import { type CheckoutTold, isBroken, type ShopperBook } from "./told.ts";

/** The methods that the shop charges itself and shows a number, a code or a picture of. */
const CHARGED = METHODS.flatMap(({ method, charge }) => (charge && method !== "SAVED_CARD" ? [method] : []));
const SETTLE = { transaction_status: "settlement" };

const RENEW = "mutation Drill($id: ID!) { renewPaymentToken(paymentId: $id) { paymentToken } }";
const START = "mutation Drill($input: StartPaymentInput!) { startPayment(input: $input) { id } }";

/** Chooses a method in the shop, with the same key and token until there is an answer. @returns false: it said no */
export async function choose(
  scene: Scene,
  book: ShopperBook,
  { paymentId }: CheckoutTold,
  method: string,
  savedCardToken: string | null = null,
): Promise<boolean> {
  const renew = { query: RENEW, variables: { id: paymentId } };
  type Renewed = { renewPaymentToken: { paymentToken: string } };
  const token = await insist(scene, async () => {
    const { code, data } = await askShop<Renewed>(scene, "start", book.userId, renew);
    if (isToBeAskedAgain(code)) return null;
    return data?.renewPaymentToken.paymentToken ?? "";
  });
  if (!token) return false; // it is over, or paid
  const idempotencyKey = `${book.key}-${method}`;
  const input = { paymentId, method, savedCardToken, paymentToken: token, idempotencyKey };
  const said = await insist(scene, async () => {
    const { code } = await askShop(scene, "start", book.userId, { query: START, variables: { input } });
    return isToBeAskedAgain(code) ? null : code;
  });
  return said === "OK";
}

const paysByNumber: AfterBuying = (scene, book, way) => move(scene, book, way, SETTLE);

const paysUnheard: AfterBuying = (scene, book, way) => move(scene, book, way, { ...SETTLE, notify: false });

const leaves: AfterBuying = async () => undefined;

const expires: AfterBuying = (scene, book, way) => move(scene, book, way, { transaction_status: "expire" });

const paysWhileHeCancels: AfterBuying = (scene, book, way, checkout) =>
  Promise.all([move(scene, book, way, SETTLE), cancel(scene, book, checkout)]);

/** Another method, and what is shown of it; null where there will be none. */
async function switches(scene: Scene, book: ShopperBook, way: string, checkout: CheckoutTold): Promise<string | null> {
  const seen = await look(scene, book, checkout.paymentId);
  if (seen?.status !== "PENDING") return null;
  const others = CHARGED.filter((method) => method !== seen.currentTransaction?.method);
  if (!(await choose(scene, book, checkout, scene.chance.pick(others)))) return null;
  return findWay(scene, book, checkout, way);
}

const switchesAndPays: AfterBuying = async (scene, book, way, checkout) => {
  const next = await switches(scene, book, way, checkout);
  if (next) await move(scene, book, next, SETTLE);
};

/** The number of the first method is paid although another one was chosen since. */
const switchesAndPaysTheOld: AfterBuying = async (scene, book, way, checkout) => {
  const next = await switches(scene, book, way, checkout);
  if (!next) return;
  book.paidLate.push(way);
  await move(scene, book, way, { ...SETTLE, force: true });
};

/** Pays by both: one of them goes back. */
const paysTwice: AfterBuying = async (scene, book, way, checkout) => {
  const next = await switches(scene, book, way, checkout);
  if (!next) return;
  book.paidLate.push(way);
  await Promise.all([move(scene, book, next, SETTLE), move(scene, book, way, { ...SETTLE, force: true })]);
};

interface Charged {
  readonly transaction_status: string | null;
  readonly amount?: number;
}

/** What the gateway says of a card that was charged without a page. */
async function noteCharge(scene: Scene, book: ShopperBook, orderId: string): Promise<void> {
  const seen = await insist(scene, async () => {
    const { code, data } = await askSandbox<Charged>(scene, "GET", `transactions/${orderId}`);
    if (isBroken(code)) return null;
    return code === "OK" && data ? data : { transaction_status: null };
  });
  const isTaken = seen?.transaction_status === "capture" || seen?.transaction_status === "settlement";
  if (isTaken) book.paid.push({ gatewayOrderId: orderId, amount: seen.amount ?? 0 });
}

/** A card that the gateway keeps is charged at once, without a page. */
const paysBySavedCard: Story["play"] = async (scene, book) => {
  const checkout = await buy(scene, book, null);
  const card = scene.floor.cards.find(({ userId }) => userId === book.userId);
  if (!checkout || !card || !(await choose(scene, book, checkout, "CREDIT_CARD", card.cardId))) return;
  const way = await insist(scene, async () => {
    const live = (await look(scene, book, checkout.paymentId))?.currentTransaction;
    return live && live.state !== "STARTING" && live.state !== "UNKNOWN" ? live.gatewayOrderId : null;
  });
  if (!way) return;
  await noteCharge(scene, book, way);
  await untilTold(scene, book);
};

/** What happens with the methods that the shop charges itself. */
export const METHOD_STORIES: readonly Story[] = [
  { name: "pays by a number or code", weight: 26, play: buying(CHARGED, paysByNumber) },
  { name: "pays by it, and no notification comes", weight: 4, play: buying(CHARGED, paysUnheard) },
  { name: "leaves his number", weight: 2, play: buying(CHARGED, leaves) },
  { name: "lets the number of a method expire", weight: 2, play: buying(CHARGED, expires) },
  { name: "pays by it while he cancels", weight: 2, play: buying(CHARGED, paysWhileHeCancels) },
  { name: "takes another method", weight: 6, play: buying(CHARGED, switchesAndPays) },
  { name: "takes another method and pays the old number", weight: 2, play: buying(CHARGED, switchesAndPaysTheOld) },
  { name: "pays by both methods", weight: 2, play: buying(CHARGED, paysTwice) },
  {
    name: "pays by a saved card",
    weight: 6,
    customer: ({ chance, floor }) => chance.pick(floor.cards).userId,
    play: paysBySavedCard,
  },
];
