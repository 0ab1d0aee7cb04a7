import { Migration } from "@mikro-orm/migrations";

/**
 * Published fees of Midtrans, by its payment types: basis points and whole rupiah, with PPN inside them or besides, and
 * the working days after which the money is paid out. Contracts differ: rows with a later valid_from take their place.
 */
const FEES: readonly (readonly [type: string, points: number, fixed: number, vat: string, days: number])[] = [
  ["credit_card", 290, 2_000, "EXCLUDED", 3],
  ["gopay", 200, 0, "INCLUDED", 3],
  ["shopeepay", 200, 0, "INCLUDED", 3],
  ["dana", 150, 0, "INCLUDED", 3],
  ["ovo", 200, 0, "INCLUDED", 3],
  ["qris", 70, 0, "INCLUDED", 2],
  ["bank_transfer", 0, 4_000, "EXCLUDED", 3],
  ["echannel", 0, 4_000, "EXCLUDED", 3],
  ["cstore", 0, 5_000, "EXCLUDED", 5],
  ["akulaku", 170, 0, "INCLUDED", 4],
  ["kredivo", 200, 0, "INCLUDED", 5],
];

/** National holidays of the joint decree for 2026, and those of 2027 whose date never moves. */
const HOLIDAYS: readonly (readonly [day: string, name: string])[] = [
  ["2026-01-01", "Tahun Baru"],
  ["2026-01-16", "Isra Mikraj"],
  ["2026-02-17", "Tahun Baru Imlek"],
  ["2026-03-19", "Nyepi"],
  ["2026-03-20", "Cuti bersama Idulfitri"],
  ["2026-03-21", "Idulfitri"],
  ["2026-03-22", "Idulfitri"],
  ["2026-03-23", "Cuti bersama Idulfitri"],
  ["2026-03-24", "Cuti bersama Idulfitri"],
  ["2026-04-03", "Wafat Yesus Kristus"],
  ["2026-05-01", "Hari Buruh"],
  ["2026-05-14", "Kenaikan Yesus Kristus"],
  ["2026-05-27", "Iduladha"],
  ["2026-05-31", "Waisak"],
  ["2026-06-01", "Hari Lahir Pancasila"],
  ["2026-06-16", "Tahun Baru Islam"],
  ["2026-08-17", "Hari Kemerdekaan"],
  ["2026-08-25", "Maulid Nabi"],
  ["2026-12-25", "Natal"],
  ["2027-01-01", "Tahun Baru"],
  ["2027-05-01", "Hari Buruh"],
  ["2027-06-01", "Hari Lahir Pancasila"],
  ["2027-08-17", "Hari Kemerdekaan"],
  ["2027-12-25", "Natal"],
];

/** Files of the gateway and of the bank, their lines and what they were matched with; fees and the bank's holidays. */
export class Migration20261121000995_settlements extends Migration {
  override up(): void {
    this.tariff();
    this.files();
    this.settlementLines();
    this.bankLines();
    for (const table of ["settlement_files", "settlement_lines", "bank_lines", "settlement_payouts", "fee_rates"]) {
      this.addSql(
        `create trigger ${table}_stay before delete on ${table} for each row execute function forbid_change()`,
      );
    }
    // A virtual account's number is what a bank tells of a payment.
    this.addSql(
      `create index payment_transactions_va on payment_transactions ((instructions->>'vaNumber'))
       where instructions ? 'vaNumber'`,
    );
  }

  private tariff(): void {
    this.addSql(`
      create table fee_rates (
        id bigint generated always as identity primary key,
        payment_type text not null,              -- the gateway's word
        basis_points integer not null check (basis_points between 0 and 10000),
        fixed bigint not null check (fixed >= 0),
        vat text not null check (vat in ('INCLUDED', 'EXCLUDED')),
        settle_days integer not null check (settle_days between 0 and 60),  -- working days
        valid_from date not null,
        set_by uuid references users (id),       -- null: the published price
        set_at timestamptz not null,
        unique (payment_type, valid_from)
      )`);
    const fees = FEES.map(
      ([type, points, fixed, vat, days]) => `('${type}', ${points}, ${fixed}, '${vat}', ${days}, '2020-01-01', now())`,
    );
    this.addSql(
      `insert into fee_rates (payment_type, basis_points, fixed, vat, settle_days, valid_from, set_at)
       values ${fees.join(", ")}`,
    );
    this.addSql("create table bank_holidays (day date primary key, name text not null)");
    this.addSql(
      `insert into bank_holidays (day, name) values ${HOLIDAYS.map(([day, name]) => `('${day}', '${name}')`).join(", ")}`,
    );
  }

  private files(): void {
    this.addSql(`
      create table settlement_files (
        id uuid primary key,
        sha256 text not null unique,             -- of its bytes: the same file is imported once
        name text not null,
        kind text not null check (kind in ('SETTLEMENT', 'BANK')),
        bytes integer not null check (bytes > 0),
        state text not null check (state in ('MATCHING', 'DONE', 'REFUSED')),
        rows integer not null default 0 check (rows >= 0),
        known integer not null default 0 check (known >= 0),   -- lines that an earlier file had
        done integer not null default 0 check (done >= 0),     -- lines that were matched, or could not be
        matched integer not null default 0 check (matched >= 0),
        net bigint not null default 0,           -- sum of its new lines: net, or the bank's amounts
        first_day date,                          -- null: refused
        last_day date,
        problems jsonb not null default '[]',    -- why it was refused: line, code and what was expected
        imported_by uuid not null references users (id),
        imported_at timestamptz not null,
        finished_at timestamptz,                 -- null: not all of it is matched
        check (known + done <= rows and matched <= done),
        check ((state = 'MATCHING') = (finished_at is null))
      )`);
    this.addSql("create index settlement_files_list on settlement_files (imported_at desc, id desc)");
    this.addSql("create index settlement_files_open on settlement_files (imported_at, id) where state = 'MATCHING'");
    this.addSql(`
      create table settlement_payouts (
        reference text primary key,
        lookup text not null unique,             -- its keyed hash, as bank lines have of their words
        paid_on date not null,                   -- the latest day of its lines
        judged_on date                           -- null: not held against the bank since it changed
      )`);
    // Days whose transactions were held against the files when their money was due.
    this.addSql(`
      create table settlement_due_days (
        day date not null,
        payment_type text not null,
        judged_at timestamptz not null,
        primary key (day, payment_type)
      )`);
  }

  private settlementLines(): void {
    this.addSql(`
      create table settlement_lines (
        id uuid primary key,
        file_id uuid not null references settlement_files (id),
        line integer not null check (line > 1),
        digest text not null,                    -- of what it says: files overlap
        occurrence integer not null check (occurrence > 0),    -- among equal lines of its file
        type text not null check (type in ('PAYMENT', 'REFUND', 'CHARGEBACK', 'CORRECTION')),
        gateway_transaction_id text,
        gateway_order_id text,
        refund_key text,
        va_number text,
        payment_type text,                       -- null: the file does not say
        paid_on date,
        settled_on date not null,
        payout_reference text,
        currency text not null,
        foreign_gross text,                      -- null: rupiah; as the file has it, and the sums are 0
        gross bigint not null,
        fee bigint not null,
        fee_tax bigint not null,
        net bigint not null,
        residue bigint not null generated always as (gross - fee - fee_tax - net) stored,
        expected_fee bigint,                     -- null: there was no rate
        expected_fee_tax bigint,
        fee_rounding bigint not null default 0,  -- of the fee: what differs from the rate by rounding alone
        raw_sealed text not null,                -- all of the line: it may name people
        state text not null check (state in ('NEW', 'MATCHED', 'UNMATCHED', 'DUPLICATE', 'FOREIGN')),
        matched_by text,                         -- null: not matched
        transaction_id uuid references payment_transactions (id),
        payment_id uuid references payments (id),
        refund_id uuid references refunds (id),
        matched_at timestamptz,
        unique (digest, occurrence),
        check (state not in ('MATCHED', 'DUPLICATE') or transaction_id is not null),
        check ((foreign_gross is null) = (currency = 'IDR'))
      )`);
    this.addSql("create index settlement_lines_new on settlement_lines (file_id, line) where state = 'NEW'");
    this.addSql("create index settlement_lines_open on settlement_lines (id) where state = 'UNMATCHED'");
    this.addSql("create index settlement_lines_file on settlement_lines (file_id, line)");
    this.addSql("create index settlement_lines_transaction on settlement_lines (transaction_id)");
    this.addSql("create index settlement_lines_payout on settlement_lines (payout_reference)");
    this.addSql("create index settlement_lines_day on settlement_lines (settled_on)");
    this.addSql(
      `alter table ledger_entries add constraint ledger_entries_settlement_line
       foreign key (settlement_line_id) references settlement_lines (id)`,
    );
  }

  private bankLines(): void {
    this.addSql(`
      create table bank_lines (
        id uuid primary key,
        file_id uuid not null references settlement_files (id),
        line integer not null check (line > 1),
        digest text not null,
        occurrence integer not null check (occurrence > 0),
        booked_on date not null,
        amount bigint not null check (amount <> 0),            -- in above 0, out below
        words text[] not null,                   -- keyed hashes of what may be a reference
        raw_sealed text not null,                -- all of the line: banks name the sender
        state text not null check (state in ('NEW', 'MATCHED', 'UNMATCHED')),
        matched_by text,
        payout_reference text references settlement_payouts (reference),
        refund_id uuid references refunds (id),
        payment_id uuid references payments (id),
        matched_at timestamptz,
        unique (digest, occurrence),
        check ((state = 'MATCHED') = (num_nonnulls(payout_reference, refund_id, payment_id) = 1))
      )`);
    this.addSql("create index bank_lines_new on bank_lines (file_id, line) where state = 'NEW'");
    this.addSql("create index bank_lines_open on bank_lines (id) where state = 'UNMATCHED'");
    this.addSql("create index bank_lines_file on bank_lines (file_id, line)");
    this.addSql("create index bank_lines_payout on bank_lines (payout_reference)");
    this.addSql("create unique index bank_lines_refund on bank_lines (refund_id)");
    this.addSql("create unique index bank_lines_payment on bank_lines (payment_id)");
    this.addSql("create index bank_lines_day on bank_lines (booked_on)");
    this.addSql(
      `alter table ledger_entries add constraint ledger_entries_bank_line
       foreign key (bank_line_id) references bank_lines (id)`,
    );
  }
}
