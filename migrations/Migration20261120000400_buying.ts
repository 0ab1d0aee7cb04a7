import { Migration } from "@mikro-orm/migrations";

/** Checkout sessions, orders, their items and their log. */
export class Migration20261120000400_buying extends Migration {
  override up(): void {
    this.addSql("create sequence order_numbers as integer minvalue 0 start 0 maxvalue 1073741823");
    this.addSql("create sequence payment_numbers as integer minvalue 0 start 0 maxvalue 1073741823");
    this.addSql(`
      create table checkout_sessions (
        id uuid primary key,
        user_id uuid not null references users (id),
        status text not null check (status in ('OPEN', 'PAID', 'EXPIRED', 'CANCELLED')),
        total bigint not null check (total > 0),
        currency text not null default 'IDR' check (currency = 'IDR'),
        expires_at timestamptz not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      ) with (fillfactor = 85)`);
    this.addSql("create index checkout_sessions_user on checkout_sessions (user_id, created_at desc)");
    this.addSql(`
      create table orders (
        id uuid primary key,
        number text not null unique,
        session_id uuid not null references checkout_sessions (id),
        user_id uuid not null references users (id),
        store_id uuid not null references stores (id),
        status text not null check (status in ('PENDING_PAYMENT', 'PAID', 'PROCESSING', 'SHIPPED', 'COMPLETED',
                                               'CANCEL_REQUESTED', 'CANCELLED', 'RETURNED')),
        payment_status text not null check (payment_status in ('UNPAID', 'PENDING', 'PAID', 'REFUND_PENDING',
                                            'PARTIALLY_REFUNDED', 'REFUNDED', 'FAILED', 'EXPIRED', 'CANCELLED',
                                                'CHARGEBACK')),
        subtotal bigint not null check (subtotal > 0),
        shipping_cost bigint not null check (shipping_cost >= 0),
        discount bigint not null default 0 check (discount >= 0),
        tax bigint not null check (tax >= 0),
        total bigint not null check (total = subtotal + shipping_cost - discount),
        currency text not null default 'IDR' check (currency = 'IDR'),
        shipping_tax jsonb not null,             -- the PPN inside the shipping cost, by the rule of its day
        shipping_address jsonb not null,
        shipping_quote jsonb not null,           -- places, weight, courier, service, price, age, source
        is_archived boolean not null default false,
        version integer not null default 1,
        paid_at timestamptz,                     -- null: never paid
        created_at timestamptz not null,
        updated_at timestamptz not null
      ) with (fillfactor = 85)`);
    this.addSql("create index orders_session on orders (session_id)");
    this.addSql("create index orders_store on orders (store_id)");
    this.addSql("create index orders_mine on orders (user_id, created_at desc, id desc) where not is_archived");
    this.addSql("create index orders_list on orders (created_at desc, id desc)");
    this.addSql(
      "create index orders_open on orders (status, created_at) where status not in ('COMPLETED', 'CANCELLED')",
    );
    this.addSql(`
      create table order_items (
        id uuid primary key,
        order_id uuid not null references orders (id),
        product_id uuid not null references products (id),
        product_name text not null,
        unit_price bigint not null check (unit_price > 0),
        quantity integer not null check (quantity between 1 and 999),
        weight_grams integer not null check (weight_grams > 0),
        total bigint not null check (total = unit_price * quantity),
        tax jsonb not null                       -- per line: bases, PPN, the formula's value and the rule's version
      )`);
    this.addSql("create index order_items_order on order_items (order_id)");
    this.addSql("create index order_items_product on order_items (product_id)");
    this.addSql(
      `alter table stock_movements add constraint stock_movements_item
       foreign key (order_item_id) references order_items (id)`,
    );
    this.addSql(`
      create table order_status_logs (
        id bigint generated always as identity primary key,
        order_id uuid not null references orders (id),
        from_status text,                        -- null: the order was just placed
        to_status text not null,
        event text not null,
        source text not null check (source in ('CUSTOMER', 'STAFF', 'MIDTRANS', 'RAJAONGKIR', 'SYSTEM')),
        actor_id uuid references users (id),     -- null: no person did it
        reason text,                             -- null: none was given
        external_status text,                    -- null: nothing outside said it
        at timestamptz not null
      )`);
    this.addSql("create index order_status_logs_order on order_status_logs (order_id, id)");
    for (const table of ["checkout_sessions", "orders", "order_items"]) {
      this.addSql(
        `create trigger ${table}_stay before delete on ${table} for each row execute function forbid_change()`,
      );
    }
    this.addSql(`create trigger order_status_logs_stay before update or delete on order_status_logs
                 for each row execute function forbid_change()`);
  }
}
