import { Migration } from "@mikro-orm/migrations";

/**
 * When a charge was sent whose answer may be lost. It is written before the call: who finds it set asks the gateway
 * what became of it, and charges nothing.
 */
export class Migration20261120000820_charges extends Migration {
  override up(): void {
    this.addSql("alter table payment_transactions add column charge_sent_at timestamptz"); // null: nothing was sent
  }
}
