import { Migration } from "@mikro-orm/migrations";

/** Stores, what they sell, what is on their shelves, and carts. */
export class Migration20261120000200_catalogue extends Migration {
  override up(): void {
    this.addSql(`
      create table stores (
        id uuid primary key,
        slug text not null unique,
        name text not null,
        legal_name text not null,
        npwp text,                               -- null: not a taxable entrepreneur
        origin_id integer not null,              -- RajaOngkir's sub-district id
        phone text not null,
        email text not null,
        address text not null,
        is_pkp boolean not null,
        pkp_since date check (is_pkp = (pkp_since is not null)),
        is_active boolean not null default true,
        created_at timestamptz not null
      )`);
    this.addSql(`
      create table products (
        id uuid primary key,
        store_id uuid not null references stores (id),
        slug text not null unique,
        name text not null,
        description text not null,
        price bigint not null check (price between 1 and 9007199254740991),
        weight_grams integer not null check (weight_grams > 0),
        length_cm integer not null check (length_cm > 0),
        width_cm integer not null check (width_cm > 0),
        height_cm integer not null check (height_cm > 0),
        opening_stock integer not null check (opening_stock >= 0),
        stock integer not null check (stock >= 0),
        image_url text,                          -- null: no picture yet
        tax_class text not null default 'taxable' check (tax_class in ('taxable', 'not_vatable')),
        rating_sum integer not null default 0,
        rating_count integer not null default 0,
        review_count integer not null default 0,
        is_active boolean not null default true,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        search tsvector not null generated always as (to_tsvector('simple', name || ' ' || description)) stored
      ) with (fillfactor = 85)`);
    this.addSql("create index products_store on products (store_id)");
    this.addSql("create index products_list on products (name, id) where is_active");
    this.addSql("create index products_search on products using gin (search)");
    this.addSql(`
      create table stock_movements (
        id bigint generated always as identity primary key,
        product_id uuid not null references products (id),
        order_item_id uuid,                      -- null: ADJUST; its foreign key comes with the orders
        kind text not null check (kind in ('RESERVE', 'RELEASE', 'RESTOCK', 'ADJUST')),
        quantity integer not null check (quantity <> 0),
        reason text,                             -- null: the order says it
        at timestamptz not null,
        check ((kind = 'RESERVE' and quantity < 0) or (kind in ('RELEASE', 'RESTOCK') and quantity > 0)
               or kind = 'ADJUST'),
        check ((kind = 'ADJUST') = (order_item_id is null))
      )`);
    this.addSql("create index stock_movements_product on stock_movements (product_id)");
    this.addSql(`create unique index stock_movements_once on stock_movements (order_item_id, kind)
                 where kind in ('RESERVE', 'RELEASE')`);
    this.addSql(
      `create trigger stock_movements_stay before update or delete on stock_movements
       for each row execute function forbid_change()`,
    );
    this.addSql(`
      create table courses (
        id uuid primary key,
        slug text not null unique,
        title text not null,
        description text not null,
        is_active boolean not null default true,
        created_at timestamptz not null
      )`);
    this.addSql(`
      create table packages (
        id uuid primary key,
        slug text not null unique,
        name text not null,
        approval text not null default 'MANUAL' check (approval in ('MANUAL', 'AUTO')),
        is_bundle boolean not null,
        is_active boolean not null default true,
        created_at timestamptz not null
      )`);
    this.addSql(`
      create table package_prices (
        package_id uuid not null references packages (id),
        type text not null check (type in ('DIKE', 'UMUM')),
        price bigint not null check (price > 0),
        primary key (package_id, type)
      )`);
    this.addSql(`
      create table package_courses (
        package_id uuid not null references packages (id),
        course_id uuid not null references courses (id),
        position integer not null,
        primary key (package_id, course_id)
      )`);
    this.addSql("create index package_courses_course on package_courses (course_id)");
    this.addSql(`
      create table carts (
        id uuid primary key,
        user_id uuid not null unique references users (id),
        updated_at timestamptz not null
      )`);
    this.addSql(`
      create table cart_items (
        id uuid primary key,
        cart_id uuid not null references carts (id),
        product_id uuid not null references products (id),
        quantity integer not null check (quantity between 1 and 999),
        added_at timestamptz not null,
        unique (cart_id, product_id)
      )`);
    this.addSql("create index cart_items_product on cart_items (product_id)");
  }
}
