import { Migration } from "@mikro-orm/migrations";

const ACCOUNTS: readonly (readonly [code: string, name: string, kind: string])[] = [
  ["RECEIVABLE", "Midtrans owes us", "ASSET"],
  ["CASH", "Money at the bank", "ASSET"],
  ["PAYOUTS", "On its way to the bank", "ASSET"],
  ["SUSPENSE", "Money without a purpose yet", "LIABILITY"],
  ["PPN_PAYABLE", "PPN that we owe", "LIABILITY"],
  ["REFUNDS_PAYABLE", "Refunds that we owe", "LIABILITY"],
  ["SALES", "Goods and courses sold, without PPN", "INCOME"],
  ["SHIPPING", "Shipping sold, without PPN", "INCOME"],
  ["DISCOUNTS", "Discounts given", "INCOME"],
  ["RETURNS", "Sales that went back", "INCOME"],
  ["CHARGEBACKS", "Taken back by banks", "EXPENSE"],
  ["FEES", "Fees of Midtrans", "EXPENSE"],
  ["FEE_TAX", "PPN on fees of Midtrans", "EXPENSE"],
  ["ROUNDING", "Rounding", "EXPENSE"],
];

const KINDS = "'CAPTURED', 'CHARGED_BACK', 'SOLD', 'REFUND', 'CREDIT_NOTE', 'SETTLEMENT', 'BANK', 'ADJUSTMENT'";

/**
 * The double-entry ledger: accounts, entries of postings (debit above 0, credit below) that are whole and are never
 * changed, and adjustments that two people make. What the tables hold already is booked as of when it happened.
 */
export class Migration20261121000987_ledger extends Migration {
  override up(): void {
    this.accounts();
    this.adjustments();
    this.books();
    this.balance();
    this.addSql(BOOK_HISTORY);
  }

  private accounts(): void {
    this.addSql(`
      create table ledger_accounts (
        code text primary key,
        name text not null,
        kind text not null check (kind in ('ASSET', 'LIABILITY', 'INCOME', 'EXPENSE'))
      )`);
    const rows = ACCOUNTS.map(([code, name, kind]) => `('${code}', '${name}', '${kind}')`).join(", ");
    this.addSql(`insert into ledger_accounts (code, name, kind) values ${rows}`);
  }

  private adjustments(): void {
    this.addSql(`
      create table ledger_adjustments (
        id uuid primary key,
        postings jsonb not null,                 -- account, store, method, amount of each
        reason text not null,
        discrepancy_id uuid,                     -- null: not about one
        requested_by uuid not null references users (id),
        requested_at timestamptz not null,
        approved_by uuid references users (id),  -- null: not approved
        approved_at timestamptz,
        rejected_by uuid references users (id),  -- null: not rejected
        rejected_at timestamptz,
        reject_reason text,
        constraint ledger_adjustments_two_people check (approved_by <> requested_by),
        constraint ledger_adjustments_one_end check (num_nonnulls(approved_by, rejected_by) <= 1),
        constraint ledger_adjustments_approved check ((approved_by is null) = (approved_at is null)),
        constraint ledger_adjustments_rejected
          check (num_nonnulls(rejected_by, rejected_at, reject_reason) in (0, 3))
      )`);
    this.addSql("create index ledger_adjustments_list on ledger_adjustments (requested_at desc, id desc)");
    this.addSql(
      `create index ledger_adjustments_open on ledger_adjustments (requested_at desc, id desc)
       where approved_by is null and rejected_by is null`,
    );
    this.addSql(
      `create index ledger_adjustments_discrepancy on ledger_adjustments (discrepancy_id)
       where discrepancy_id is not null`,
    );
  }

  private books(): void {
    // Written with every payment: PostgreSQL reads a CHECK anew at every statement, and a domain's once a connection.
    this.addSql(`create domain ledger_kind as text check (value in (${KINDS}))`);
    this.addSql("create domain ledger_amount as bigint check (value <> 0)");
    this.addSql(`
      create table ledger_entries (
        id bigint generated always as identity primary key,
        kind ledger_kind not null,
        day date not null generated always as ((at at time zone 'Asia/Jakarta')::date) stored,
        at timestamptz not null,
        payment_id uuid references payments (id),
        transaction_id uuid references payment_transactions (id),
        order_id uuid references orders (id),
        refund_id uuid references refunds (id),
        credit_note_id uuid references credit_notes (id),
        settlement_line_id uuid,
        bank_line_id uuid,
        adjustment_id uuid references ledger_adjustments (id),
        reason text                              -- null: its kind says it all
      )`);
    this.addSql("create index ledger_entries_payment on ledger_entries (payment_id, id)");
    this.addSql("create index ledger_entries_day on ledger_entries (day, id)");
    this.addSql(
      `create unique index ledger_entries_adjustment on ledger_entries (adjustment_id)
       where adjustment_id is not null`,
    );
    for (const line of ["settlement_line_id", "bank_line_id"]) {
      this.addSql(`create index ledger_entries_${line} on ledger_entries (${line}) where ${line} is not null`);
    }
    this.addSql(`
      create table ledger_postings (
        entry_id bigint not null,
        line smallint not null,
        account text not null,
        store_id uuid,                           -- null: of no one store
        method text,                             -- null: of no one payment method
        amount ledger_amount not null,           -- debit above 0, credit below; whole rupiah
        primary key (entry_id, line)
      )`);
  }

  /**
   * Postings come as whole entries: what one statement adds to an entry balances, and at its commit the entry itself is
   * held against all it has. The references are looked up once a statement, not once a row: nothing is ever deleted.
   */
  private balance(): void {
    this.addSql(`
      create function ledger_postings_balance() returns trigger language plpgsql as $$
      begin
        if exists (select from added a
                     left join ledger_entries e on e.id = a.entry_id
                     left join ledger_accounts c on c.code = a.account
                     left join stores s on s.id = a.store_id
                    where e.id is null or c.code is null or (s.id is null and a.store_id is not null)) then
          raise exception 'a posting to an entry, an account or a store that is not there'
            using errcode = 'foreign_key_violation', constraint = 'ledger_postings_references';
        end if;
        if exists (select from added group by entry_id having sum(amount) <> 0) then
          raise exception 'postings that do not balance'
            using errcode = 'check_violation', constraint = 'ledger_postings_balance';
        end if;
        return null;
      end $$`);
    this.addSql(
      `create trigger ledger_postings_balance after insert on ledger_postings referencing new table as added
       for each statement execute function ledger_postings_balance()`,
    );
    this.addSql(`
      create function ledger_entries_balance() returns trigger language plpgsql as $$
      begin
        if not exists (select from ledger_postings where entry_id = new.id
                       having count(*) >= 2 and sum(amount) = 0) then
          raise exception 'entry % does not balance', new.id
            using errcode = 'check_violation', constraint = 'ledger_entries_balance';
        end if;
        return null;
      end $$`);
    this.addSql(
      `create constraint trigger ledger_entries_balance after insert on ledger_entries deferrable initially deferred
       for each row execute function ledger_entries_balance()`,
    );
    for (const table of ["ledger_accounts", "ledger_entries", "ledger_postings"]) {
      this.addSql(
        `create trigger ${table}_stay before update or delete on ${table}
         for each row execute function forbid_change()`,
      );
    }
    this.addSql(
      `create trigger ledger_adjustments_stay before delete on ledger_adjustments
       for each row execute function forbid_change()`,
    );
  }
}

/**
 * What the tables hold, as entries: a transaction's money, what banks took of it, what was sold with it, what goes
 * back, and the PPN that goes with that. Money that pays for nothing, and what went back of it, is in SUSPENSE.
 */
const BOOK_HISTORY = `
  with paid as (
    select p.id, p.session_id, p.amount, p.paid_at, p.covering_transaction_id as covering,
           case p.channel when 'MIDTRANS' then 'RECEIVABLE' else 'CASH' end as money,
           p.covering_transaction_id is not null
             and not exists (select from refunds r
                              where r.transaction_id = p.covering_transaction_id and r.cause = 'ORPHAN') as is_sold
      from payments p),
  -- One row an account of each matter: debit above 0, credit below.
  lines as (
    select 'CAPTURED' as kind, p.id as payment_id, t.id as transaction_id, null::uuid as order_id,
           null::uuid as refund_id, null::uuid as credit_note_id,
           coalesce(t.settled_at, p.paid_at, t.updated_at) as at, l.account, null::uuid as store_id,
           case l.account when 'RECEIVABLE' then t.method end as method, l.amount
      from paid p join payment_transactions t on t.payment_id = p.id
     cross join lateral (values (p.money, t.captured_amount), ('SUSPENSE', -t.captured_amount)) l (account, amount)
    union all
    select 'CHARGED_BACK', p.id, t.id, null, null, null, t.updated_at, l.account, null,
           case l.account when 'RECEIVABLE' then t.method end, l.amount
      from paid p join payment_transactions t on t.payment_id = p.id
     cross join lateral (
       values (case when p.is_sold and t.id = p.covering then 'CHARGEBACKS' else 'SUSPENSE' end, t.charged_back_amount),
              (p.money, -t.charged_back_amount)) l (account, amount)
    union all
    select 'SOLD', p.id, null, o.id, null, null, o.paid_at, l.account, l.store_id, null, l.amount
      from paid p join orders o on o.session_id = p.session_id
     cross join lateral (
       select o.tax as ppn, (o.shipping_tax->>'tax')::bigint as of_shipping) tax
     cross join lateral (
       values ('SUSPENSE', null::uuid, o.total::bigint), ('DISCOUNTS', o.store_id, o.discount::bigint),
              ('SALES', o.store_id, tax.ppn - tax.of_shipping - o.subtotal),
              ('SHIPPING', o.store_id, tax.of_shipping - o.shipping_cost),
              ('PPN_PAYABLE', o.store_id, -tax.ppn)) l (account, store_id, amount)
     where p.is_sold and o.paid_at is not null
    union all
    select 'SOLD', p.id, null, null, null, null, p.paid_at, l.account, null, null, l.amount
      from paid p cross join lateral (values ('SUSPENSE', p.amount::bigint), ('SALES', -p.amount)) l (account, amount)
     where p.is_sold and p.session_id is null
    union all
    select 'REFUND', p.id, null, null, r.id, null, coalesce(r.succeeded_at, r.created_at), l.account,
           case l.account when 'RETURNS' then o.store_id end, case l.account when 'RECEIVABLE' then t.method end,
           l.amount
      from paid p join refunds r on r.payment_id = p.id join payment_transactions t on t.id = r.transaction_id
      left join orders o on o.id = r.order_id
     cross join lateral (
       values (case when p.is_sold and r.transaction_id = p.covering then 'RETURNS' else 'SUSPENSE' end, r.amount),
              (case when r.status <> 'SUCCEEDED' then 'REFUNDS_PAYABLE' when r.settled_by is not null then 'CASH'
                    else p.money end, -r.amount)) l (account, amount)
     where r.status in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')
    union all
    select 'CREDIT_NOTE', p.id, null, null, null, c.id, c.issued_at, l.account, c.store_id, null, l.amount
      from paid p join refunds r on r.payment_id = p.id join credit_notes c on c.refund_id = r.id
     cross join lateral (values ('PPN_PAYABLE', c.tax), ('RETURNS', -c.tax)) l (account, amount)
     where p.is_sold and r.transaction_id = p.covering),
  entries as (
    insert into ledger_entries (kind, at, payment_id, transaction_id, order_id, refund_id, credit_note_id)
    select distinct kind, coalesce(at, now()), payment_id, transaction_id, order_id, refund_id, credit_note_id
      from lines where amount <> 0 order by 2
    returning *)
  insert into ledger_postings (entry_id, line, account, store_id, method, amount)
  select e.id, row_number() over (partition by e.id order by l.amount desc, l.account), l.account, l.store_id,
         l.method, l.amount
    from lines l join entries e
      on e.kind = l.kind and e.payment_id = l.payment_id
     and coalesce(e.credit_note_id, e.refund_id, e.order_id, e.transaction_id, e.payment_id)
         = coalesce(l.credit_note_id, l.refund_id, l.order_id, l.transaction_id, l.payment_id)
   where l.amount <> 0`;
