import { Migration } from "@mikro-orm/migrations";

const STATUSES = `'BOOKING', 'UNKNOWN', 'BOOKED', 'PACKED', 'TRANSIT', 'RETURNING', 'DELIVERED', 'RETURNED', 'LOST',
                  'CANCELLED'`;

/** Parcels: what was booked for an order, what became of it, and what the courier said on the way. */
export class Migration20261121000910_shipments extends Migration {
  override up(): void {
    this.addSql(`
      create table shipments (
        id uuid primary key,
        order_id uuid not null references orders (id),
        status text not null check (status in (${STATUSES})),
        courier text not null,                   -- as the customer chose it: codes of the rate API
        service text not null,
        shipping text not null,                  -- the same in the API that books it
        shipping_type text not null,
        booking_no text unique,                  -- null: the company has not said one
        airway_bill text,                        -- null: no pickup is arranged
        external_status text,                    -- null: the courier has said nothing; its own words
        flag text check (flag in ('packed', 'pickedUp', 'outForDelivery', 'problem', 'pickupProblem')),
        on_way_back boolean not null default false,
        weight_grams integer not null check (weight_grams > 0),
        quoted_cost bigint not null check (quoted_cost >= 0),   -- what the customer paid for it
        cost bigint check (cost >= 0),           -- null: not booked; what the courier takes, before the cashback
        cashback bigint check (cashback between 0 and cost),
        pickup_at timestamptz not null,
        vehicle text not null check (vehicle in ('Motor', 'Mobil', 'Truk')),
        pickup_asked_at timestamptz,             -- null: no pickup is being asked for; written before it is
        pickup_again_at timestamptz,             -- null: none was refused; a refused one is asked for again then
        pickup_tries integer not null default 0 check (pickup_tries between 0 and 99),
        pickup_why text,                         -- null: no pickup was refused; what the company said last
        phone_suffix_sealed text not null,       -- some couriers tell of a parcel only who knows these digits
        booked_by uuid not null references users (id),
        store_sent_at timestamptz,               -- null: not sent, for certain; written before it is sent
        ended_why text,                          -- null: it was not cancelled
        decided_by uuid references users (id),   -- null: no person had to say what became of an unknown booking
        cancel_tries integer not null default 0 check (cancel_tries between 0 and 99),
        version integer not null default 1,
        next_check_at timestamptz,               -- null: nothing to look for
        checks integer not null default 0 check (checks >= 0),
        checked_at timestamptz,                  -- null: never looked at
        claimed_until timestamptz,               -- null: no worker has it
        told_at timestamptz,                     -- null: no callback about it was believed
        alerted_word text,                       -- null: no unknown word was alerted
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (booking_no is null or store_sent_at is not null),
        -- What another company carries has its waybill number alone.
        check (booking_no is not null or airway_bill is not null or status in ('BOOKING', 'UNKNOWN', 'CANCELLED'))
      ) with (fillfactor = 80)`);
    // At most one living shipment an order, whoever books at once.
    this.addSql("create unique index shipments_living on shipments (order_id) where status <> 'CANCELLED'");
    this.addSql("create index shipments_order on shipments (order_id, created_at desc)");
    this.addSql("create index shipments_airway_bill on shipments (airway_bill) where airway_bill is not null");
    this.addSql("create index shipments_due on shipments (next_check_at, id) where next_check_at is not null");
    this.addSql("create index shipments_list on shipments (created_at desc, id desc)");
    this.addSql(`create index shipments_transit on shipments (created_at desc, id desc)
                 where status in ('BOOKING', 'BOOKED', 'PACKED', 'TRANSIT', 'RETURNING')`);
    this.addSql(`create index shipments_troubled on shipments (created_at desc, id desc)
                 where status in ('UNKNOWN', 'RETURNING', 'LOST') or pickup_why is not null
                    or flag in ('problem', 'pickupProblem')`);
    this.addSql(`create index shipments_label on shipments (pickup_at, id) where status = 'PACKED'`);
    this.addSql(`create index orders_to_ship on orders (paid_at, id) where status = 'PAID'`);
    this.addSql(`
      create table shipment_events (
        id bigint generated always as identity primary key,
        shipment_id uuid not null references shipments (id),
        digest text not null,
        event text not null,
        external_status text not null,
        description text not null,
        location text,                           -- null: the courier does not say
        source text not null check (source in ('KOMERCE', 'RAJAONGKIR')),
        at timestamptz not null,
        recorded_at timestamptz not null,
        unique (shipment_id, digest)
      )`);
    this.addSql("create index shipment_events_shipment on shipment_events (shipment_id, at, id)");
    this.addSql(`
      create table shipment_status_logs (
        id bigint generated always as identity primary key,
        shipment_id uuid not null references shipments (id),
        from_status text check (from_status in (${STATUSES})),  -- null: it was just made
        to_status text not null check (to_status in (${STATUSES})),
        event text not null,
        source status_source not null,
        actor_id uuid references users (id),     -- null: no person did it
        reason text,                             -- null: none was given
        external_status text,                    -- null: nothing outside said it
        at timestamptz not null
      )`);
    this.addSql("create index shipment_status_logs_shipment on shipment_status_logs (shipment_id, id)");
    this.addSql(`
      create table shipment_labels (
        id uuid primary key,
        digest text not null unique,             -- of the bookings and the page
        page text not null,
        booking_nos text[] not null check (cardinality(booking_nos) > 0),
        pdf_sealed text not null,                -- names, addresses and phones stand in it
        created_at timestamptz not null
      )`);
    this.addSql("create index shipment_labels_age on shipment_labels (created_at)");
    // What a cancelled order cost is owed back once, whoever cancels it.
    this.addSql(`create unique index refunds_one_cancel on refunds (order_id)
                 where cause = 'CANCEL' and status <> 'WITHDRAWN'`);
    this.addSql(
      "create trigger shipments_stay before delete on shipments for each row execute function forbid_change()",
    );
    for (const table of ["shipment_events", "shipment_status_logs"]) {
      this.addSql(`create trigger ${table}_stay before update or delete on ${table}
                   for each row execute function forbid_change()`);
    }
  }
}
