import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput } from "../kernel/errors.ts";
import { type Id, isId, type ProductId, type UserId } from "../kernel/ids.ts";
import { HOUR_MS, later } from "../kernel/time.ts";
import { shopperOf } from "./cart.access.ts";
import { type CartView, readCart } from "./cart.queries.ts";
import { logCart } from "./logCart.ts";
import { LINES_MAX, outOfStock, productNotFound, QUANTITY_MAX } from "./stock.rules.ts";

type CartApp = Pick<App, "db" | "clock" | "ids">;

interface LockedCart {
  readonly id: Id<"cart">;
  /** null: it is empty. */
  readonly startedAt: Date | null;
  /** When it was last counted as begun; null: never, or it was ordered since. */
  readonly countedAt: Date | null;
  /** When its last line was taken out; null: it is not empty, or was cleared. */
  readonly emptiedAt: Date | null;
}

/** Who takes out the last thing and puts in another goes on; what is begun later than this is a cart of its own. */
const SAME_CART_MS = 6 * HOUR_MS;

/** Locks the user's cart, made where there is none: one change at a time, so that its lines can be counted. */
async function lockCart(tx: Tx, app: CartApp, userId: UserId, now: Date): Promise<LockedCart> {
  const [cart] = await tx.sql<LockedCart>(
    `insert into carts (id, user_id, updated_at) values ($1, $2, $3)
     on conflict (user_id) do update set updated_at = excluded.updated_at
     returning id, started_at, counted_at, emptied_at`,
    [app.ids.next<"cart">(), userId, now],
  );
  if (!cart) throw new Error("a cart could be neither made nor locked");
  return cart;
}

/**
 * The first thing in an empty cart. It goes on where its last one has just been taken out; else what was said of the
 * cart before it is over. Counted once in so many hours, however often one is cleared, unless it was ordered.
 */
async function begin(tx: Tx, { id, countedAt, emptiedAt }: LockedCart, now: Date): Promise<void> {
  const since = later(now, -SAME_CART_MS);
  if (emptiedAt && emptiedAt > since) {
    await tx.sql("update carts set started_at = $2, emptied_at = null where id = $1", [id, now]);
    return;
  }
  const isCounted = countedAt !== null && countedAt > since;
  await tx.sql(
    `update carts set started_at = $2, emptied_at = null, abandoned_at = null, reminded_at = null,
                      counted_at = case when $3::boolean then counted_at else $2 end
      where id = $1`,
    [id, now, isCounted],
  );
  if (!isCounted) await logCart(tx, now, "STARTED", [id]);
}

/** Takes a product out; the cart may be empty then. */
async function takeOut(tx: Tx, cartId: Id<"cart">, productId: ProductId, now: Date): Promise<void> {
  await tx.sql("delete from cart_items where cart_id = $1 and product_id = $2", [cartId, productId]);
  await tx.sql(
    `update carts set started_at = null, emptied_at = $2
      where id = $1 and started_at is not null and not exists (select from cart_items where cart_id = $1)`,
    [cartId, now],
  );
}

/** @returns what it costs now, whole rupiah @throws Refusal NOT_FOUND, OUT_OF_STOCK (productId, available) */
async function requireOnShelf(tx: Tx, productId: ProductId, quantity: number): Promise<number> {
  const [shelf] = await tx.sql<{ stock: number; price: number }>(
    `select p.stock, p.price from products p join stores s on s.id = p.store_id
      where p.id = $1 and p.is_active and s.is_active`,
    [productId],
  );
  if (!shelf) throw productNotFound(productId);
  if (shelf.stock < quantity) throw outOfStock(productId, shelf.stock);
  return shelf.price;
}

/**
 * Sets how many pieces of a product are in the caller's cart; 0 takes it out, also one that is no longer sold. Nothing
 * is reserved: stock is taken at the checkout. The price that the customer sees now is remembered. A second run is
 * harmless: it sets the same number.
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
    const cart = await lockCart(tx, app, userId, now);
    const { id: cartId } = cart;
    if (quantity === 0) return takeOut(tx, cartId, productId, now);
    const price = await requireOnShelf(tx, productId, quantity);
    await tx.sql(
      `insert into cart_items (id, cart_id, product_id, quantity, price_seen, added_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (cart_id, product_id) do update set quantity = excluded.quantity, price_seen = excluded.price_seen`,
      [app.ids.next<"cartItem">(), cartId, productId, quantity, price, now],
    );
    if (cart.startedAt === null) await begin(tx, cart, now);
    const [row] = await tx.sql<{ lines: number }>("select count(*) as lines from cart_items where cart_id = $1", [
      cartId,
    ]);
    if ((row?.lines ?? 0) > LINES_MAX) throw invalidInput({ productId: `a cart holds at most ${LINES_MAX} products` });
  });
  return readCart(app, actor);
}
