import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { formatRupiah } from "../kernel/money.ts";
import { formatJakarta } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { type PaymentNews, readPaymentNews } from "./notice.queries.ts";
import { boughtRows, linkToBought } from "./notice.rules.ts";
import { storeNotice } from "./storeNotice.ts";
import type { TemplateName } from "./templates.rules.ts";

const TEMPLATE_OF = {
  FAILED: "paymentFailed",
  EXPIRED: "paymentExpired",
  CANCELLED: "paymentCancelled",
} as const satisfies Record<Messages["payment.ended"]["as"], TemplateName>;

/** Money that had arrived and was taken back is another story than money that never came. */
const templateOf = (news: PaymentNews, as: Messages["payment.ended"]["as"]): TemplateName =>
  news.paidAt === null ? TEMPLATE_OF[as] : "paymentReversed";

/** Where it may be ordered anew. */
const newOrderAt = (news: PaymentNews): string => (news.package === null ? "/" : "/packages");

/**
 * Handler of payment.ended: tells the customer that nothing will come of the payment, why, and what to do next.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one. A payment
 * that moved on meanwhile (paid late) is left to the message of that change, so no stale news goes out.
 */
export async function noticeEnded(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { paymentId, as }: Messages["payment.ended"],
): Promise<void> {
  const news = await readPaymentNews(app.db, paymentId);
  if (!news) throw new Error(`no payment ${paymentId}`);
  if (news.status !== as) return;
  const { number, name, amount, expiresAt } = news;
  const template = templateOf(news, as);
  // Why a month is not paid, and whether it is tried again, its subscription's own mail tells.
  if (news.isMonth && template !== "paymentReversed") return;
  const { publicUrl } = app.settings;
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `payment.ended:${paymentId}`,
        template,
        userId: news.userId,
        recipient: news.email,
        values: { number, name, amount: formatRupiah(amount), expiresAt: formatJakarta(expiresAt) },
        rows: boughtRows(news),
        url: template === "paymentReversed" ? linkToBought(publicUrl, news) : `${publicUrl}${newOrderAt(news)}`,
      },
    ),
  );
}
