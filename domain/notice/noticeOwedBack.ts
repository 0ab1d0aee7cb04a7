import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { formatRupiah } from "../kernel/money.ts";
import type { Messages } from "../messages.ts";
import { readPaymentNews } from "./notice.queries.ts";
import { boughtRows, linkToBought } from "./notice.rules.ts";
import { storeNotice } from "./storeNotice.ts";

/**
 * Handler of payment.orphaned: tells the customer that the money came after the order was over, and that it goes back.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one.
 */
export async function noticeOwedBack(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { paymentId }: Messages["payment.orphaned"],
): Promise<void> {
  const news = await readPaymentNews(app.db, paymentId);
  if (!news) throw new Error(`no payment ${paymentId}`);
  const { number, name, amount, userId, email } = news;
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `payment.orphaned:${paymentId}`,
        template: "paymentOwedBack",
        userId,
        recipient: email,
        values: { number, name, amount: formatRupiah(amount) },
        rows: boughtRows(news),
        url: linkToBought(app.settings.publicUrl, news),
      },
    ),
  );
}
