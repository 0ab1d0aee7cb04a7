import { Migration } from "@mikro-orm/migrations";

/** What buyers say of products, and the indexes that staff's search and filters of orders need. */
export class Migration20261121000960_reviews extends Migration {
  override up(): void {
    this.reviews();
    this.ordersFound();
  }

  private reviews(): void {
    this.addSql(`
      create table reviews (
        id uuid primary key,
        product_id uuid not null references products (id),
        user_id uuid not null references users (id),
        order_item_id uuid not null references order_items (id),  -- the purchase that it stands on
        rating integer check (rating between 1 and 5),  -- null: none given
        comment text not null check (length(comment) between 1 and 2000),
        likeness text,                           -- digest of a comment long enough to be known again; null: too short
        is_active boolean not null default true,
        is_archived boolean not null default false,
        archived_by uuid references users (id),
        archived_at timestamptz,
        archive_reason text,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (is_archived = (archived_at is not null and archived_by is not null and archive_reason is not null))
      ) with (fillfactor = 85)`);
    // A moderated review keeps its place for ever, so that its author cannot write it again.
    this.addSql("create unique index reviews_one on reviews (user_id, product_id) where is_active or is_archived");
    this.addSql(`create index reviews_living on reviews (product_id, created_at desc, id desc)
                 where is_active and not is_archived`);
    this.addSql("create index reviews_product on reviews (product_id, created_at desc, id desc)");
    this.addSql("create index reviews_mine on reviews (user_id, created_at desc, id desc)");
    this.addSql("create index reviews_list on reviews (created_at desc, id desc)");
    this.addSql("create index reviews_item on reviews (order_item_id)");
    this.addSql("create index reviews_likeness on reviews (likeness) where likeness is not null");
    this.addSql("create trigger reviews_stay before delete on reviews for each row execute function forbid_change()");
    this.addSql(`alter table products
      add constraint products_reviews check (review_count >= rating_count and rating_count >= 0),
      add constraint products_rating check (rating_sum between rating_count and 5 * rating_count)`);
  }

  /** One index by customer serves his own list and staff's search; one by both statuses serves every filter. */
  private ordersFound(): void {
    this.addSql("create index orders_of_user on orders (user_id, created_at desc, id desc)");
    this.addSql("drop index orders_mine");
    // With what a count looks at besides, so that it reads the index alone.
    this.addSql(`create index orders_statuses on orders (status, payment_status, created_at desc, id desc)
                 include (is_archived)`);
  }
}
