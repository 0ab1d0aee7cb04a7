import { Migration } from "@mikro-orm/migrations";

/** Who may come in, and what staff and services did. */
export class Migration20261120000100_people extends Migration {
  override up(): void {
    this.addSql(`
      create function forbid_change() returns trigger language plpgsql as $$
      begin
        raise exception '% on % is forbidden: what was bought, paid or done stays on record', tg_op, tg_table_name
          using errcode = 'restrict_violation';
      end $$`);
    this.addSql(`
      create table users (
        id uuid primary key,
        email text not null,
        email_key text not null unique,          -- lower case: one account an address
        password_hash text not null,
        name text not null,
        phone text,                              -- null: not given
        role text not null check (role in ('CUSTOMER', 'STAFF', 'ADMIN')),
        is_member boolean not null default false,
        is_active boolean not null default true,
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    this.addSql(`
      create table refresh_tokens (
        id uuid primary key,
        user_id uuid not null references users (id),
        family_id uuid not null,                 -- one sign-in: a replayed token revokes all of it
        token_hash text not null unique,
        expires_at timestamptz not null,
        used_at timestamptz,                     -- null: not traded for a new pair yet
        revoked_at timestamptz,                  -- null: good
        created_at timestamptz not null
      )`);
    this.addSql("create index refresh_tokens_user on refresh_tokens (user_id)");
    this.addSql("create index refresh_tokens_family on refresh_tokens (family_id)");
    this.addSql(`
      create table audit_logs (
        id bigint generated always as identity primary key,
        actor_role text not null,
        actor_id uuid references users (id),     -- null: a service
        permission text not null,
        entity text not null,
        entity_id text not null,
        before jsonb,                            -- null: it did not exist
        after jsonb,
        reason text,                             -- null: none was asked for
        request_id text,                         -- null: not asked by a request
        at timestamptz not null
      )`);
    this.addSql("create index audit_logs_entity on audit_logs (entity, entity_id)");
    this.addSql("create index audit_logs_actor on audit_logs (actor_id, at)");
    this.addSql(
      `create trigger audit_logs_stay before update or delete on audit_logs
       for each row execute function forbid_change()`,
    );
  }
}
