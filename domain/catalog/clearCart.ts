import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import { shopperOf } from "./cart.access.ts";
import { type CartView, readCart } from "./cart.queries.ts";
import { emptyCart } from "./emptyCart.ts";

/** Empties the caller's cart. A second run finds it empty. @throws Refusal UNAUTHENTICATED, FORBIDDEN */
export async function clearCart(app: Pick<App, "db" | "clock" | "ids">, actor: Actor): Promise<CartView> {
  const userId = shopperOf(actor);
  await inTransaction(app.db, (tx) => emptyCart(tx, userId, app.clock.now(), "cleared"));
  return readCart(app, actor);
}
