import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { OrderId, PaymentId, UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import type { Messages } from "../messages.ts";
import { arrivalDaysOf } from "../payment/methodRefunds.rules.ts";
import { labelOfPaid } from "../payment/methods.rules.ts";
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
  readonly paidWith: string;
  readonly isByHand: boolean;
  readonly account: string | null;
  readonly bankReference: string | null;
}

const NEWS = `
  select p.id as payment_id, p.number, r.amount, r.order_id, u.id as user_id, u.email, u.name,
         coalesce(t.gateway_payment_type, t.method) as paid_with, r.settled_by is not null as is_by_hand,
         a.masked as account, r.bank_reference
    from refunds r join payments p on p.id = r.payment_id join users u on u.id = p.user_id
    join payment_transactions t on t.id = r.transaction_id
    left join refund_accounts a on a.refund_id = r.id
   where r.id = $1`;

const withinDays = (paidWith: string): string => {
  const days = arrivalDaysOf(paidWith);
  return days === null ? "sesuai proses bank atau penyedia cara bayar itu" : `paling lambat ${days} hari lagi`;
};

/**
 * Handler of refund.done: tells the customer that his money is on its way, where it goes and by when it is there.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one.
 */
export async function noticeRefundDone(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { refundId }: Messages["refund.done"],
): Promise<void> {
  const [news] = await app.db.sql<News>(NEWS, [refundId]);
  if (!news) throw new Error(`no refund ${refundId}`);
  const { number, name, userId, email, paidWith, isByHand, account, bankReference } = news;
  const amount = formatRupiah(news.amount);
  const how: { readonly [name: string]: string } = isByHand
    ? { account: account ?? "", reference: bankReference ?? "" }
    : { method: labelOfPaid(paidWith), when: withinDays(paidWith) };
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `refund.done:${refundId}`,
        template: isByHand ? "refundTransferred" : "refundSent",
        userId,
        recipient: email,
        values: { number, name, amount, ...how },
        rows: [],
        url: linkToMoney(app.settings.publicUrl, news),
      },
    ),
  );
}
