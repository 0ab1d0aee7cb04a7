import { type Db, inTransaction } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput } from "../kernel/errors.ts";
import type { Id, ProductId, UserId } from "../kernel/ids.ts";
import { sumOf, times } from "../kernel/money.ts";
import { DAY_MS, dayInJakarta, later, startOfJakartaDay } from "../kernel/time.ts";
import { shopperOf } from "./cart.access.ts";
import type { Line } from "./stock.rules.ts";

export interface CartItemView {
  readonly id: string;
  readonly productId: ProductId;
  readonly quantity: number;
  /** The product's price now, whole rupiah: a cart promises none. */
  readonly unitPrice: number;
  readonly total: number;
  /** What it cost when it was last put in, where that is not what it costs now. */
  readonly previousPrice: number | null;
  /** Pieces on the shelf now; 0 for what is no longer sold. */
  readonly available: number;
}

export interface CartView {
  readonly id: string;
  readonly items: CartItemView[];
  /** Pieces, not lines. */
  readonly itemCount: number;
  readonly subtotal: number;
  /** Something in it costs another price by now, or is not there in that number. */
  readonly hasChanged: boolean;
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
                                                        'unitPrice', p.price,
                                                        'previousPrice', nullif(i.price_seen, p.price),
                                                        'available', case when p.is_active and s.is_active
                                                                          then p.stock else 0 end)
                                      order by i.added_at, i.id), '[]')
               from cart_items i join products p on p.id = i.product_id join stores s on s.id = p.store_id
              where i.cart_id = c.id) as items
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
    hasChanged: items.some((item) => item.previousPrice !== null || item.available < item.quantity),
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

/** What became of carts on one day. */
export interface CartDayView {
  /** Asia/Jakarta, `2026-11-20`. */
  readonly day: string;
  readonly started: number;
  readonly abandoned: number;
  readonly reminded: number;
  /** Ordered after they had been left. */
  readonly recovered: number;
}

/** Days that are told at once: a quarter. */
const DAYS_MAX = 92;
const DAYS_SHOWN = 30;

/**
 * How many carts were begun, left, brought to mind and ordered all the same, on each of some days in Asia/Jakarta,
 * newest first; days on which nothing happened too. Left out: the last 30 days.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT for days that are none, in a wrong order, or too many
 */
export async function listCartDays(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  wish: { readonly from?: string | null; readonly to?: string | null },
): Promise<CartDayView[]> {
  requireRight(actor, "order.read.any");
  const to = wish.to ?? dayInJakarta(app.clock.now());
  const from = wish.from ?? dayInJakarta(later(startOfJakartaDay(to), -(DAYS_SHOWN - 1) * DAY_MS));
  const start = startOfJakartaDay(from);
  const end = later(startOfJakartaDay(to), DAY_MS);
  const days = Math.round((end.getTime() - start.getTime()) / DAY_MS);
  if (!(days >= 1 && days <= DAYS_MAX)) throw invalidInput({ to: `1 to ${DAYS_MAX} days from the first` });
  return app.db.sql<CartDayView>(
    `select d.day::text as day, count(*) filter (where e.kind = 'STARTED')::integer as started,
            count(*) filter (where e.kind = 'ABANDONED')::integer as abandoned,
            count(*) filter (where e.kind = 'REMINDED')::integer as reminded,
            count(*) filter (where e.kind = 'RECOVERED')::integer as recovered
       from (select generate_series($1::date, $2::date, interval '1 day')::date as day) d
       left join cart_events e on e.at >= $3 and e.at < $4 and (e.at at time zone 'Asia/Jakarta')::date = d.day
      group by d.day order by d.day desc`,
    [from, to, start, end],
  );
}
