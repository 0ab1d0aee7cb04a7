import { Migration } from "@mikro-orm/migrations";

/** What staff's list of payments by their status is read by: few of all payments are, say, charged back. */
export class Migration20261121001086_paymentsByStatus extends Migration {
  override up(): void {
    this.addSql("create index payments_by_status on payments (status, created_at desc, id desc)");
  }
}
