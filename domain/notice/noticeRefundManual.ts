import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { OrderId, PaymentId, UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import type { Messages } from "../messages.ts";
import { linkToMoney } from "./notice.rules.ts";
import { storeNotice } from "./storeNotice.ts";

interface News {
  readonly paymentId: PaymentId;
  readonly number: string;
  readonly amount: number;
  readonly orderId: OrderId | null;
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
}

/**
 * Handler of refund.manual: asks the customer for the account that the money goes back to. Where he has named one
 * meanwhile, or none is needed any more, there is nothing to ask.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one.
 */
export async function noticeRefundManual(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { refundId }: Messages["refund.manual"],
): Promise<void> {
  const [news] = await app.db.sql<News>(
    `select p.id as payment_id, p.number, r.amount, r.order_id, u.id as user_id, u.email, u.name
       from refunds r join payments p on p.id = r.payment_id join users u on u.id = p.user_id
      where r.id = $1 and r.status in ('MANUAL', 'FAILED')
        and not exists (select from refund_accounts a where a.refund_id = r.id)`,
    [refundId],
  );
  if (!news) return;
  const { number, amount, userId, email, name } = news;
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `refund.manual:${refundId}`,
        template: "refundAccountWanted",
        userId,
        recipient: email,
        values: { number, name, amount: formatRupiah(amount) },
        rows: [],
        url: linkToMoney(app.settings.publicUrl, news),
      },
    ),
  );
}
