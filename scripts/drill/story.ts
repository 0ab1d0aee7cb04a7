import type { Scene } from "./scene.ts";
import { buy, findWay, follow } from "./shopper.ts";
import type { CheckoutTold, ShopperBook } from "./told.ts";

/** What somebody comes for, and what then happens. All that he is told stands in his book. */
export interface Story {
  readonly name: string;
  /** How often it happens, beside the others. */
  readonly weight: number;
  /** Who it happens to; anybody unless said. */
  customer?(scene: Scene): string;
  play(scene: Scene, book: ShopperBook): Promise<void>;
}

/** What happens after somebody has bought and sees what to pay by: the gateway's order id of it. */
export type AfterBuying = (scene: Scene, book: ShopperBook, way: string, checkout: CheckoutTold) => Promise<unknown>;

/** Waits to be told of money that the gateway has taken. */
export async function untilTold(scene: Scene, book: ShopperBook): Promise<void> {
  if (book.paid.length > 0 && !book.toldPaid) await follow(scene, book, scene.now());
}

/** A story that begins with a checkout by a method; several: by chance. It ends early where the shop says no. */
export const buying =
  (methods: string | readonly string[], then: AfterBuying): Story["play"] =>
  async (scene, book) => {
    const method = typeof methods === "string" ? methods : scene.chance.pick(methods);
    const checkout = await buy(scene, book, method);
    const way = checkout && (await findWay(scene, book, checkout));
    if (!checkout || !way) return;
    await then(scene, book, way, checkout);
    await untilTold(scene, book);
  };
