import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { formatRupiah } from "../kernel/money.ts";
import { formatJakarta } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { readPaymentNews } from "./notice.queries.ts";
import { linkToOrders, orderRows } from "./notice.rules.ts";
import { storeNotice } from "./storeNotice.ts";

/**
 * Handler of payment.paid: tells the customer that the money arrived, for which orders, and where the invoice is.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one. A payment
 * that the bank took back meanwhile is not told as paid any more: the message of its end speaks.
 */
export async function noticePaid(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { paymentId }: Messages["payment.paid"],
): Promise<void> {
  const news = await readPaymentNews(app.db, paymentId);
  if (!news) throw new Error(`no payment ${paymentId}`);
  if (news.paidAt === null || news.status === "FAILED") return;
  const { number, name, amount, paidAt } = news;
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `payment.paid:${paymentId}`,
        template: "paymentReceived",
        userId: news.userId,
        recipient: news.email,
        values: { number, name, amount: formatRupiah(amount), paidAt: formatJakarta(paidAt) },
        rows: orderRows(news.orders),
        url: linkToOrders(app.settings.publicUrl, news.orders),
      },
    ),
  );
}
