import type { Tx } from "../../platform/db.ts";
import type { Ids, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { send } from "../messages.ts";
import { type NoticeValues, renderNotice, type TemplateName } from "./templates.rules.ts";

export interface NoticeInput extends NoticeValues {
  /** What it tells of, such as `payment.paid:<payment id>`. */
  readonly event: string;
  readonly template: TemplateName;
  readonly userId: UserId | null;
  /** A mail address. */
  readonly recipient: string;
}

/**
 * Renders a mail and stores it, with the message that delivers it. One event tells one recipient one thing once: a
 * second call with the same three finds the first mail and writes nothing.
 */
export async function storeNotice(tx: Tx, app: { ids: Ids; now: Date }, input: NoticeInput): Promise<void> {
  const { subject, text, html } = renderNotice(input.template, input);
  const [stored] = await tx.sql<{ id: string }>(
    `insert into notices (id, event, template, user_id, recipient, subject, body_text, body_html, state, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'STORED', $9)
     on conflict (event, recipient, template) do nothing returning id`,
    [
      app.ids.next<"notice">(),
      input.event,
      input.template,
      input.userId,
      input.recipient,
      subject,
      text,
      html,
      app.now,
    ],
  );
  killPoint("notice.written");
  if (stored) await send(tx, app.now, "notice.stored", { noticeId: stored.id });
}
