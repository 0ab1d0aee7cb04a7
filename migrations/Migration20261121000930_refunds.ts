import { Migration } from "@mikro-orm/migrations";

/** Refunds that are sent: their keys and tries, what they are made of, where they go, and the ceiling over them all. */
export class Migration20261121000930_refunds extends Migration {
  override up(): void {
    this.sending();
    this.parts();
    this.creditNotes();
    this.ceiling();
  }

  private sending(): void {
    this.addSql(`
      alter table refunds
        add column key_number integer not null default 1 check (key_number between 1 and 99),
        add column key_sent_at timestamptz,      -- null: nothing was sent under this key
        add column attempts integer not null default 0 check (attempts >= 0),
        add column claimed_until timestamptz,    -- null: nobody works on it
        add column gateway_refund_id text,       -- null: the gateway has not told of it
        add column bank_confirmed_at timestamptz,
        add column requested_by uuid references users (id),  -- null: the shop itself
        add column approved_by uuid references users (id),
        add column approved_at timestamptz,
        add column settled_by uuid references users (id),
        add column bank_reference text,
        add column succeeded_at timestamptz,
        add check (settled_by is null or (bank_reference is not null and settled_by is distinct from approved_by))`);
    this.addSql(
      `alter table payment_transactions add column refunded_by_hand bigint not null default 0
         check (refunded_by_hand between 0 and refunded_amount)`,
    );
    this.addSql(
      `create unique index refunds_gateway_id on refunds (transaction_id, gateway_refund_id)
       where gateway_refund_id is not null`,
    );
    this.addSql(
      `create index refunds_due on refunds (next_attempt_at)
       where status in ('PENDING', 'PROCESSING') and next_attempt_at is not null`,
    );
    this.addSql("create index refunds_list on refunds (status, created_at desc, id desc)");
    this.addSql(`
      create table refund_attempts (
        id bigint generated always as identity primary key,
        refund_id uuid not null references refunds (id),
        refund_key text not null,
        outcome text not null check (outcome in ('SUCCESS', 'FAILED', 'PENDING')),
        gateway_code text,                       -- null: no answer
        message text,
        at timestamptz not null
      )`);
    this.addSql("create index refund_attempts_refund on refund_attempts (refund_id, id)");
    this.addSql(
      `create trigger refund_attempts_stay before update or delete on refund_attempts
       for each row execute function forbid_change()`,
    );
  }

  private parts(): void {
    this.addSql(`
      create table refund_items (
        refund_id uuid not null references refunds (id),
        order_item_id uuid not null references order_items (id),
        quantity integer not null check (quantity > 0),
        restock boolean not null,
        primary key (refund_id, order_item_id)
      )`);
    this.addSql("create index refund_items_item on refund_items (order_item_id)");
    this.addSql(`
      create table refund_accounts (
        id uuid primary key,
        refund_id uuid not null unique references refunds (id),
        bank_code text not null,
        account_sealed text not null,            -- number and name
        masked text not null,                    -- what people may read of it
        set_by uuid not null references users (id),
        set_at timestamptz not null
      )`);
    for (const table of ["refund_items", "refund_accounts"]) {
      this.addSql(
        `create trigger ${table}_stay before delete on ${table} for each row execute function forbid_change()`,
      );
    }
  }

  private creditNotes(): void {
    this.addSql(`
      create table credit_note_counters (
        store_id uuid not null references stores (id),
        year integer not null,
        last integer not null check (last >= 0),
        primary key (store_id, year)
      )`);
    this.addSql(`
      create table credit_notes (
        id uuid primary key,
        number text not null unique,
        store_id uuid not null references stores (id),
        year integer not null,
        sequence integer not null check (sequence > 0),
        invoice_id uuid not null references invoices (id),
        refund_id uuid not null unique references refunds (id),
        amount bigint not null check (amount > 0),
        tax bigint not null check (tax >= 0),
        snapshot jsonb not null,
        issued_at timestamptz not null,
        unique (store_id, year, sequence)
      )`);
    this.addSql("create index credit_notes_invoice on credit_notes (invoice_id)");
    this.addSql(
      `create trigger credit_notes_stay before update or delete on credit_notes
       for each row execute function forbid_change()`,
    );
  }

  /**
   * What is asked for, sent and done never exceeds what was captured and not charged back, whoever writes it. The
   * transaction's row is locked, so that two refunds at once see one another. What the gateway confirms is a fact and
   * is written in any case: its own sum has a ceiling on the transaction's row.
   */
  private ceiling(): void {
    this.addSql(`
      create function refunds_within_captured() returns trigger language plpgsql as $$
      declare
        room bigint;
        taken bigint;
      begin
        if new.status not in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')
           or (new.status = 'SUCCEEDED' and new.settled_by is null) then
          return new;
        end if;
        if tg_op = 'UPDATE' and old.status in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')
           and new.amount <= old.amount then
          return new;
        end if;
        select captured_amount - charged_back_amount into room
          from payment_transactions where id = new.transaction_id for update;
        select coalesce(sum(amount), 0) into taken from refunds
         where transaction_id = new.transaction_id and id <> new.id
           and status in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED');
        if taken + new.amount > room then
          raise exception 'refunds of % would exceed the % captured', taken + new.amount, room
            using errcode = 'check_violation', constraint = 'refunds_within_captured';
        end if;
        return new;
      end $$`);
    this.addSql(
      `create trigger refunds_within_captured before insert or update of amount, status on refunds
       for each row execute function refunds_within_captured()`,
    );
  }
}
