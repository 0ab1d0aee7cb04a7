import { Migration } from "@mikro-orm/migrations";

/** Who took a case and when, who ended it and by what; and what told of it, so that old news opens no second one. */
export class Migration20261120000840_moneyCases extends Migration {
  override up(): void {
    this.addSql(`
      alter table money_cases
        add column taken_at timestamptz,                        -- null: nobody took it
        add column action text,                                 -- null: it is open
        add column resolved_by uuid references users (id),      -- null: it is open
        add column told text                                    -- null: by no report of the gateway
    `);
    this.addSql("create index money_cases_list on money_cases (opened_at desc, id desc)");
    this.addSql("create index money_cases_decided on money_cases (kind, subject) where resolved_at is not null");
    this.addSql("create index payments_challenged on payments (id) where status = 'CHALLENGED'");
  }
}
