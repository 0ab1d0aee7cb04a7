import { Migration } from "@mikro-orm/migrations";

/** A wallet that was unlinked may be linked again, and keeps its id at the gateway. */
export class Migration20261121000973_relinkedAccounts extends Migration {
  override up(): void {
    this.addSql("alter table linked_accounts drop constraint linked_accounts_gateway_account_id_key");
    this.addSql(`create unique index linked_accounts_gateway_account on linked_accounts (gateway_account_id)
                 where state <> 'UNLINKED'`);
  }
}
