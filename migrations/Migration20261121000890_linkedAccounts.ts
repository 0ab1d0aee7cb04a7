import { Migration } from "@mikro-orm/migrations";

/** The GoPay accounts that customers have linked, and the subscriptions that are charged to them. */
export class Migration20261121000890_linkedAccounts extends Migration {
  override up(): void {
    this.addSql(`
      create table linked_accounts (
        id uuid primary key,
        user_id uuid not null references users (id),
        state text not null check (state in ('LINKING', 'PENDING', 'LINKED', 'UNLINKING', 'EXPIRED', 'REFUSED',
                                             'UNLINKED')),
        masked_phone text not null,
        gateway_account_id text unique           -- null: the gateway has not answered
          check (gateway_account_id is not null or state in ('LINKING', 'EXPIRED', 'REFUSED')),
        links_sealed text                        -- null: nothing to open
          check (links_sealed is null or state = 'PENDING'),
        token_sealed text                        -- null: it cannot be charged
          check (token_sealed is null or state in ('LINKED', 'UNLINKING')),
        refusal text check ((refusal is not null) = (state = 'REFUSED')),
        next_look_at timestamptz,                -- null: nothing more to ask for
        last_looked_at timestamptz,
        linked_at timestamptz,                   -- null: it never was
        ended_at timestamptz,                    -- null: not over
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    this.addSql("create index linked_accounts_mine on linked_accounts (user_id, created_at desc, id desc)");
    this.addSql("create index linked_accounts_due on linked_accounts (next_look_at) where next_look_at is not null");
    this.addSql(`
      create table linked_account_logs (
        id bigint generated always as identity primary key,
        linked_account_id uuid not null references linked_accounts (id),
        from_state text,                         -- null: it was asked for
        to_state text not null,
        event text not null,
        source text not null,
        actor_id uuid references users (id),
        request_id text,
        at timestamptz not null
      )`);
    this.addSql("create index linked_account_logs_account on linked_account_logs (linked_account_id, id)");
    this.addSql(
      `create trigger linked_accounts_stay before delete on linked_accounts
       for each row execute function forbid_change()`,
    );
    this.addSql(
      `create trigger linked_account_logs_stay before update or delete on linked_account_logs
       for each row execute function forbid_change()`,
    );
    this.addSql(
      `alter table subscriptions add column linked_account_id uuid references linked_accounts (id),
         add check ((method = 'GOPAY') = (linked_account_id is not null))`,
    );
    this.addSql("create index subscriptions_account on subscriptions (linked_account_id)");
  }
}
