import { Migration } from "@mikro-orm/migrations";

/** What makes every flow safe to repeat: keys, the outbox, alerts, notices, limits, and the record of gateway calls. */
export class Migration20261120000300_plumbing extends Migration {
  override up(): void {
    this.addSql(`
      create table idempotency_keys (
        user_id uuid not null references users (id),
        operation text not null,
        key text not null check (length(key) between 8 and 64),
        input_hash text not null,
        result jsonb not null,
        created_at timestamptz not null,
        primary key (user_id, operation, key)
      )`);
    this.addSql("create index idempotency_keys_age on idempotency_keys (created_at)");
    this.addSql(`
      create table outbox_messages (
        id bigint generated always as identity primary key,
        name text not null,
        handler text not null,
        payload jsonb not null,
        key text,                                -- null: every job counts; else one unfinished a handler and key
        request_id text,                         -- null: not caused by a request
        touches integer not null default 0,      -- asked for again while unfinished
        attempts integer not null default 0,
        due_at timestamptz not null,
        offered_at timestamptz,                  -- null: not handed to the queue since it became due
        done_at timestamptz,                     -- null: not done
        parked_at timestamptz,                   -- null: not given up; else a person decides
        error text,                              -- null: the last try did not fail
        created_at timestamptz not null
      ) with (fillfactor = 70)`);
    this.addSql("create index outbox_due on outbox_messages (due_at, id) where done_at is null and parked_at is null");
    this.addSql(
      "create index outbox_parked on outbox_messages (parked_at) where parked_at is not null and done_at is null",
    );
    this.addSql("create index outbox_done on outbox_messages (done_at) where done_at is not null");
    this.addSql(`create unique index outbox_one_pending on outbox_messages (handler, key)
                 where key is not null and done_at is null and parked_at is null`);
    this.addSql(`
      create table alerts (
        id uuid primary key,
        kind text not null,
        subject text not null,
        severity text not null check (severity in ('INFO', 'WARNING', 'CRITICAL')),
        message text not null,
        raises integer not null default 1,
        raised_at timestamptz not null,
        cleared_at timestamptz,                  -- null: open
        cleared_by uuid references users (id),   -- null: open, or it cleared by itself
        note text                                -- null: it cleared by itself
      )`);
    this.addSql("create unique index alerts_one_open on alerts (kind, subject) where cleared_at is null");
    this.addSql("create index alerts_list on alerts (raised_at desc, id desc)");
    this.addSql(`
      create table notices (
        id uuid primary key,
        event text not null,
        template text not null,
        user_id uuid references users (id),      -- null: not to an account
        recipient text not null,
        subject text not null,
        body_text text not null,
        body_html text not null,
        state text not null check (state in ('STORED', 'SENDING', 'SENT', 'IN_DOUBT')),
        created_at timestamptz not null,
        sent_at timestamptz,                     -- null: not handed to a mail server
        unique (event, recipient, template)
      )`);
    this.addSql("create index notices_list on notices (created_at desc, id desc)");
    this.addSql("create index notices_user on notices (user_id)");
    this.addSql(`
      create table gateway_calls (
        id uuid primary key,
        gateway text not null,
        operation text not null,
        method text not null,
        path text not null,
        correlation text,                        -- null: about no single thing (a search)
        status integer,                          -- null: no answer came
        outcome text not null,
        duration_ms integer not null,
        request_sealed text not null,
        response_sealed text,                    -- null: no answer came
        at timestamptz not null
      )`);
    this.addSql("create index gateway_calls_correlation on gateway_calls (correlation, at desc)");
    this.addSql("create index gateway_calls_list on gateway_calls (at desc, id desc)");
    this.addSql(`
      create table rate_limits (
        key varchar(255) primary key,
        points integer not null default 0,
        expire bigint                            -- milliseconds since 1970; null: never
      ) with (fillfactor = 70)`);
    this.addSql("create index rate_limits_expire on rate_limits (expire)");
  }
}
