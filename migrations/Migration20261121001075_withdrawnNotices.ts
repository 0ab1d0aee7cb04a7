import { Migration } from "@mikro-orm/migrations";

/** A mail that its reader does not want any more is not sent: that is an end of its own. */
export class Migration20261121001075_withdrawnNotices extends Migration {
  override up(): void {
    this.addSql("alter table notices drop constraint notices_state_check");
    this.addSql(`
      alter table notices add constraint notices_state_check
        check (state in ('STORED', 'SENDING', 'SENT', 'IN_DOUBT', 'WITHDRAWN'))`);
  }
}
