import { HOUR_MS, later } from "../kernel/time.ts";
import type { Invariant } from "./invariant.rules.ts";

/** A look that is due is taken within seconds; after this long, nobody is taking any. */
const LATE_MS = 6 * HOUR_MS;

/** What must hold of parcels on their way, and of how they ended. */
export const TRACKING_INVARIANTS: readonly Invariant[] = [
  {
    id: "TRACKED",
    says: "a parcel on its way has a look to come, and in time, or people were told; one that is over has none",
    values: ({ now }) => [later(now, -LATE_MS)],
    sql: `
      select h.id::text as subject, format('is %s, and nobody will look at it', h.status) as detail
        from shipments h
       where h.status in ('PACKED', 'TRANSIT', 'RETURNING') and h.next_check_at is null
         and not exists (select from alerts a where a.kind = 'SHIPMENT_SILENT' and a.subject = h.id::text)
      union all
      select h.id::text, format('is %s, and its look is due since %s', h.status, h.next_check_at)
        from shipments h
       where h.next_check_at < $1
         and not exists (select from alerts a where a.kind = 'TRACKING_BEHIND' and a.cleared_at is null)
      union all
      select h.id::text, format('is %s, and is still looked at', h.status)
        from shipments h
       where h.status in ('DELIVERED', 'RETURNED', 'LOST', 'CANCELLED') and h.next_check_at is not null`,
  },
  {
    id: "ARRIVED",
    says: "a completed order has the courier's word or the customer's; what came back or is lost has a case",
    sql: `
      select o.number as subject, 'is completed, and neither courier nor customer said that it arrived' as detail
        from orders o
       where o.status = 'COMPLETED' and not exists (
               select from order_status_logs l
                where l.order_id = o.id and l.to_status = 'COMPLETED'
                  and ((l.event = 'receiptConfirmed' and l.actor_id = o.user_id)
                    or (l.event in ('delivered', 'courierRefusesCompleted') and l.external_status <> '')))
      union all
      select o.number, format('is %s, and its parcel is %s', o.status, h.status)
        from shipments h join orders o on o.id = h.order_id
       where ((h.status = 'DELIVERED' and o.status <> 'COMPLETED')
           or (h.status = 'RETURNED' and o.status not in ('RETURNED', 'COMPLETED'))
           or (h.status in ('TRANSIT', 'RETURNING') and o.status not in ('SHIPPED', 'COMPLETED')))
         and not exists (select from money_cases c
                          where c.order_id = o.id and c.kind in ('ORDER_CONTRADICTED', 'SHIPMENT_CONTRADICTED'))
      union all
      select o.number, format('its parcel is %s, and nobody was asked to decide', h.status)
        from shipments h join orders o on o.id = h.order_id
       where h.status in ('RETURNED', 'LOST')
         and not exists (select from money_cases c
                          where c.order_id = o.id
                            and c.kind = case h.status when 'LOST' then 'LOST_PARCEL' else 'RETURNED' end)`,
  },
  {
    id: "STORY",
    says: "a parcel's story is only ever added to",
    sql: `
      select t.name as subject, 'its rows can be changed or deleted' as detail
        from unnest(array['shipment_events', 'shipment_status_logs']) as t(name)
       where not exists (select from pg_trigger g
                          where g.tgrelid = t.name::regclass and g.tgname = t.name || '_stay' and g.tgenabled <> 'D')
      union all
      select h.id::text, format('%s lines of it were told after they were written', count(*))
        from shipments h join shipment_events e on e.shipment_id = h.id
       where e.recorded_at < h.created_at group by h.id`,
  },
];
