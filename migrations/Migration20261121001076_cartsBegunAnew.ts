import { Migration } from "@mikro-orm/migrations";

/** What tells a cart that goes on from one that is begun anew: it is counted, and its owner is reminded, once. */
export class Migration20261121001076_cartsBegunAnew extends Migration {
  override up(): void {
    this.addSql(`
      alter table carts
        add column counted_at timestamptz,           -- null: ordered since, or never begun; when it was counted as begun
        add column emptied_at timestamptz`); //         null: it is not empty, or was cleared; when its last line went
  }
}
