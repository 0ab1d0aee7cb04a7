import { choose } from "./methodStories.ts";
import { askAsStaff, insist, type Scene } from "./scene.ts";
import { findWay, isToBeAskedAgain, look, move } from "./shopper.ts";
import { type AfterBuying, buying, type Story } from "./story.ts";
import type { ShopperBook } from "./told.ts";

const CHALLENGE = { transaction_status: "challenge" };

/** Waits until the shop knows it. @returns the status that it has instead, where it is over */
const untilHeld = (scene: Scene, book: ShopperBook): Promise<string | null> =>
  insist(scene, async () => {
    const seen = await look(scene, book, book.checkout?.paymentId ?? "");
    return seen && seen.status !== "PENDING" ? seen.status : null;
  });

/** Held as the customer pays, and known as that to the shop; where nobody waits for so long, nobody answers either. */
async function isHeld(scene: Scene, book: ShopperBook, page: string): Promise<boolean> {
  book.unanswered.push(page);
  await move(scene, book, page, CHALLENGE);
  return (await untilHeld(scene, book)) === "CHALLENGED";
}

/** Staff gives the answer until the shop has taken it, or says no. */
async function answer(scene: Scene, book: ShopperBook, what: "acceptChallenge" | "denyChallenge"): Promise<void> {
  const query = `mutation Drill($id: ID!) { ${what}(paymentId: $id) { id status } }`;
  const variables = { id: book.checkout?.paymentId };
  await insist(scene, async () => {
    const { code } = await askAsStaff(scene, { query, variables });
    return isToBeAskedAgain(code) ? null : code;
  });
}

const isLetThrough: AfterBuying = async (scene, book, page) => {
  if (!(await isHeld(scene, book, page))) return;
  await answer(scene, book, "acceptChallenge");
  // Nothing moves here: the sandbox only says what it holds now.
  await move(scene, book, page, { transaction_status: "capture", fraud_status: "accept" });
};

const isRefusedAndPaysOtherwise: AfterBuying = async (scene, book, page, checkout) => {
  if (!(await isHeld(scene, book, page))) return;
  await answer(scene, book, "denyChallenge");
  if (!(await choose(scene, book, checkout, "VA_BRI"))) return;
  const way = await findWay(scene, book, checkout, page);
  if (way) await move(scene, book, way, { transaction_status: "settlement" });
};

const isForgotten: AfterBuying = async (scene, book, page) => {
  book.unanswered.push(page);
  await move(scene, book, page, CHALLENGE);
};

/** What people of the shop decide. */
export const STAFF_STORIES: readonly Story[] = [
  { name: "is held, and let through by staff", weight: 4, play: buying("SNAP", isLetThrough) },
  { name: "is held and refused by staff, pays otherwise", weight: 3, play: buying("SNAP", isRefusedAndPaysOtherwise) },
  { name: "is held, and nobody answers", weight: 2, play: buying("SNAP", isForgotten) },
];
