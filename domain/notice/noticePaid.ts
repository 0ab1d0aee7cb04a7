import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { formatRupiah } from "../kernel/money.ts";
import { formatJakarta } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { type PaymentNews, readPaymentsNews } from "./notice.queries.ts";
import { boughtRows, linkToBought } from "./notice.rules.ts";
import { type NoticeInput, storeNotices } from "./storeNotice.ts";
import type { TemplateName } from "./templates.rules.ts";

/** The mail by which the money is told. */
function templateOf(news: PaymentNews): TemplateName {
  if (news.package === null) return "paymentReceived";
  return news.isMonth ? "monthReceived" : "courseMoneyReceived";
}

/**
 * Whether the money is told here. What an approval has opened, and a subscription that is back, are told by mails of
 * their own, which say the same and more; money that the bank took back, or that opens no course any more, by the
 * message of its end.
 */
function isTold(news: PaymentNews): boolean {
  if (news.paidAt === null || news.status === "FAILED" || news.isBack) return false;
  return news.package === null || news.isMonth || news.status === "PAID";
}

const noticeOf = ({ publicUrl }: App["settings"], news: PaymentNews, paidAt: Date): NoticeInput => ({
  event: `payment.paid:${news.id}`,
  template: templateOf(news),
  userId: news.userId,
  recipient: news.email,
  values: {
    number: news.number,
    name: news.name,
    amount: formatRupiah(news.amount),
    paidAt: formatJakarta(paidAt),
    package: news.package ?? "",
  },
  rows: boughtRows(news),
  url: linkToBought(publicUrl, news),
});

type Telling = Pick<App, "db" | "clock" | "ids" | "settings">;

/**
 * Handler of payment.paid: tells the customers that the money arrived, for which orders, courses or month, and
 * where the invoice is.
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
    if (!news?.paidAt || !isTold(news)) return [];
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
