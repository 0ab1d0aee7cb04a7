import { Migration } from "@mikro-orm/migrations";

/** What RajaOngkir told us, with its age, and how much of the day's quota is used. */
export class Migration20261120000600_shipping extends Migration {
  override up(): void {
    this.addSql(`
      create table destinations (
        id integer primary key,                  -- RajaOngkir's sub-district id
        label text not null,
        province text not null,
        city text not null,
        district text not null,
        subdistrict text not null,
        postal_code text not null,
        fetched_at timestamptz not null
      )`);
    this.addSql(`
      create table destination_searches (
        search text primary key,
        destination_ids integer[] not null,
        fetched_at timestamptz not null
      )`);
    this.addSql(`
      create table shipping_quotes (
        origin_id integer not null,
        destination_id integer not null,
        weight_grams integer not null check (weight_grams > 0),
        rates jsonb not null,
        quoted_at timestamptz not null,
        primary key (origin_id, destination_id, weight_grams)
      )`);
    this.addSql(`
      create table courier_quota (
        day date not null,
        api text not null,
        used integer not null check (used >= 0),
        primary key (day, api)
      )`);
  }
}
