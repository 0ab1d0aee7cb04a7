import { Migration } from "@mikro-orm/migrations";

/** A receipt that pays for several is found by what was sent, and by what is kept of it where its notes differ. */
export class Migration20261121001065_proofDigests extends Migration {
  override up(): void {
    // SHA-256 of what was sent; null: sent before this was kept.
    this.addSql("alter table uploads add column sent_digest text");
    this.addSql("create index uploads_shown_digest on uploads (digest) where payment_id is not null");
    this.addSql("create index uploads_shown_sent_digest on uploads (sent_digest) where payment_id is not null");
  }
}
