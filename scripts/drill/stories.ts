import type { Scene } from "./scene.ts";
import { buy, cancel, findPage, follow, move, send } from "./shopper.ts";
import type { CheckoutTold, ShopperBook } from "./told.ts";

/** What happens after somebody has bought and sees the page to pay on. */
type Story = (scene: Scene, book: ShopperBook, page: string, checkout: CheckoutTold) => Promise<unknown>;

const SETTLE = { transaction_status: "settlement" };
const NUMBER_OF_A_BANK = { transaction_status: "pending", method: "bca_va" };

const paysAtOnce: Story = (scene, book, page) => move(scene, book, page, SETTLE);

/** No notification is sent: the shop must ask by itself. */
const paysUnheard: Story = (scene, book, page) => move(scene, book, page, { ...SETTLE, notify: false });

const isDeniedThenPays: Story = async (scene, book, page) => {
  await move(scene, book, page, { transaction_status: "deny", method: "credit_card" });
  await move(scene, book, page, { ...SETTLE, new: true });
};

const isReviewedAndAccepted: Story = async (scene, book, page) => {
  await move(scene, book, page, { transaction_status: "challenge" });
  await move(scene, book, page, { transaction_status: "capture", fraud_status: "accept" });
};

const isReviewedAndDenied: Story = async (scene, book, page) => {
  await move(scene, book, page, { transaction_status: "challenge" });
  await move(scene, book, page, { transaction_status: "deny" });
};

/** The same news several times at once. */
const isToldTwice: Story = async (scene, book, page) => {
  await Promise.all([move(scene, book, page, SETTLE), send(scene, page, { copies: 2 })]);
  await send(scene, page, { copies: 4 });
};

/** Old news after new. */
const isToldOutOfOrder: Story = async (scene, book, page) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await move(scene, book, page, SETTLE);
  await send(scene, page, { transaction_status: "pending" });
  await send(scene, page, { transaction_status: "expire" });
};

/** Somebody else says that it was paid: with no signature of the gateway's, and with one of an older message. */
const isForged: Story = async (scene, book, page) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await send(scene, page, { tamper: { transaction_status: "settlement", signature_key: "0".repeat(128) } });
  await send(scene, page, { tamper: { transaction_status: "settlement" } });
};

const expires: Story = async (scene, book, page) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await move(scene, book, page, { transaction_status: "expire" });
};

const leaves: Story = async () => undefined;

const cancels: Story = (scene, book, _page, checkout) => cancel(scene, book, checkout);

const paysWhileHeCancels: Story = (scene, book, page, checkout) =>
  Promise.all([move(scene, book, page, SETTLE), cancel(scene, book, checkout)]);

const cancelsAndPaysAllTheSame: Story = async (scene, book, page, checkout) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await cancel(scene, book, checkout);
  book.paidLate.push(page);
  await move(scene, book, page, { ...SETTLE, force: true });
};

/** Each with how often it happens, in a hundred. */
const STORIES: readonly (readonly [Readonly<{ name: string; play: Story }>, number])[] = [
  [{ name: "pays at once", play: paysAtOnce }, 38],
  [{ name: "pays, and no notification comes", play: paysUnheard }, 6],
  [{ name: "is denied, then pays", play: isDeniedThenPays }, 10],
  [{ name: "is reviewed and accepted", play: isReviewedAndAccepted }, 5],
  [{ name: "is reviewed and denied", play: isReviewedAndDenied }, 2],
  [{ name: "is told twice", play: isToldTwice }, 8],
  [{ name: "is told out of order", play: isToldOutOfOrder }, 7],
  [{ name: "is forged", play: isForged }, 5],
  [{ name: "lets his number expire", play: expires }, 3],
  [{ name: "leaves the page", play: leaves }, 4],
  [{ name: "cancels", play: cancels }, 6],
  [{ name: "pays while he cancels", play: paysWhileHeCancels }, 4],
  [{ name: "cancels and pays all the same", play: cancelsAndPaysAllTheSame }, 2],
];

/** Most lines of one checkout, and most pieces of one line. */
const LINES_MAX = 3;
const PIECES_MAX = 4;

function linesOf({ chance, floor }: Scene): ShopperBook["lines"] {
  const stores = chance.next() < 0.3 ? floor.goods : [chance.pick(floor.goods)];
  const goods = stores.flatMap((shelf) =>
    Array.from({ length: 1 + chance.whole(LINES_MAX) }, () => chance.pick(shelf)),
  );
  const ids = [...new Set(goods.map(({ productId }) => productId))];
  return ids.map((productId) => ({ productId, quantity: 1 + chance.whole(PIECES_MAX) }));
}

/** Decides who comes and what for, all by the scene's chance. */
export function comeIn(scene: Scene, n: number): { readonly book: ShopperBook; play(): Promise<void> } {
  const story = scene.chance.weighted(STORIES);
  const book: ShopperBook = {
    n,
    story: story.name,
    userId: scene.chance.pick(scene.floor.customers),
    key: `drill-${String(n).padStart(6, "0")}`,
    lines: linesOf(scene),
    checkout: null,
    refusal: null,
    paid: [],
    paidLate: [],
    toldPaid: false,
    toldCancelled: false,
  };
  const play = async () => {
    const checkout = await buy(scene, book);
    const page = checkout && (await findPage(scene, book, checkout));
    if (!checkout || !page) return;
    await story.play(scene, book, page, checkout);
    if (book.paid.length > 0 && !book.toldPaid) await follow(scene, book, scene.now());
  };
  return { book, play };
}
