import { Migration } from "@mikro-orm/migrations";

/** Packages that are sold by the month, the cards that were saved at the gateway, and what it charges by itself. */
export class Migration20261120000860_subscriptions extends Migration {
  override up(): void {
    this.addSql(
      // null: not sold by the month. The bounds are those of a card charge.
      "alter table packages add column monthly_price bigint check (monthly_price between 10000 and 999999999)",
    );
    this.cards();
    this.subscriptions();
    for (const table of ["subscriptions", "subscription_charges", "saved_cards"]) {
      this.addSql(
        `create trigger ${table}_stay before delete on ${table} for each row execute function forbid_change()`,
      );
    }
    this.addSql(
      `create trigger subscription_logs_stay before update or delete on subscription_logs
       for each row execute function forbid_change()`,
    );
  }

  private cards(): void {
    this.addSql(`
      create table saved_cards (
        id uuid primary key,
        user_id uuid not null references users (id),
        token_sealed text check ((token_sealed is null) = (deleted_at is not null)),  -- null: deleted
        token_hash text not null,                -- keyed: finds the same card again
        masked_card text not null,
        bank text,                               -- null: not told
        expires_at timestamptz,                  -- null: not told
        created_at timestamptz not null,
        deleted_at timestamptz                   -- null: it can be charged
      )`);
    this.addSql("create unique index saved_cards_token on saved_cards (token_hash)");
    this.addSql("create index saved_cards_mine on saved_cards (user_id, created_at desc, id desc)");
    this.addSql(
      // When the gateway is asked whether the payer saved his card; null: that is done.
      "alter table payment_transactions add column card_look_at timestamptz default '-infinity'",
    );
    this.addSql(`
      create index payment_transactions_card on payment_transactions (card_look_at)
       where gateway_payment_type = 'credit_card' and state = 'PAID' and card_look_at is not null`);
  }

  private subscriptions(): void {
    this.addSql("create sequence subscription_numbers as integer minvalue 0 start 0 maxvalue 1073741823");
    this.addSql(`
      create table subscriptions (
        id uuid primary key,
        number text not null unique,             -- its name at the gateway, with which the order ids there begin
        user_id uuid not null references users (id),
        package_id uuid not null references packages (id),
        method text not null check (method in ('CREDIT_CARD', 'GOPAY')),
        saved_card_id uuid references saved_cards (id),
        amount bigint not null check (amount > 0),
        currency text not null default 'IDR' check (currency = 'IDR'),
        state text not null check (state in ('STARTING', 'UNKNOWN', 'PENDING', 'ACTIVE', 'PAST_DUE', 'SUSPENDED',
                                             'CANCELLING', 'CANCELLED', 'REFUSED')),
        gateway_id text unique,                  -- null: not known
        sent_at timestamptz,                     -- null: the gateway was never asked to create it
        starts_at timestamptz,                   -- null: as before; else the first charge's moment
        paid_until timestamptz,                  -- null: nothing is paid
        next_charge_at timestamptz,              -- null: the gateway plans none
        next_look_at timestamptz,                -- null: nothing more to ask for
        last_looked_at timestamptz,
        ended_at timestamptz,                    -- null: not over
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((method = 'CREDIT_CARD') = (saved_card_id is not null)),
        check ((sent_at is null) = (starts_at is null))
      )`);
    this.addSql("create index subscriptions_mine on subscriptions (user_id, created_at desc, id desc)");
    this.addSql("create index subscriptions_list on subscriptions (created_at desc, id desc)");
    this.addSql("create index subscriptions_package on subscriptions (package_id)");
    this.addSql("create index subscriptions_card on subscriptions (saved_card_id)");
    this.addSql("create index subscriptions_due on subscriptions (next_look_at) where next_look_at is not null");
    this.addSql(`
      create unique index subscriptions_one_open on subscriptions (user_id, package_id)
       where state not in ('SUSPENDED', 'CANCELLED', 'REFUSED')`);
    this.addSql(`
      create table subscription_charges (
        id uuid primary key,
        subscription_id uuid not null references subscriptions (id),
        payment_id uuid not null unique references payments (id),
        gateway_transaction_id text not null unique,
        period integer check (period >= 0),      -- the month that it pays for, from 0; null: none, or not any more
        created_at timestamptz not null
      )`);
    this.addSql(
      `create unique index subscription_charges_period on subscription_charges (subscription_id, period)
       where period is not null`,
    );
    this.addSql("create index subscription_charges_list on subscription_charges (subscription_id, created_at)");
    this.addSql(`
      create table subscription_logs (
        id bigint generated always as identity primary key,
        subscription_id uuid not null references subscriptions (id),
        from_state text,                         -- null: it was created
        to_state text not null,
        event text not null,
        source text not null,
        actor_id uuid references users (id),
        request_id text,
        at timestamptz not null
      )`);
    this.addSql("create index subscription_logs_subscription on subscription_logs (subscription_id, id)");
  }
}
