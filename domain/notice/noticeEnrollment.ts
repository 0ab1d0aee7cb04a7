import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { formatRupiah } from "../kernel/money.ts";
import type { Messages } from "../messages.ts";
import { readPaymentNews } from "./notice.queries.ts";
import { courseRows } from "./notice.rules.ts";
import { storeNotice } from "./storeNotice.ts";

/**
 * Handler of enrollment.decided: tells who paid that his courses are open, or why his proof was not believed and how to
 * send another.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one. A payment
 * whose money went back meanwhile is left to the mail about that.
 */
export async function noticeEnrollment(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { paymentId, as }: Messages["enrollment.decided"],
): Promise<void> {
  const news = await readPaymentNews(app.db, paymentId);
  if (!news) throw new Error(`no payment ${paymentId}`);
  if (news.status !== as) return;
  const { number, name, amount, courses } = news;
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now: app.clock.now() },
      {
        event: `enrollment.decided:${paymentId}`,
        template: as === "APPROVED" ? "enrollmentApproved" : "enrollmentRejected",
        userId: news.userId,
        recipient: news.email,
        values: {
          number,
          name,
          amount: formatRupiah(amount),
          package: news.package ?? "Kelas",
          reason: news.rejectReason ?? "",
        },
        rows: courseRows(courses),
        url: `${app.settings.publicUrl}/${as === "APPROVED" ? "courses" : "packages"}`,
      },
    ),
  );
}
