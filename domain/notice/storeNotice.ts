import type { Tx } from "../../platform/db.ts";
import { writeOutbox } from "../../platform/outbox.ts";
import type { Ids, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { jobsOf } from "../messages.ts";
import { type NoticeValues, renderNotice } from "./mail.rules.ts";
import type { TemplateName } from "./templates.rules.ts";

export interface NoticeInput extends NoticeValues {
  /** What it tells of, such as `payment.paid:<payment id>`. */
  readonly event: string;
  readonly template: TemplateName;
  readonly userId: UserId | null;
  /** A mail address. */
  readonly recipient: string;
  /** The request that it follows from; left out: the one that runs. */
  readonly requestId?: string;
}

const INSERT_NOTICES = `
  insert into notices (id, event, template, user_id, recipient, subject, body_text, body_html, state, created_at)
  select id, event, template, user_id, recipient, subject, body_text, body_html, 'STORED', $2
    from jsonb_to_recordset($1::jsonb)
      as n(id uuid, event text, template text, user_id uuid, recipient text, subject text, body_text text,
           body_html text)
   order by event, recipient, template
  on conflict (event, recipient, template) do nothing returning id`;

/**
 * Renders mails and stores them, with the messages that deliver them. One event tells one recipient one thing once: a
 * second call with the same three finds the first mail and writes nothing.
 *
 * @returns how many are new
 */
export async function storeNotices(
  tx: Tx,
  app: { ids: Ids; now: Date },
  inputs: readonly NoticeInput[],
): Promise<number> {
  const requestOf = new Map<string, string | undefined>();
  const rows = inputs.map((input) => {
    const { subject, text, html } = renderNotice(input.template, input);
    const id: string = app.ids.next<"notice">();
    requestOf.set(id, input.requestId);
    const { event, template, recipient } = input;
    return { id, event, template, user_id: input.userId, recipient, subject, body_text: text, body_html: html };
  });
  // In one order: two runs that store the same mails never wait for each other in a circle.
  const stored = await tx.sql<{ id: string }>(INSERT_NOTICES, [JSON.stringify(rows), app.now]);
  killPoint("notice.written");
  const jobs = stored.flatMap(({ id }) => jobsOf("notice.stored", { noticeId: id }, { requestId: requestOf.get(id) }));
  await writeOutbox(tx, app.now, jobs);
  return stored.length;
}

/** As storeNotices, of one. */
export const storeNotice = (tx: Tx, app: { ids: Ids; now: Date }, input: NoticeInput): Promise<number> =>
  storeNotices(tx, app, [input]);
