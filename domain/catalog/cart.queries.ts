import { type Db, inTransaction } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import type { Id, ProductId, UserId } from "../kernel/ids.ts";
import { sumOf, times } from "../kernel/money.ts";
import { shopperOf } from "./cart.access.ts";
import type { Line } from "./stock.rules.ts";

export interface CartItemView {
  readonly id: string;
  readonly productId: ProductId;
  readonly quantity: number;
  /** The product's price now, whole rupiah: a cart promises none. */
  readonly unitPrice: number;
  readonly total: number;
}

export interface CartView {
  readonly id: string;
  readonly items: CartItemView[];
  /** Pieces, not lines. */
  readonly itemCount: number;
  readonly subtotal: number;
  readonly updatedAt: Date;
}

interface CartRow {
  id: Id<"cart">;
  updatedAt: Date;
  items: Omit<CartItemView, "total">[];
}

async function findCart(db: Pick<Db, "sql">, userId: UserId): Promise<CartRow | null> {
  const [row] = await db.sql<CartRow>(
    `select c.id, c.updated_at,
            (select coalesce(json_agg(json_build_object('id', i.id, 'productId', i.product_id, 'quantity', i.quantity,
                                                        'unitPrice', p.price) order by i.added_at, i.id), '[]')
               from cart_items i join products p on p.id = i.product_id where i.cart_id = c.id) as items
       from carts c where c.user_id = $1`,
    [userId],
  );
  return row ?? null;
}

/**
 * The caller's cart, made where there is none yet. A cart that is there costs one statement. A second run and a race
 * are harmless: a user has one cart (unique index), and who comes second reads the first one's.
 *
 * @throws Refusal UNAUTHENTICATED, FORBIDDEN
 */
export async function readCart(app: Pick<App, "db" | "clock" | "ids">, actor: Actor): Promise<CartView> {
  const userId = shopperOf(actor);
  let row = await findCart(app.db, userId);
  if (!row) {
    await inTransaction(app.db, (tx) =>
      tx.sql("insert into carts (id, user_id, updated_at) values ($1, $2, $3) on conflict (user_id) do nothing", [
        app.ids.next<"cart">(),
        userId,
        app.clock.now(),
      ]),
    );
    row = await findCart(app.db, userId);
  }
  if (!row) throw new Error("a cart that was just made is gone");
  const items = row.items.map((item) => ({ ...item, total: times(item.unitPrice, item.quantity) }));
  return {
    id: row.id,
    items,
    itemCount: items.reduce((sum, item) => sum + item.quantity, 0),
    subtotal: sumOf(items.map((item) => item.total)),
    updatedAt: row.updatedAt,
  };
}

/** What is in a user's cart, by product id; empty where there is none. One statement, in a transaction or outside. */
export function readCartLines(source: { sql: Sql }, userId: UserId): Promise<Line[]> {
  return source.sql<Line>(
    `select i.product_id, i.quantity from carts c join cart_items i on i.cart_id = c.id
      where c.user_id = $1 order by i.product_id`,
    [userId],
  );
}
