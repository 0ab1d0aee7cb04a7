import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput } from "../kernel/errors.ts";
import { type Id, isId, type ProductId, type UserId } from "../kernel/ids.ts";
import { shopperOf } from "./cart.access.ts";
import { type CartView, readCart } from "./cart.queries.ts";
import { LINES_MAX, outOfStock, productNotFound, QUANTITY_MAX } from "./stock.rules.ts";

type CartApp = Pick<App, "db" | "clock" | "ids">;

/** Locks the user's cart, made where there is none: one change at a time, so that its lines can be counted. */
async function lockCart(tx: Tx, app: CartApp, userId: UserId, now: Date): Promise<Id<"cart">> {
  const [cart] = await tx.sql<{ id: Id<"cart"> }>(
    `insert into carts (id, user_id, updated_at) values ($1, $2, $3)
     on conflict (user_id) do update set updated_at = excluded.updated_at returning id`,
    [app.ids.next<"cart">(), userId, now],
  );
  if (!cart) throw new Error("a cart could be neither made nor locked");
  return cart.id;
}

/** @throws Refusal NOT_FOUND, OUT_OF_STOCK (productId, available) */
async function requireOnShelf(tx: Tx, productId: ProductId, quantity: number): Promise<void> {
  const [shelf] = await tx.sql<{ stock: number }>(
    `select p.stock from products p join stores s on s.id = p.store_id
      where p.id = $1 and p.is_active and s.is_active`,
    [productId],
  );
  if (!shelf) throw productNotFound(productId);
  if (shelf.stock < quantity) throw outOfStock(productId, shelf.stock);
}

/**
 * Sets how many pieces of a product are in the caller's cart; 0 takes it out, also one that is no longer sold. Nothing
 * is reserved: stock is taken at the checkout. A second run is harmless: it sets the same number.
 *
 * @throws Refusal INVALID_INPUT for a quantity that is not 0 to 999 or one line too many, NOT_FOUND for a product that
 * is not on sale, OUT_OF_STOCK (productId, available), UNAUTHENTICATED, FORBIDDEN
 */
export async function setCartItem(
  app: CartApp,
  actor: Actor,
  line: { readonly productId: string; readonly quantity: number },
): Promise<CartView> {
  const userId = shopperOf(actor);
  const { quantity } = line;
  if (!Number.isInteger(quantity) || quantity < 0 || quantity > QUANTITY_MAX) {
    throw invalidInput({ quantity: `0 to ${QUANTITY_MAX}` });
  }
  if (!isId(line.productId)) throw productNotFound(line.productId);
  const productId = line.productId as ProductId;
  const now = app.clock.now();
  await inTransaction(app.db, async (tx) => {
    const cartId = await lockCart(tx, app, userId, now);
    if (quantity === 0) {
      await tx.sql("delete from cart_items where cart_id = $1 and product_id = $2", [cartId, productId]);
      return;
    }
    await requireOnShelf(tx, productId, quantity);
    await tx.sql(
      `insert into cart_items (id, cart_id, product_id, quantity, added_at) values ($1, $2, $3, $4, $5)
       on conflict (cart_id, product_id) do update set quantity = excluded.quantity`,
      [app.ids.next<"cartItem">(), cartId, productId, quantity, now],
    );
    const [row] = await tx.sql<{ lines: number }>("select count(*) as lines from cart_items where cart_id = $1", [
      cartId,
    ]);
    if ((row?.lines ?? 0) > LINES_MAX) throw invalidInput({ productId: `a cart holds at most ${LINES_MAX} products` });
  });
  return readCart(app, actor);
}
