import { SHIPMENT_EVENTS, SHIPMENT_STATUSES, shipmentStates } from "../shipping/shipment.states.ts";
import type { Invariant } from "./invariant.rules.ts";

/** Every change that the shipment table allows, as `[from, event, to]`. */
const MOVES = SHIPMENT_STATUSES.flatMap((from) =>
  SHIPMENT_EVENTS.map((event) => ({ from, event, verdict: shipmentStates.verdict(from, event) }))
    .filter(({ verdict }) => verdict.kind === "moved")
    .map(({ event, verdict }) => ({ from, event, to: verdict.next })),
);

/** What must hold of parcels and their bookings. */
export const SHIPMENT_INVARIANTS: readonly Invariant[] = [
  {
    id: "SHIPMENT",
    says: "an order that is being sent has one living shipment, and one that is cancelled has none, or a case",
    sql: `
      select o.number as subject, format('is %s and has %s living shipments', o.status, count(h.id)) as detail
        from orders o left join shipments h on h.order_id = o.id and h.status <> 'CANCELLED'
       where o.status in ('PROCESSING', 'SHIPPED')
       group by o.id having count(h.id) <> 1
      union all
      select o.number, format('is %s and its shipment lives: %s', o.status, h.status)
        from shipments h join orders o on o.id = h.order_id
       where h.status <> 'CANCELLED' and o.status in ('PENDING_PAYMENT', 'PAID', 'CANCELLED')
         and not exists (select from money_cases c where c.resolved_at is null
                            and (c.order_id = o.id or c.subject in (o.id::text, h.id::text)))`,
  },
  {
    id: "BOOKING",
    says: "a booking is sent once and is one shipment's, and what is not known of it waits for a person or a job",
    sql: `
      select h.booking_no as subject, format('is the booking of %s shipments', count(*)) as detail
        from shipments h where h.booking_no is not null group by h.booking_no having count(*) > 1
      union all
      select o.number, format('%s bookings were sent for %s shipments', c.sent, s.sent)
        from (select correlation, count(*) as sent from gateway_calls
               where gateway = 'komerce' and operation = 'store' and outcome in ('ok', 'failed')
               group by correlation) c
        join orders o on o.number = c.correlation
       cross join lateral (select count(*) as sent from shipments h
                            where h.order_id = o.id and h.store_sent_at is not null) s
       where c.sent > s.sent
      union all
      select o.number, 'nobody knows whether it was booked, and no case says so'
        from shipments h join orders o on o.id = h.order_id
       where h.status = 'UNKNOWN'
         and not exists (select from money_cases c where c.kind = 'STORE_UNKNOWN' and c.subject = h.id::text
                                                     and c.resolved_at is null)
      union all
      select o.number, format('its shipment is %s and no job goes on with it', h.status)
        from shipments h join orders o on o.id = h.order_id join payments p on p.session_id = o.session_id
       where (h.status = 'BOOKING'
              or (h.status = 'BOOKED' and o.status = 'PROCESSING'
                  and p.status in ('PAID', 'APPROVED', 'PARTIALLY_REFUNDED')))
         and not exists (select from outbox_messages m
                          where m.done_at is null
                            and m.handler = case h.status when 'BOOKING' then 'bookCourier' else 'arrangePickup' end
                            and m.payload->>'shipmentId' = h.id::text)
         and not exists (select from alerts a where a.kind = 'PICKUP_REFUSED' and a.subject = h.id::text)
         and not (h.status = 'BOOKING' and o.status = 'CANCEL_REQUESTED')
      union all
      select o.number, format('its cancel was asked for, its shipment is %s and no job goes on with it',
                              coalesce(h.status, 'none'))
        from orders o left join shipments h on h.order_id = o.id and h.status <> 'CANCELLED'
       where o.status = 'CANCEL_REQUESTED' and h.status is distinct from 'UNKNOWN'
         and not exists (select from outbox_messages m
                          where m.done_at is null and m.handler in ('cancelBooking', 'bookCourier')
                            and (m.payload->>'orderId' = o.id::text or m.payload->>'shipmentId' = h.id::text))`,
  },
  {
    id: "SHIPMENT_LOG",
    says: "the log of each shipment is a path in the shipment table that ends at its status",
    values: () => [JSON.stringify(MOVES)],
    sql: `
      with moves as (
        select m."from", m.event, m."to"
          from jsonb_to_recordset($1::jsonb) as m("from" text, event text, "to" text)),
      steps as (
        select l.shipment_id, l.from_status, l.event, l.to_status,
               lag(l.to_status) over w as previous, row_number() over w as step, lead(l.id) over w is null as is_last
          from shipment_status_logs l window w as (partition by l.shipment_id order by l.id))
      select h.id::text as subject,
             format('step %s: %s by %s to %s, after %s, shipment is %s',
                    s.step, s.from_status, s.event, s.to_status, s.previous, h.status) as detail
        from shipments h left join steps s on s.shipment_id = h.id
       where s.shipment_id is null
          or s.from_status is distinct from s.previous
          or (s.step = 1 and s.to_status <> 'BOOKING')
          or (s.step > 1 and not exists (select from moves m
                                          where m."from" = s.from_status and m.event = s.event
                                            and m."to" = s.to_status))
          or (s.is_last and s.to_status <> h.status)`,
  },
];
