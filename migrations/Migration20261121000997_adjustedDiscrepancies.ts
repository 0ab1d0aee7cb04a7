import { Migration } from "@mikro-orm/migrations";

/** An adjustment that settles a discrepancy settles one that is there. */
export class Migration20261121000997_adjustedDiscrepancies extends Migration {
  override up(): void {
    // Adjustments of before may name what never was: they stay as they were approved, and new ones cannot.
    this.addSql(
      `alter table ledger_adjustments add constraint ledger_adjustments_discrepancy
       foreign key (discrepancy_id) references discrepancies (id) not valid`,
    );
  }
}
