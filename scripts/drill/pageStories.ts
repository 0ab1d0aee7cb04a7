import { cancel, move, send } from "./shopper.ts";
import { type AfterBuying, buying, type Story } from "./story.ts";

const SETTLE = { transaction_status: "settlement" };
const NUMBER_OF_A_BANK = { transaction_status: "pending", method: "bca_va" };

const paysAtOnce: AfterBuying = (scene, book, page) => move(scene, book, page, SETTLE);

/** No notification is sent: the shop must ask by itself. */
const paysUnheard: AfterBuying = (scene, book, page) => move(scene, book, page, { ...SETTLE, notify: false });

const isDeniedThenPays: AfterBuying = async (scene, book, page) => {
  await move(scene, book, page, { transaction_status: "deny", method: "credit_card" });
  await move(scene, book, page, { ...SETTLE, new: true });
};

const isReviewedAndAccepted: AfterBuying = async (scene, book, page) => {
  await move(scene, book, page, { transaction_status: "challenge" });
  await move(scene, book, page, { transaction_status: "capture", fraud_status: "accept" });
};

const isReviewedAndDenied: AfterBuying = async (scene, book, page) => {
  await move(scene, book, page, { transaction_status: "challenge" });
  await move(scene, book, page, { transaction_status: "deny" });
};

/** The same news several times at once. */
const isToldTwice: AfterBuying = async (scene, book, page) => {
  await Promise.all([move(scene, book, page, SETTLE), send(scene, page, { copies: 2 })]);
  await send(scene, page, { copies: 4 });
};

/** Old news after new. */
const isToldOutOfOrder: AfterBuying = async (scene, book, page) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await move(scene, book, page, SETTLE);
  await send(scene, page, { transaction_status: "pending" });
  await send(scene, page, { transaction_status: "expire" });
};

/** Somebody else says that it was paid: with no signature of the gateway's, and with one of an older message. */
const isForged: AfterBuying = async (scene, book, page) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await send(scene, page, { tamper: { transaction_status: "settlement", signature_key: "0".repeat(128) } });
  await send(scene, page, { tamper: { transaction_status: "settlement" } });
};

const expires: AfterBuying = async (scene, book, page) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await move(scene, book, page, { transaction_status: "expire" });
};

const leaves: AfterBuying = async () => undefined;

const cancels: AfterBuying = (scene, book, _page, checkout) => cancel(scene, book, checkout);

const paysWhileHeCancels: AfterBuying = (scene, book, page, checkout) =>
  Promise.all([move(scene, book, page, SETTLE), cancel(scene, book, checkout)]);

const cancelsAndPaysAllTheSame: AfterBuying = async (scene, book, page, checkout) => {
  await move(scene, book, page, NUMBER_OF_A_BANK);
  await cancel(scene, book, checkout);
  book.paidLate.push(page);
  await move(scene, book, page, { ...SETTLE, force: true });
};

/** What happens on the gateway's hosted page. */
export const PAGE_STORIES: readonly Story[] = [
  { name: "pays at once", weight: 38, play: buying("SNAP", paysAtOnce) },
  { name: "pays, and no notification comes", weight: 6, play: buying("SNAP", paysUnheard) },
  { name: "is denied, then pays", weight: 10, play: buying("SNAP", isDeniedThenPays) },
  { name: "is reviewed and accepted", weight: 5, play: buying("SNAP", isReviewedAndAccepted) },
  { name: "is reviewed and denied", weight: 2, play: buying("SNAP", isReviewedAndDenied) },
  { name: "is told twice", weight: 8, play: buying("SNAP", isToldTwice) },
  { name: "is told out of order", weight: 7, play: buying("SNAP", isToldOutOfOrder) },
  { name: "is forged", weight: 5, play: buying("SNAP", isForged) },
  { name: "lets his number expire", weight: 3, play: buying("SNAP", expires) },
  { name: "leaves the page", weight: 4, play: buying("SNAP", leaves) },
  { name: "cancels", weight: 6, play: buying("SNAP", cancels) },
  { name: "pays while he cancels", weight: 4, play: buying("SNAP", paysWhileHeCancels) },
  { name: "cancels and pays all the same", weight: 2, play: buying("SNAP", cancelsAndPaysAllTheSame) },
];
