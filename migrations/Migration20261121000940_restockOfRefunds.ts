import { Migration } from "@mikro-orm/migrations";

/** Goods that a refund puts back on the shelf: once a refund and item. */
export class Migration20261121000940_restockOfRefunds extends Migration {
  override up(): void {
    this.addSql(`
      alter table stock_movements
        add column refund_id uuid references refunds (id),  -- null: no refund says so
        add constraint stock_movements_refund check (refund_id is null or kind = 'RESTOCK')`);
    this.addSql(
      `create unique index stock_movements_refunded on stock_movements (refund_id, order_item_id)
       where refund_id is not null`,
    );
    // What was put back of an item is asked for whenever its order is cancelled or refunded.
    this.addSql("create index stock_movements_restocked on stock_movements (order_item_id) where kind = 'RESTOCK'");
    // The ceiling over the refunds of a transaction adds them up, under its lock.
    this.addSql("create index refunds_transaction on refunds (transaction_id)");
  }
}
