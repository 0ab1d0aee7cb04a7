import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { MailRefused } from "./noticeGateway.ts";
import type { TemplateName } from "./templates.rules.ts";

type Delivering = Pick<App, "db" | "clock" | "ids" | "mail">;

interface Mail {
  readonly state: "SENDING" | "WITHDRAWN";
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly bodyText: string;
  readonly bodyHtml: string;
}

export const NOTICE_IN_DOUBT = "NOTICE_IN_DOUBT";
const AWAY = { kind: "MAIL_AWAY", subject: "smtp" } as const;
/** A mail server that restarts is there again before; nobody looks for a mail for much longer. */
const AWAY_TOLD_MS = 15 * MINUTE_MS;

/** The mails that nobody gets who has not agreed to them. Hours may lie between the writing of one and its sending. */
const BY_CONSENT = ["cartReminder"] as const satisfies readonly TemplateName[];

/** Takes the mail for this run alone, unless its reader wants it no more; null when another run took it before. */
async function claim(app: Delivering, noticeId: string): Promise<Mail | null> {
  const [mail] = await inTransaction(app.db, (tx) =>
    tx.sql<Mail>(
      `update notices n
          set state = case when n.template = any($2::text[])
                            and not exists (select from users u
                                             where u.id = n.user_id and u.marketing_consent and u.is_active)
                           then 'WITHDRAWN' else 'SENDING' end
        where n.id = $1 and n.state = 'STORED'
       returning state, id, recipient, subject, body_text, body_html`,
      [noticeId, BY_CONSENT],
    ),
  );
  return mail ?? null;
}

/** Nobody knows whether it went out: it is not tried again, and a person is told. A mail that is SENT stays so. */
async function doubt(app: Delivering, noticeId: string): Promise<void> {
  const now = app.clock.now();
  await inTransaction(app.db, async (tx) => {
    const rows = await tx.sql(
      "update notices set state = 'IN_DOUBT' where id = $1 and state = 'SENDING' returning id",
      [noticeId],
    );
    if (rows.length === 0) return;
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      {
        kind: NOTICE_IN_DOUBT,
        subject: noticeId,
        severity: "WARNING",
        message:
          "The mail server gave no answer while it took this mail. It may have gone out, so it is not sent again",
      },
    );
  });
}

/**
 * The server certainly did not take it: it may be tried again, and nobody has to look at it. Of a server that takes
 * no mail at all staff is told once one has waited for it.
 */
async function giveBack(app: Delivering, noticeId: string, why: GatewayUnavailable): Promise<void> {
  const now = app.clock.now();
  await inTransaction(app.db, async (tx) => {
    const [mail] = await tx.sql<{ createdAt: Date }>(
      "update notices set state = 'STORED' where id = $1 and state in ('SENDING', 'IN_DOUBT') returning created_at",
      [noticeId],
    );
    await clearAlertOf(tx, now, NOTICE_IN_DOUBT, noticeId);
    if (why instanceof MailRefused || !mail || now < later(mail.createdAt, AWAY_TOLD_MS)) return;
    const message = `Mails wait to go out: ${why.message}`;
    await raiseAlert(tx, { ids: app.ids, now }, { ...AWAY, severity: "WARNING", message });
  });
}

/** The server took it. Ends the doubt that a run beside this one may have put on record. */
async function settle(app: Delivering, noticeId: string): Promise<void> {
  const now = app.clock.now();
  await inTransaction(app.db, async (tx) => {
    await tx.sql("update notices set state = 'SENT', sent_at = $2 where id = $1", [noticeId, now]);
    await clearAlertOf(tx, now, NOTICE_IN_DOUBT, noticeId);
    await clearAlertOf(tx, now, AWAY.kind, AWAY.subject);
  });
}

/**
 * Handler of notice.stored: hands a stored mail to the mail server. Without one it stays STORED, for staff to read. A
 * mail that needs its reader's consent is WITHDRAWN where that is gone, or his account is closed.
 *
 * A second run is harmless: the row is claimed before the send, and a run that finds it claimed already never sends. It
 * calls the mail in doubt instead, for the run that claimed it died or has not ended; if that one still ends well, the
 * mail becomes SENT after all. So at most one attempt can be in doubt.
 *
 * @throws GatewayUnavailable when the server certainly did not take it: the mail is STORED again and the job repeated
 */
export async function deliverNotice(app: Delivering, { noticeId }: Messages["notice.stored"]): Promise<void> {
  if (app.mail === null) return;
  const mail = await claim(app, noticeId);
  if (mail === null) return doubt(app, noticeId);
  killPoint("mail.claimed");
  if (mail.state === "WITHDRAWN") return;
  try {
    await app.mail.send({
      id: mail.id,
      to: mail.recipient,
      subject: mail.subject,
      text: mail.bodyText,
      html: mail.bodyHtml,
    });
  } catch (error) {
    const refusal = error instanceof GatewayUnavailable && error.outcome === "none" ? error : null;
    killPoint("mail.refused-by-server");
    await (refusal ? giveBack(app, noticeId, refusal) : doubt(app, noticeId));
    if (error instanceof GatewayUnavailable && !refusal) return;
    throw error;
  }
  killPoint("mail.taken-by-server");
  await settle(app, noticeId);
  killPoint("mail.settled");
}
