import { Migration } from "@mikro-orm/migrations";

/**
 * Looks at a gateway that does not answer grow rarer; and a refund that began there may be of several orders, each with
 * a row of its own.
 */
export class Migration20261121000986_refundLooks extends Migration {
  override up(): void {
    this.addSql(
      "alter table refunds add column unanswered integer not null default 0 check (unanswered between 0 and 99)",
    );
    this.addSql("drop index refunds_gateway_id");
    this.addSql(
      `create unique index refunds_gateway_id on refunds (transaction_id, gateway_refund_id, order_id)
       nulls not distinct where gateway_refund_id is not null`,
    );
  }
}
