import { Migration } from "@mikro-orm/migrations";

/** A refund by hand needs two people, and neither of them alone writes it; refunds are listed by their age. */
export class Migration20261121000950_refundsByHand extends Migration {
  override up(): void {
    this.addSql(`
      alter table refunds
        add constraint refunds_two_people check (settled_by is null or (approved_by is not null
                                                                        and approved_by <> settled_by)),
        add constraint refunds_approver check (approved_by is null or approved_by is distinct from requested_by),
        add constraint refunds_approved_at check ((approved_by is null) = (approved_at is null))`);
    this.addSql("create index refunds_newest on refunds (created_at desc, id desc)");
  }
}
