import { Migration } from "@mikro-orm/migrations";

/** Where accounts are signed in from, and counters that are cheap to count. */
export class Migration20261120000700_signIns extends Migration {
  override up(): void {
    // null: given before addresses were kept. A keyed hash, so that the table tells nobody where people live.
    this.addSql("alter table refresh_tokens add column address_key text");
    this.addSql("create index refresh_tokens_addresses on refresh_tokens (user_id, address_key, created_at)");
    // A counter that is lost in a crash begins at 0, which harms nobody; in return counting never waits for the disk.
    this.addSql("alter table rate_limits set unlogged");
  }
}
