import { Migration } from "@mikro-orm/migrations";

/** Payments, what the gateway knows of them, its notifications, refunds, cases and invoices. */
export class Migration20261120000500_money extends Migration {
  override up(): void {
    this.payments();
    this.inbox();
    this.afterwards();
    for (const table of [
      "payments",
      "payment_transactions",
      "payment_notifications",
      "refunds",
      "money_cases",
      "invoices",
    ]) {
      this.addSql(
        `create trigger ${table}_stay before delete on ${table} for each row execute function forbid_change()`,
      );
    }
    this.addSql(
      `create trigger payment_logs_stay before update or delete on payment_logs
       for each row execute function forbid_change()`,
    );
  }

  private payments(): void {
    this.addSql(`
      create table payments (
        id uuid primary key,
        number text not null unique,
        purpose text not null check (purpose in ('ORDER', 'ENROLLMENT')),
        channel text not null check (channel in ('MIDTRANS', 'MANUAL_TRANSFER')),
        status text not null check (status in ('PENDING', 'CHALLENGED', 'PAID', 'APPROVED', 'REJECTED', 'FAILED',
            'EXPIRED',
                                               'CANCELLED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CHARGEBACK')),
        user_id uuid not null references users (id),
        session_id uuid unique references checkout_sessions (id),  -- null: not for orders
        method text,                             -- null: none chosen yet
        amount bigint not null check (amount > 0),
        refunded_amount bigint not null default 0 check (refunded_amount >= 0),
        currency text not null default 'IDR' check (currency = 'IDR'),
        covering_transaction_id uuid,            -- null: nothing has paid it
        tries integer not null default 0 check (tries between 0 and 99),
        version integer not null default 1,
        paid_at timestamptz,                     -- null: never paid
        expires_at timestamptz not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((purpose = 'ORDER') = (session_id is not null))
      ) with (fillfactor = 85)`);
    this.addSql("create index payments_mine on payments (user_id, created_at desc, id desc)");
    this.addSql("create index payments_list on payments (created_at desc, id desc)");
    this.addSql("create index payments_open on payments (expires_at) where status in ('PENDING', 'CHALLENGED')");
    this.addSql(`
      create table payment_transactions (
        id uuid primary key,
        payment_id uuid not null references payments (id),
        gateway_order_id text not null unique,
        method text not null,
        state text not null check (state in ('STARTING', 'LIVE', 'PAID', 'CLOSED', 'UNKNOWN')),
        gateway_transaction_id text,             -- null: the customer chose no method yet
        gateway_payment_type text,
        gateway_status text,                     -- null: never confirmed by a status answer
        fraud_status text,
        amount bigint not null check (amount > 0),
        item_total bigint not null check (item_total = amount),
        fee_amount bigint not null default 0 check (fee_amount >= 0),
        captured_amount bigint not null default 0 check (captured_amount >= 0),
        refunded_amount bigint not null default 0 check (refunded_amount between 0 and captured_amount),
        charged_back_amount bigint not null default 0 check (charged_back_amount >= 0),
        instructions jsonb not null default '{}',
        expires_at timestamptz,
        settled_at timestamptz,                  -- null: not settled
        polls integer not null default 0,
        next_poll_at timestamptz,                -- null: final, nothing to ask for
        last_checked_at timestamptz,             -- null: not asked yet
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (refunded_amount + charged_back_amount <= captured_amount)
      ) with (fillfactor = 85)`);
    this.addSql("create index payment_transactions_payment on payment_transactions (payment_id)");
    this.addSql(`create unique index payment_transactions_one_live on payment_transactions (payment_id)
                 where state in ('STARTING', 'LIVE', 'UNKNOWN')`);
    this.addSql("create unique index payment_transactions_gateway_id on payment_transactions (gateway_transaction_id)");
    this.addSql(
      "create index payment_transactions_due on payment_transactions (next_poll_at) where next_poll_at is not null",
    );
    this.addSql(
      `alter table payments add constraint payments_covering
       foreign key (covering_transaction_id) references payment_transactions (id)`,
    );
    this.addSql(`
      create table payment_tokens (
        token_hash text primary key,
        payment_id uuid not null references payments (id),
        expires_at timestamptz not null,
        used_at timestamptz,                     -- null: not used
        created_at timestamptz not null
      )`);
    this.addSql("create index payment_tokens_payment on payment_tokens (payment_id)");
    this.addSql(`
      create table payment_logs (
        id bigint generated always as identity primary key,
        payment_id uuid not null references payments (id),
        transaction_id uuid references payment_transactions (id),  -- null: about the payment itself
        step text not null,
        from_status text,                        -- null: the status was not touched
        to_status text,
        detail jsonb not null default '{}',
        source text not null,
        actor_id uuid references users (id),
        request_id text,
        at timestamptz not null
      )`);
    this.addSql("create index payment_logs_payment on payment_logs (payment_id, id)");
    this.addSql("create index payment_logs_transaction on payment_logs (transaction_id)");
  }

  private inbox(): void {
    this.addSql(`
      create table payment_notifications (
        id uuid primary key,
        digest text not null unique,             -- of what is meaningful in the body
        gateway_order_id text not null,
        gateway_transaction_id text,
        gateway_status text,
        body_sealed text not null,
        is_test boolean not null default false,
        state text not null check (state in ('STORED', 'APPLIED', 'SAME', 'PARKED', 'REJECTED')),
        folded integer not null default 0,       -- later ones beyond the hourly limit, counted here
        attempts integer not null default 0,
        error text,                              -- null: the last try did not fail
        received_at timestamptz not null,
        applied_at timestamptz                   -- null: not processed
      ) with (fillfactor = 85)`);
    this.addSql(
      "create index payment_notifications_order on payment_notifications (gateway_order_id, received_at desc)",
    );
    this.addSql("create index payment_notifications_list on payment_notifications (received_at desc, id desc)");
    this.addSql(
      "create index payment_notifications_stored on payment_notifications (received_at) where state = 'STORED'",
    );
  }

  private afterwards(): void {
    this.addSql(`
      create table refunds (
        id uuid primary key,
        payment_id uuid not null references payments (id),
        transaction_id uuid not null references payment_transactions (id),
        order_id uuid references orders (id),    -- null: for the payment, not for one order
        amount bigint not null check (amount > 0),
        reason text not null,
        status text not null check (status in ('PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'MANUAL', 'WITHDRAWN')),
        cause text not null check (cause in ('ORPHAN', 'CANCEL', 'STAFF', 'GATEWAY')),
        next_attempt_at timestamptz,             -- null: nothing is due
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    this.addSql("create index refunds_payment on refunds (payment_id)");
    this.addSql("create index refunds_order on refunds (order_id)");
    this.addSql(
      `create unique index refunds_one_orphan on refunds (transaction_id)
       where cause = 'ORPHAN' and status <> 'WITHDRAWN'`,
    );
    this.addSql(`
      create table money_cases (
        id uuid primary key,
        kind text not null,
        subject text not null,                   -- what it is about, so that one matter opens one case
        payment_id uuid references payments (id),
        order_id uuid references orders (id),
        transaction_id uuid references payment_transactions (id),
        amount bigint not null check (amount >= 0),
        currency text not null default 'IDR' check (currency = 'IDR'),
        summary text not null,
        evidence jsonb not null,
        actions text[] not null,
        owner_id uuid references users (id),     -- null: nobody took it
        opened_at timestamptz not null,
        resolved_at timestamptz,                 -- null: open
        resolution text
      )`);
    this.addSql("create unique index money_cases_one_open on money_cases (kind, subject) where resolved_at is null");
    this.addSql("create index money_cases_payment on money_cases (payment_id)");
    this.addSql("create index money_cases_order on money_cases (order_id)");
    this.addSql(`
      create table invoice_counters (
        store_id uuid not null references stores (id),
        year integer not null,
        last integer not null check (last >= 0),
        primary key (store_id, year)
      )`);
    this.addSql(`
      create table invoices (
        id uuid primary key,
        number text not null unique,
        store_id uuid not null references stores (id),
        year integer not null,
        sequence integer not null check (sequence > 0),
        order_id uuid not null unique references orders (id),
        snapshot jsonb not null,
        issued_at timestamptz not null,
        unique (store_id, year, sequence)
      )`);
  }
}
