import { Migration } from "@mikro-orm/migrations";

/** The daily close: a day's run and what it looks at, its sums by method, and what does not agree. */
export class Migration20261121000990_dailyClose extends Migration {
  override up(): void {
    this.captures();
    this.runs();
    this.methods();
    this.discrepancies();
    this.locks();
  }

  /** The day that a transaction's money belongs to is that of its first capture, whatever becomes of it later. */
  private captures(): void {
    this.addSql("alter table payment_transactions add column captured_at timestamptz"); // null: nothing ever was
    this.addSql(`
      update payment_transactions t
         set captured_at = coalesce(t.settled_at, (select p.paid_at from payments p where p.id = t.payment_id),
                                    t.updated_at)
       where t.captured_amount > 0 or t.settled_at is not null`);
    this.addSql(`
      create function note_first_capture() returns trigger language plpgsql as $$
      begin
        new.captured_at := new.updated_at;
        return new;
      end $$`);
    this.addSql(
      `create trigger note_first_capture before insert or update of captured_amount on payment_transactions
       for each row when (new.captured_amount > 0 and new.captured_at is null) execute function note_first_capture()`,
    );
    this.addSql(
      `create index payment_transactions_captured on payment_transactions (captured_at)
       where captured_at is not null`,
    );
  }

  private runs(): void {
    this.addSql(`
      create table reconciliation_runs (
        day date primary key,                    -- Asia/Jakarta
        state text not null check (state in ('RUNNING', 'OPEN', 'SIGNED_OFF', 'REOPENED')),
        round integer not null default 1 check (round > 0),  -- how often it was begun
        total integer not null default 0 check (total >= 0),  -- gateway transactions to look at
        checked integer not null default 0,
        matched integer not null default 0 check (matched >= 0),
        healed integer not null default 0 check (healed >= 0),
        differing integer not null default 0 check (differing >= 0),
        unanswered integer not null default 0 check (unanswered >= 0),  -- nothing is proven of them
        open integer not null default 0 check (open >= 0),
        sales bigint not null default 0,
        settled bigint not null default 0,
        pending bigint not null default 0,
        refunded bigint not null default 0 check (refunded >= 0),
        fees bigint not null default 0,
        in_doubt bigint not null default 0,
        adjusted bigint not null default 0,      -- what people decided of it: sales are what was captured less this
        scheduled_at timestamptz,                -- null: only people have begun it
        started_by uuid references users (id),   -- null: the schedule
        started_at timestamptz not null,
        finished_at timestamptz,                 -- null: it runs
        failures integer not null default 0,     -- slices without any answer, one after another
        next_slice_at timestamptz,               -- null: there is none
        claimed_by uuid,                         -- null: nobody works on it
        claimed_until timestamptz,
        signed_off_by uuid references users (id),
        signed_off_at timestamptz,
        reopened_at timestamptz,                 -- null: nothing was found after its sign-off
        check (checked = matched + healed + differing),
        check (checked + unanswered <= total),
        check ((state = 'RUNNING') = (finished_at is null)),
        -- One that is signed off may be looked at again, and stays signed where nothing is found.
        check (state <> 'RUNNING' or next_slice_at is not null),
        check ((claimed_by is null) = (claimed_until is null)),
        check ((state = 'SIGNED_OFF') = (signed_off_at is not null)),
        check ((signed_off_at is null) = (signed_off_by is null)),
        check (state <> 'REOPENED' or reopened_at is not null),
        check (sales = settled + pending + refunded + fees + in_doubt)
      )`);
    this.addSql(
      "create index reconciliation_runs_running on reconciliation_runs (day) where next_slice_at is not null",
    );
    this.addSql(`
      create table reconciliation_items (
        day date not null references reconciliation_runs (day),
        transaction_id uuid not null references payment_transactions (id),
        payment_id uuid not null references payments (id),
        tries integer not null default 0,        -- looks without an answer
        outcome text check (outcome in ('MATCHED', 'HEALED', 'DIFFERS', 'UNANSWERED')),  -- null: not looked at
        primary key (day, transaction_id)
      )`);
    this.addSql(
      "create index reconciliation_items_left on reconciliation_items (day, tries, payment_id) where outcome is null",
    );
  }

  /** What was sold in a day by one method is what came, what is to come, what went back, fees, and what is in doubt. */
  private methods(): void {
    this.addSql(`
      create table reconciliation_methods (
        day date not null references reconciliation_runs (day),
        method text not null,
        sales bigint not null,
        settled bigint not null,
        pending bigint not null,
        refunded bigint not null check (refunded >= 0),
        fees bigint not null,
        in_doubt bigint not null,
        adjusted bigint not null,
        primary key (day, method),
        check (sales = settled + pending + refunded + fees + in_doubt),
        -- Money that went back after its payout is taken from a later one: until then it is owed to the gateway.
        check (pending >= -refunded or in_doubt <> 0)
      )`);
  }

  private discrepancies(): void {
    this.addSql(`
      create table discrepancies (
        id uuid primary key,
        day date not null,
        kind text not null check (kind in ('MISSING_THERE', 'MISSING_HERE', 'AMOUNT', 'STATUS', 'DUPLICATE', 'REFUND',
          'FEE', 'LATE_SETTLEMENT', 'CURRENCY', 'UNMATCHED', 'ORPHAN_MONEY', 'AGED', 'CHARGEBACK', 'PAYOUT')),
        subject text not null,
        ours text,                               -- null: nothing of it here
        theirs text,                             -- null: nothing of it there
        amount bigint not null,                  -- ours less theirs
        evidence jsonb not null,
        actions text[] not null,
        payment_id uuid references payments (id),
        transaction_id uuid references payment_transactions (id),
        refund_id uuid references refunds (id),
        settlement_line_id uuid,
        bank_line_id uuid,
        owner_id uuid references users (id),     -- null: nobody took it
        taken_at timestamptz,
        opened_at timestamptz not null,
        seen_at timestamptz not null,            -- when it was last found
        resolved_at timestamptz,                 -- null: open
        resolved_by uuid references users (id),  -- null: it ended by itself
        action text,
        resolution text,
        check ((resolved_at is null) = (action is null)),
        check ((resolved_at is null) = (resolution is null))
      )`);
    this.addSql(
      "create unique index discrepancies_one_open on discrepancies (kind, subject) where resolved_at is null",
    );
    this.addSql("create index discrepancies_decided on discrepancies (kind, subject) where resolved_at is not null");
    this.addSql("create index discrepancies_day on discrepancies (day, opened_at desc, id desc)");
    this.addSql("create index discrepancies_list on discrepancies (opened_at desc, id desc)");
    this.addSql("create index discrepancies_payment on discrepancies (payment_id)");
    this.addSql("create index discrepancies_transaction on discrepancies (transaction_id)");
    this.addSql("create index discrepancies_refund on discrepancies (refund_id)");
  }

  /** A day that is signed off stays as it was signed: a later finding must reopen it first. */
  private locks(): void {
    this.addSql(`
      create function forbid_signed_day() returns trigger language plpgsql as $$
      begin
        if exists (select from reconciliation_runs where state = 'SIGNED_OFF' and day = coalesce(new.day, old.day)) then
          raise exception 'the day is signed off' using errcode = 'check_violation', constraint = 'signed_day';
        end if;
        return coalesce(new, old);
      end $$`);
    this.addSql(
      `create trigger reconciliation_methods_locked before insert or update or delete on reconciliation_methods
       for each row execute function forbid_signed_day()`,
    );
    this.addSql(
      `create trigger discrepancies_locked before insert on discrepancies
       for each row when (new.resolved_at is null) execute function forbid_signed_day()`,
    );
    for (const table of ["reconciliation_runs", "discrepancies"]) {
      this.addSql(
        `create trigger ${table}_stay before delete on ${table} for each row execute function forbid_change()`,
      );
    }
  }
}
