import { Migration } from "@mikro-orm/migrations";

/** What is known of a cart that its owner has left, and whether he may be reminded of it. */
export class Migration20261121000974_abandonedCarts extends Migration {
  override up(): void {
    this.addSql(`
      alter table users add column marketing_consent boolean not null default false,
        add column marketing_consent_at timestamptz  -- null: never asked; when he last said yes or no`);
    this.addSql(`
      alter table carts
        add column started_at timestamptz,           -- null: it is empty; when the first thing was put in
        add column abandoned_at timestamptz,         -- null: it was not left since; stays until the next is begun
        add column reminded_at timestamptz`); //        null: its owner was not reminded of it
    this.addSql("alter table cart_items add column price_seen bigint check (price_seen >= 0)"); // null: from before
    this.addSql(`update carts c set started_at = c.updated_at
                  where exists (select from cart_items i where i.cart_id = c.id)`);
    this.addSql(`create index carts_left on carts (updated_at)
                 where started_at is not null and abandoned_at is null`);
    this.addSql(`
      create table cart_events (
        id bigint generated always as identity primary key,
        cart_id uuid not null references carts (id),
        kind text not null check (kind in ('STARTED', 'ABANDONED', 'REMINDED', 'RECOVERED')),
        at timestamptz not null
      )`);
    this.addSql("create index cart_events_day on cart_events (at, kind)");
  }
}
