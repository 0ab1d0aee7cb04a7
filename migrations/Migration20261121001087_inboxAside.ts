import { Migration } from "@mikro-orm/migrations";

/** Notifications that wait for a person, or were turned away: a handful of millions, which staff counts and lists. */
export class Migration20261121001087_inboxAside extends Migration {
  override up(): void {
    for (const state of ["PARKED", "REJECTED"]) {
      this.addSql(
        `create index payment_notifications_${state.toLowerCase()}
             on payment_notifications (received_at desc, id desc) where state = '${state}'`,
      );
    }
  }
}
