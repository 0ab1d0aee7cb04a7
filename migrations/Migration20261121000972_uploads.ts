import { Migration } from "@mikro-orm/migrations";

/** Files that people sent; their contents lie sealed below DATA_DIR. */
export class Migration20261121000972_uploads extends Migration {
  override up(): void {
    this.addSql(`
      create table uploads (
        id uuid primary key,
        owner_id uuid not null references users (id),
        content_type text not null
          check (content_type in ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
        bytes integer not null check (bytes > 0),
        digest text not null,                    -- SHA-256 of what is kept
        payment_id uuid unique references payments (id),  -- null: no payment shows it
        used_at timestamptz,
        created_at timestamptz not null,
        check ((payment_id is null) = (used_at is null))
      )`);
    this.addSql("create index uploads_unused on uploads (created_at) where payment_id is null");
    this.addSql("create index uploads_unused_owner on uploads (owner_id) where payment_id is null");
    // What a payment shows is what its owner said of it.
    this.addSql(`create trigger uploads_stay before delete on uploads for each row
                 when (old.payment_id is not null) execute function forbid_change()`);
  }
}
