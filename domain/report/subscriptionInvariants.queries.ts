import type { StateTable } from "../kernel/stateTable.ts";
import { LINKED_ACCOUNT_EVENTS, LINKED_ACCOUNT_STATES, linkedAccountStates } from "../payment/linkedAccount.states.ts";
import { SUBSCRIPTION_EVENTS, SUBSCRIPTION_STATES, subscriptionStates } from "../payment/subscription.states.ts";
import type { Invariant } from "./invariant.rules.ts";

/** Every change that a table allows. */
function movesOf<S extends string, E extends string>(
  states: readonly S[],
  events: readonly E[],
  table: StateTable<S, E>,
) {
  return states.flatMap((from) =>
    events
      .map((event) => ({ from, event, verdict: table.verdict(from, event) }))
      .filter(({ verdict }) => verdict.kind === "moved")
      .map(({ event, verdict }) => ({ from, event, to: verdict.next })),
  );
}
const MOVES = movesOf(SUBSCRIPTION_STATES, SUBSCRIPTION_EVENTS, subscriptionStates);
const ACCOUNT_MOVES = movesOf(LINKED_ACCOUNT_STATES, LINKED_ACCOUNT_EVENTS, linkedAccountStates);

const PAID = "('PAID', 'APPROVED', 'PARTIALLY_REFUNDED')";

/** What must hold of what is charged month by month. */
export const SUBSCRIPTION_INVARIANTS: readonly Invariant[] = [
  {
    id: "MONTHS",
    says: "a paid charge buys one month or is owed back, one that is not paid buys none, and access ends with the last",
    sql: `
      select s.number as subject,
             format('charge %s of %s is %s and pays for month %s', p.number, p.amount, p.status, c.period) as detail
        from subscription_charges c join subscriptions s on s.id = c.subscription_id
        join payments p on p.id = c.payment_id
       where (p.status in ${PAID} and c.period is null
              and not exists (select from refunds r where r.payment_id = p.id and r.cause = 'ORPHAN'))
          or (p.status not in ${PAID} and c.period is not null)
          or p.amount <> s.amount
      union all
      select s.number, format('paid until %s, with month %s the last', s.paid_until, m.last)
        from subscriptions s
        left join (select subscription_id, max(period) as last from subscription_charges group by 1) m
          on m.subscription_id = s.id
       where s.paid_until is distinct from
             ((s.starts_at at time zone 'Asia/Jakarta') + make_interval(months => m.last + 1))
               at time zone 'Asia/Jakarta'
      union all
      select p.number, 'pays for no checkout, no subscription and no package'
        from payments p
       where p.purpose = 'ENROLLMENT'
         and not exists (select from subscription_charges c where c.payment_id = p.id)
         and not exists (select from enrollment_payments b where b.id = p.id)`,
  },
  {
    id: "SUBSCRIPTION_LOG",
    says: "the log of each subscription is a path in its table that ends at its state",
    values: () => [JSON.stringify(MOVES)],
    sql: `
      with moves as (
        select m."from", m.event, m."to"
          from jsonb_to_recordset($1::jsonb) as m("from" text, event text, "to" text)),
      steps as (
        select l.*, lag(l.to_state) over w as previous, lead(l.id) over w is null as is_last
          from subscription_logs l window w as (partition by l.subscription_id order by l.id))
      select s.number as subject,
             format('%s by %s to %s, after %s, it is %s', l.from_state, l.event, l.to_state, l.previous, s.state
             ) as detail
        from subscriptions s left join steps l on l.subscription_id = s.id
        left join moves m on m."from" = l.from_state and m.event = l.event and m."to" = l.to_state
       where l.subscription_id is null or l.from_state is distinct from l.previous
          or (l.previous is not null and m.event is null) or (l.is_last and l.to_state <> s.state)`,
  },
  {
    id: "SUBSCRIPTION_WATCH",
    says: "a subscription that is not over is looked at again, has a job, or people were told of it",
    sql: `
      select s.number as subject, format('%s, and nobody will look at it', s.state) as detail
        from subscriptions s
       where s.state not in ('SUSPENDED', 'CANCELLED', 'REFUSED') and s.next_look_at is null
         and not exists (select from outbox_messages o
                          where o.handler in ('finishSubscription', 'finishCancelling', 'followRecurringNews')
                            and o.key = s.id::text and o.done_at is null)
         and not exists (select from alerts a where a.kind = 'SUBSCRIPTION_UNKNOWN' and a.subject = s.number)`,
  },
  {
    id: "SUBSCRIPTION_MEANS",
    says: "a subscription that is not over is charged to a card or account of its owner's that he has not taken back",
    sql: `
      select s.number as subject, format('%s by %s, which is not his, or not any more', s.state, s.method) as detail
        from subscriptions s
        left join saved_cards c on c.id = s.saved_card_id
        left join linked_accounts a on a.id = s.linked_account_id
       where coalesce(c.user_id, a.user_id) is distinct from s.user_id
          or (s.state not in ('SUSPENDED', 'CANCELLED', 'REFUSED')
              and (c.deleted_at is not null
                   or exists (select from linked_account_logs l
                               where l.linked_account_id = a.id and l.event = 'unlinkAsked')))`,
  },
  {
    id: "CARD_OWNER",
    says: "a saved card pays nobody's payment but its owner's",
    sql: `
      select t.gateway_order_id as subject, format('%s of %s is charged to another customer''s card', t.method, p.number
             ) as detail
        from payment_transactions t join payments p on p.id = t.payment_id
        join saved_cards c on c.id = t.saved_card_id
       where c.user_id <> p.user_id`,
  },
  {
    id: "LINKED_ACCOUNT_LOG",
    says: "the log of each linked account is a path in its table that ends at its state",
    values: () => [JSON.stringify(ACCOUNT_MOVES)],
    sql: `
      with moves as (
        select m."from", m.event, m."to"
          from jsonb_to_recordset($1::jsonb) as m("from" text, event text, "to" text)),
      steps as (
        select l.*, lag(l.to_state) over w as previous, lead(l.id) over w is null as is_last
          from linked_account_logs l window w as (partition by l.linked_account_id order by l.id))
      select a.id::text as subject,
             format('%s by %s to %s, after %s, it is %s', l.from_state, l.event, l.to_state, l.previous, a.state
             ) as detail
        from linked_accounts a left join steps l on l.linked_account_id = a.id
        left join moves m on m."from" = l.from_state and m.event = l.event and m."to" = l.to_state
       where l.linked_account_id is null or l.from_state is distinct from l.previous
          or (l.previous is not null and m.event is null) or (l.is_last and l.to_state <> a.state)`,
  },
  {
    id: "LINKED_ACCOUNT_WATCH",
    says: "a linked account that is not over is looked at again",
    sql: `
      select a.id::text as subject, format('%s, and nobody will look at it', a.state) as detail
        from linked_accounts a
       where a.state in ('LINKING', 'PENDING', 'LINKED', 'UNLINKING') and a.next_look_at is null`,
  },
];
