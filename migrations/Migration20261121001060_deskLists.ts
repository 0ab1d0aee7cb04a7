import { Migration } from "@mikro-orm/migrations";

/** What the back office's newer lists are read by: accounts, payments that wait for a person, reviews off the page. */
export class Migration20261121001060_deskLists extends Migration {
  override up(): void {
    this.addSql("create index users_list on users (created_at desc, id desc)");
    this.addSql("create index users_members on users (created_at desc, id desc) where is_member");
    // Its statement names both words itself, so that a plan without values takes it, too.
    this.addSql(`create index payments_to_approve on payments (created_at, id)
      where purpose = 'ENROLLMENT' and status = 'PAID'`);
    this.addSql("create index reviews_taken_down on reviews (created_at desc, id desc) where is_archived");
    this.addSql(`create index reviews_taken_back on reviews (created_at desc, id desc)
      where not is_active and not is_archived`);
  }
}
