import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { OrderId, UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import type { Messages } from "../messages.ts";
import { storeNotice } from "./storeNotice.ts";

interface News {
  readonly number: string;
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  /** Who had it cancelled, and why. */
  readonly source: string;
  readonly reason: string | null;
  /** What goes back for it, in whole rupiah; null: nothing that has not gone back before. */
  readonly owed: number | null;
}

// Whoever asked for the cancel gave the reason, even where the courier's answer ended the order.
const NEWS = `
  select o.number, o.id as order_id, u.id as user_id, u.email, u.name, l.source, l.reason,
         (select r.amount from refunds r where r.order_id = o.id and r.cause = 'CANCEL' and r.status <> 'WITHDRAWN')
           as owed
    from orders o join users u on u.id = o.user_id
   cross join lateral (select source, reason from order_status_logs
                        where order_id = o.id and event in ('cancelAsked', 'cancelAskedBooked')
                        order by id desc limit 1) l
   where o.id = $1 and o.status = 'CANCELLED'`;

/**
 * Handler of order.cancelled: tells the customer that a paid order is cancelled, by whom, and what goes back. One whose
 * money went away by itself was not cancelled by anybody: its payment's end is told instead.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one.
 */
export async function noticeCancelled(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { orderId }: Messages["order.cancelled"],
): Promise<void> {
  const [news] = await app.db.sql<News>(NEWS, [orderId]);
  if (!news) return;
  const { number, name, userId, email, source, reason, owed } = news;
  const money =
    owed === null
      ? "Untuk pesanan ini tidak ada lagi uang yang perlu dikembalikan."
      : `Uang sebesar ${formatRupiah(owed)} kami kembalikan, dan kami kabari lagi begitu uangnya dikirim.`;
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `order.cancelled:${orderId}`,
        template: source === "STAFF" ? "orderCancelledByShop" : "orderCancelled",
        userId,
        recipient: email,
        values: { number, name, reason: reason ?? "", money },
        rows: [],
        url: `${app.settings.publicUrl}/orders/${orderId}`,
      },
    ),
  );
}
