import { Migration } from "@mikro-orm/migrations";

/** What the bank's lines are held against, and charged back money: few rows of tables that have all payments. */
export class Migration20261121001085_unbankedMoney extends Migration {
  override up(): void {
    this.addSql(`create index payments_by_proof on payments (amount, created_at) where channel = 'MANUAL_TRANSFER'`);
    this.addSql("create index refunds_by_hand on refunds (amount, succeeded_at) where settled_by is not null");
    this.addSql(
      "create index payment_transactions_charged_back on payment_transactions (id) where charged_back_amount > 0",
    );
  }
}
