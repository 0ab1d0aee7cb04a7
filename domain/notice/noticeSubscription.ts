import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { formatJakarta } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { WALLET } from "../payment/linkedAccount.rules.ts";
import type { LinkedAccountState } from "../payment/linkedAccount.states.ts";
import { accessUntil, problemOf } from "../payment/subscription.rules.ts";
import type { SubscriptionState } from "../payment/subscription.states.ts";
import { storeNotice } from "./storeNotice.ts";

const TEMPLATE_OF = {
  PAST_DUE: "subscriptionPastDue",
  SUSPENDED: "subscriptionSuspended",
  ACTIVE: "subscriptionBack",
} as const;

interface SubscriptionNews {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly number: string;
  readonly package: string;
  readonly amount: number;
  readonly state: SubscriptionState;
  readonly paidUntil: Date | null;
  readonly nextChargeAt: Date | null;
  readonly maskedCard: string | null;
  readonly cardExpiresAt: Date | null;
  readonly maskedPhone: string | null;
  readonly accountState: LinkedAccountState | null;
  /** What moved it. */
  readonly event: string;
}

const READ_NEWS = `
  select u.id as user_id, u.name, u.email, s.number, k.name as package, s.amount, s.state, s.paid_until,
         s.next_charge_at, c.masked_card, c.expires_at as card_expires_at, a.masked_phone, a.state as account_state,
         l.event
    from subscriptions s join users u on u.id = s.user_id join packages k on k.id = s.package_id
    join subscription_logs l on l.subscription_id = s.id and l.id = $2
    left join saved_cards c on c.id = s.saved_card_id left join linked_accounts a on a.id = s.linked_account_id
   where s.id = $1`;

/** Why it is not paid, in a sentence, and whether trying again may help. */
function whyOf(news: SubscriptionNews, now: Date): { why: string; mayPass: boolean } {
  if (news.event === "moneyGone") return { why: "Pembayaran terakhirnya ditarik kembali.", mayPass: false };
  // What was to be charged next says nothing of the charge that failed.
  const problem = problemOf({ ...news, nextChargeAt: null }, now);
  if (problem === "CARD_EXPIRED") return { why: `Kartu ${news.maskedCard} sudah tidak berlaku.`, mayPass: false };
  if (problem === "ACCOUNT_UNLINKED")
    return { why: `Akun ${WALLET} ${news.maskedPhone} tidak terhubung lagi.`, mayPass: false };
  const who = news.maskedCard === null ? WALLET : "Bank penerbit kartu";
  return { why: `${who} menolaknya, misalnya karena saldo atau limitnya kurang.`, mayPass: true };
}

function nextOf(news: SubscriptionNews, mayPass: boolean): string {
  const until = accessUntil(news);
  const access = until
    ? `Sampai ${formatJakarta(until)} Anda tetap bisa belajar; sesudah itu langganannya berhenti. `
    : "";
  return mayPass
    ? `${access}Kami mencobanya lagi sekali sehari, paling banyak tiga kali. Pastikan saldo atau limitnya cukup.`
    : `${access}Batalkan langganan ini di halaman akun, lalu pesan lagi dengan kartu atau akun ${WALLET} yang lain.`;
}

/**
 * Handler of subscription.moved: tells its owner that a month is not paid and what to do, that the subscription is over
 * for that, or that it is paid again. It is about his contract, so he is told without having asked for mails.
 *
 * A second run is harmless: the mail is unique by event, recipient and template, so it finds the first one. One that
 * moved on meanwhile is left to the message of that step.
 */
export async function noticeSubscription(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  { subscriptionId, logId, as }: Messages["subscription.moved"],
): Promise<void> {
  const [news] = await app.db.sql<SubscriptionNews>(READ_NEWS, [subscriptionId, logId]);
  if (!news) throw new Error(`no step ${logId} of subscription ${subscriptionId}`);
  if (news.state !== as) return;
  const now = app.clock.now();
  const { why, mayPass } = whyOf(news, now);
  const { publicUrl } = app.settings;
  const paid = news.paidUntil ? [{ label: "Lunas sampai", value: formatJakarta(news.paidUntil) }] : [];
  await inTransaction(app.db, (tx) =>
    storeNotice(
      tx,
      { ids: app.ids, now },
      {
        event: `subscription.moved:${logId}`,
        template: TEMPLATE_OF[as],
        userId: news.userId,
        recipient: news.email,
        values: {
          name: news.name,
          number: news.number,
          package: news.package,
          amount: formatRupiah(news.amount),
          why,
          next: nextOf(news, mayPass),
        },
        rows: [{ label: news.package, value: `${formatRupiah(news.amount)} sebulan` }, ...paid],
        url: as === "SUSPENDED" ? `${publicUrl}/packages` : `${publicUrl}/account/subscriptions`,
      },
    ),
  );
}
