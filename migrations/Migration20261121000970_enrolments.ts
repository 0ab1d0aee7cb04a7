import { Migration } from "@mikro-orm/migrations";

/** What a payment for courses buys, who is enrolled in what, and the payments that each enrolment stands on. */
export class Migration20261121000970_enrolments extends Migration {
  override up(): void {
    this.addSql(`
      create table enrollment_payments (
        id uuid primary key references payments (id),
        package_id uuid not null references packages (id),
        course_id uuid references courses (id),  -- null: all of the package
        course_ids uuid[] not null check (cardinality(course_ids) > 0),  -- as they were when it was bought
        type text not null check (type in ('DIKE', 'UMUM')),
        approval text not null check (approval in ('MANUAL', 'AUTO')),   -- as it was when it was bought
        proof_sealed text,                       -- null: paid through Midtrans
        approved_at timestamptz,                 -- null: never
        approved_by uuid references users (id),  -- null: nobody, a service, or by itself
        reject_reason text,                      -- null: not rejected
        created_at timestamptz not null,
        check (course_id is null or course_ids = array[course_id])
      )`);
    this.addSql(`
      create table enrollments (
        id uuid primary key,
        user_id uuid not null references users (id),
        course_id uuid not null references courses (id),
        status text not null check (status in ('ENROLLED', 'NOT_ENROLLED')),
        progress integer not null default 0 check (progress between 0 and 100),
        enrolled_at timestamptz not null,
        completed_at timestamptz check ((completed_at is not null) = (progress = 100)),  -- null: not to its end
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (user_id, course_id)
      )`);
    this.addSql("create index enrollments_mine on enrollments (user_id, created_at desc, id desc)");
    this.addSql("create index enrollments_course on enrollments (course_id, created_at desc, id desc)");
    this.addSql("create index enrollments_list on enrollments (created_at desc, id desc)");
    this.addSql(`
      create table enrollment_grants (
        id uuid primary key,
        enrollment_id uuid not null references enrollments (id),
        payment_id uuid not null references payments (id),
        course_id uuid not null references courses (id),
        granted_at timestamptz not null,
        revoked_at timestamptz,                  -- null: it stands
        unique (payment_id, course_id)
      )`);
    this.addSql("create index enrollment_grants_enrollment on enrollment_grants (enrollment_id, granted_at)");
    for (const table of ["enrollment_payments", "enrollments", "enrollment_grants"]) {
      this.addSql(
        `create trigger ${table}_stay before delete on ${table} for each row execute function forbid_change()`,
      );
    }
  }
}
