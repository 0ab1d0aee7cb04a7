import { MESSAGE_HANDLERS } from "../messages.ts";
import type { Invariant } from "./invariant.rules.ts";

/** Every job that a message of ours can become. */
const JOBS = Object.entries(MESSAGE_HANDLERS).flatMap(([name, handlers]) =>
  handlers.map((handler) => ({ name, handler })),
);

/** What must hold of the work that flows through the inbox and the outbox. */
export const FLOW_INVARIANTS: readonly Invariant[] = [
  {
    id: "INBOX",
    says: "every stored notification is processed, has its job, or is parked with an open alert",
    sql: `
      select n.gateway_order_id as subject,
             format('notification %s is %s since %s', n.id, n.state, n.received_at) as detail
        from payment_notifications n
       where (n.state = 'STORED' and not exists (
               select from outbox_messages o
                where o.handler = 'applyNotification' and o.key = n.gateway_order_id
                  and o.done_at is null and o.parked_at is null))
          or (n.state = 'PARKED' and not exists (
               select from alerts a
                where a.kind = 'NOTIFICATION_PARKED' and a.subject = n.gateway_order_id and a.cleared_at is null))`,
  },
  {
    id: "OUTBOX",
    says: "every job has a handler, and is done in time or was set aside with an alert",
    values: ({ now, graceMs }) => [new Date(now.getTime() - graceMs), JSON.stringify(JOBS)],
    sql: `
      select o.handler || ':' || o.id as subject,
             format('%s, due since %s, %s tries%s',
                    case when o.parked_at is null then 'not done' else 'parked without an alert' end,
                    o.due_at, o.attempts, coalesce(': ' || o.error, '')) as detail
        from outbox_messages o
       where o.done_at is null
         and ((o.parked_at is null and o.due_at < $1)
           or (o.parked_at is not null and not exists (
                 select from alerts a
                  where (a.kind = 'JOB_PARKED' and a.subject = o.handler || ':' || coalesce(o.key, o.id::text))
                     or (a.kind = 'NOTIFICATION_PARKED' and o.handler = 'applyNotification'
                       and a.subject = o.payload->>'gatewayOrderId'))))
      union all
      select o.handler || ':' || o.id, format('handles no %s', o.name)
        from outbox_messages o
       where o.done_at is null and not exists (
               select from jsonb_to_recordset($2::jsonb) as j(name text, handler text)
                where j.name = o.name and j.handler = o.handler)`,
  },
  {
    id: "WATCH",
    says: "a payment that is not over has a poll or a job to come, or a case that a person decides",
    sql: `
      select p.number as subject, format('%s until %s, and nobody will look at it', p.status, p.expires_at) as detail
        from payments p
       where p.status in ('PENDING', 'CHALLENGED')
         and not exists (select from payment_transactions t where t.payment_id = p.id and t.next_poll_at is not null)
         and not exists (select from outbox_messages o
                          where o.handler = 'endPaymentWindow' and o.key = p.id::text and o.done_at is null)
         and not exists (select from money_cases c where c.payment_id = p.id and c.resolved_at is null)`,
  },
  {
    id: "CASE",
    says: "people were told of every open money case, and one that is over says how it ended",
    sql: `
      select c.subject, format('case %s of %s is open, and was told to nobody', c.kind, c.amount) as detail
        from money_cases c
       where c.resolved_at is null and not exists (
               select from alerts a where a.kind = 'MONEY_CASE_' || c.kind and a.subject = c.subject)
      union all
      select c.subject, format('case %s of %s ended without a word', c.kind, c.amount)
        from money_cases c where c.resolved_at is not null and (c.resolution is null or c.action is null)
      union all
      select c.subject, format('case %s of %s is over, and its alert stands', c.kind, c.amount)
        from money_cases c
       where c.resolved_at is not null
         and exists (select from alerts a where a.kind = 'MONEY_CASE_' || c.kind and a.subject = c.subject
                                            and a.cleared_at is null)
         and not exists (select from money_cases o
                          where o.kind = c.kind and o.subject = c.subject and o.resolved_at is null)`,
  },
  {
    id: "NOTICE",
    says: "a mail is sent at most once: one in doubt has an alert, a sent one its time, and no claim outlives its run",
    values: ({ now, graceMs }) => [new Date(now.getTime() - graceMs)],
    sql: `
      select n.event as subject, format('mail %s is %s', n.id, n.state) as detail
        from notices n
       where (n.state = 'SENT') <> (n.sent_at is not null)
          or (n.state = 'IN_DOUBT' and not exists (
               select from alerts a where a.kind = 'NOTICE_IN_DOUBT' and a.subject = n.id::text))
          or (n.state = 'SENDING' and n.created_at < $1 and not exists (
               select from outbox_messages o
                where o.handler = 'deliverNotice' and o.payload->>'noticeId' = n.id::text and o.done_at is null))`,
  },
];
