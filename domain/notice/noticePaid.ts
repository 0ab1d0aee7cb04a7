import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { formatRupiah } from "../kernel/money.ts";
import { formatJakarta } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { type PaymentNews, readPaymentsNews } from "./notice.queries.ts";
import { courseRows, linkToOrders, orderRows } from "./notice.rules.ts";
import { type NoticeInput, storeNotices } from "./storeNotice.ts";

const noticeOf = ({ publicUrl }: App["settings"], news: PaymentNews, paidAt: Date): NoticeInput => ({
  event: `payment.paid:${news.id}`,
  template: news.package === null ? "paymentReceived" : "courseMoneyReceived",
  userId: news.userId,
  recipient: news.email,
  values: {
    number: news.number,
    name: news.name,
    amount: formatRupiah(news.amount),
    paidAt: formatJakarta(paidAt),
    package: news.package ?? "",
  },
  rows: news.package === null ? orderRows(news.orders) : courseRows(news.courses),
  url: news.package === null ? linkToOrders(publicUrl, news.orders) : `${publicUrl}/payments/${news.id}`,
});

type Telling = Pick<App, "db" | "clock" | "ids" | "settings">;

/**
 * Handler of payment.paid: tells the customers that the money arrived, for which orders, and where the invoice is.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one. A payment
 * that the bank took back meanwhile is not told as paid any more: the message of its end speaks.
 */
export async function noticesPaid(
  app: Telling,
  messages: readonly (Messages["payment.paid"] & { readonly requestId?: string })[],
): Promise<PromiseSettledResult<unknown>[]> {
  const ids = messages.map(({ paymentId }) => paymentId);
  const found = new Map((await readPaymentsNews(app.db, ids)).map((news) => [news.id, news]));
  const notices = messages.flatMap(({ paymentId, requestId }) => {
    const news = found.get(paymentId);
    // What an approval has opened is told by its own mail, which says the same and more.
    if (!news || news.paidAt === null || news.status === "FAILED" || news.status === "APPROVED") return [];
    return [{ ...noticeOf(app.settings, news, news.paidAt), ...(requestId ? { requestId } : {}) }];
  });
  if (notices.length > 0) {
    await inTransaction(app.db, (tx) => storeNotices(tx, { ids: app.ids, now: app.clock.now() }, notices));
  }
  return ids.map((id) =>
    found.has(id)
      ? { status: "fulfilled", value: undefined }
      : { status: "rejected", reason: new Error(`no payment ${id}`) },
  );
}

/** As noticesPaid, of one payment. */
export async function noticePaid(app: Telling, message: Messages["payment.paid"]): Promise<void> {
  const [end] = await noticesPaid(app, [message]);
  if (end?.status === "rejected") throw end.reason;
}
