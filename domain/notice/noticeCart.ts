import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { logCart } from "../catalog/logCart.ts";
import { type Id, isId, type UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import type { Messages } from "../messages.ts";
import { storeNotice } from "./storeNotice.ts";

interface CartNews {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  /** What can be bought of it now. Whole rupiah. */
  readonly items: readonly { readonly name: string; readonly quantity: number; readonly price: number }[];
}

// Only while it is as it was left, and its owner still agrees.
const READ_CART = `
  select u.id as user_id, u.name, u.email,
         coalesce((select jsonb_agg(jsonb_build_object('name', p.name, 'quantity', i.quantity, 'price', p.price)
                                    order by i.added_at, i.id)
                     from cart_items i join products p on p.id = i.product_id and p.is_active and p.stock > 0
                     join stores s on s.id = p.store_id and s.is_active
                    where i.cart_id = c.id), '[]') as items
    from carts c join users u on u.id = c.user_id
   where c.id = $1 and c.reminded_at = $2 and c.started_at is not null and c.updated_at < c.reminded_at
     and u.marketing_consent and u.is_active`;

/**
 * Handler of cart.abandoned: reminds somebody who has agreed to it of what he left in his cart, with the prices of now.
 * Who came back meanwhile, withdrew his consent, or left nothing that can still be bought, is not written to.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one, and counts
 * nothing.
 */
export async function noticeCart(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { cartId, at }: Messages["cart.abandoned"],
): Promise<void> {
  if (!isId(cartId)) throw new Error(`no cart ${cartId}`);
  const [news] = await app.db.sql<CartNews>(READ_CART, [cartId, at]);
  if (!news || news.items.length === 0) return;
  const { publicUrl } = app.settings;
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const written = await storeNotice(
      tx,
      { ids: app.ids, now },
      {
        event: `cart.abandoned:${cartId}:${at}`,
        template: "cartReminder",
        userId: news.userId,
        recipient: news.email,
        values: { name: news.name, account: `${publicUrl}/account` },
        rows: news.items.map(({ name, quantity, price }) => ({
          label: `${name}, ${quantity} barang`,
          value: formatRupiah(price * quantity),
        })),
        url: `${publicUrl}/cart`,
      },
    );
    // Counted here: of what is marked, not everything is written about.
    if (written > 0) await logCart(tx, now, "REMINDED", [cartId as Id<"cart">]);
  });
}
