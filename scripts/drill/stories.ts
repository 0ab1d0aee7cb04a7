import { METHOD_STORIES } from "./methodStories.ts";
import { MONTHLY_STORIES } from "./monthlyStories.ts";
import { PAGE_STORIES } from "./pageStories.ts";
import { PARCEL_STORIES } from "./parcelStories.ts";
import { REFUND_STORIES } from "./refundStories.ts";
import type { Scene } from "./scene.ts";
import { STAFF_STORIES } from "./staffStories.ts";
import type { Story } from "./story.ts";
import type { ShopperBook } from "./told.ts";

/** All stories of a fault day. A part of the shop adds its own list here. */
const STORIES: readonly Story[] = [
  ...PAGE_STORIES,
  ...METHOD_STORIES,
  ...STAFF_STORIES,
  ...MONTHLY_STORIES,
  ...PARCEL_STORIES,
  ...REFUND_STORIES,
];
const WEIGHED = STORIES.map((story) => [story, story.weight] as const);

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
  const story = scene.chance.weighted(WEIGHED);
  const book: ShopperBook = {
    n,
    story: story.name,
    userId: story.customer?.(scene) ?? scene.chance.pick(scene.floor.customers),
    key: `drill-${String(n).padStart(6, "0")}`,
    lines: linesOf(scene),
    checkout: null,
    refusal: null,
    paid: [],
    paidLate: [],
    toldPaid: false,
    cancelled: [],
    toldRefunded: [],
    decided: [],
    transferred: [],
    dashboard: [],
    unanswered: [],
    subscription: null,
  };
  return { book, play: () => story.play(scene, book) };
}
