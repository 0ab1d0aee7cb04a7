import { Migration } from "@mikro-orm/migrations";

/**
 * A verdict for each start of a payment, the blocklist, and the masked card that the gateway told, as a keyed hash.
 * Screening is one function, so that it is one message to the database and one transaction: who has waited for the
 * locks counts the rows of those before him, and twenty starts at once are counted as twenty.
 */
export class Migration20261120000830_fraud extends Migration {
  override up(): void {
    // null: no card, or the gateway did not tell it
    this.addSql("alter table payment_transactions add column card_hash text");
    this.verdicts();
    this.blocks();
    this.screening();
  }

  private verdicts(): void {
    this.addSql(`
      create table fraud_verdicts (
        id uuid primary key,
        payment_id uuid,                         -- no reference: a checkout that is refused leaves no payment
        user_id uuid not null references users (id),
        start_key text not null,                 -- what was asked for, so that a repeated request is one start
        stage text not null check (stage in ('START', 'PAID')),
        method text,                             -- null: about a payment that was paid
        amount bigint not null check (amount >= 0),
        verdict text not null check (verdict in ('ALLOW', 'REVIEW', 'REFUSE')),
        reasons text[] not null default '{}',
        figures jsonb not null,
        address_hash text,                       -- keyed hashes; null: unknown, or it tells nobody apart
        device_hash text,
        card_hash text,
        request_id text,
        at timestamptz not null,
        decision text check (decision in ('RELEASED', 'REFUSED')),  -- null: nobody has decided
        decided_by uuid references users (id),
        decided_at timestamptz,
        note text,
        unique (user_id, start_key),
        check ((decision is null) = (decided_at is null))
      ) with (fillfactor = 85)`);
    this.addSql("create index fraud_verdicts_user on fraud_verdicts (user_id, at desc)");
    for (const subject of ["address", "device", "card"]) {
      const column = `${subject}_hash`;
      this.addSql(
        `create index fraud_verdicts_${subject} on fraud_verdicts (${column}, at desc) where ${column} is not null`,
      );
    }
    this.addSql("create index fraud_verdicts_payment on fraud_verdicts (payment_id) where payment_id is not null");
    this.addSql("create index fraud_verdicts_list on fraud_verdicts (at desc, id desc)");
    this.addSql(
      `create index fraud_verdicts_open on fraud_verdicts (at desc, id desc)
        where verdict = 'REVIEW' and decided_at is null`,
    );
    this.addSql(
      "create trigger fraud_verdicts_stay before delete on fraud_verdicts for each row execute function forbid_change()",
    );
    this.addSql("create index payment_notifications_tests on payment_notifications (received_at desc) where is_test");
    this.addSql(
      `create index payment_logs_declined on payment_logs (payment_id, at)
        where step = 'gatewayStatus' and detail->>'status' in ('deny', 'failure')`,
    );
    this.addSql(
      `create index payment_logs_declined_lately on payment_logs (at)
        where step = 'gatewayStatus' and detail->>'status' in ('deny', 'failure')`,
    );
  }

  private blocks(): void {
    this.addSql(`
      create table fraud_blocks (
        id uuid primary key,
        kind text not null check (kind in ('USER', 'CARD', 'ADDRESS', 'DEVICE')),
        subject text not null,                   -- a user's id, else a keyed hash
        note text not null,
        blocked_by uuid references users (id),
        blocked_at timestamptz not null,
        lifted_by uuid references users (id),
        lifted_at timestamptz,                   -- null: in force
        lift_note text
      )`);
    this.addSql("create unique index fraud_blocks_one on fraud_blocks (kind, subject) where lifted_at is null");
    this.addSql("create index fraud_blocks_list on fraud_blocks (blocked_at desc, id desc)");
    this.addSql(
      "create trigger fraud_blocks_stay before delete on fraud_blocks for each row execute function forbid_change()",
    );
  }

  private screening(): void {
    this.addSql(`
      create function screen_start(
        p_id uuid, p_key text, p_user uuid, p_payment uuid, p_method text, p_amount bigint, p_address text,
        p_device text, p_card text, p_request_id text, p_now timestamptz, p_window_since timestamptz,
        p_day_since timestamptz, p_paid_max integer
      ) returns jsonb language plpgsql volatile as $$
      declare
        v_lock integer;
        v_known record;
        v_new integer := 1;
        v_figures jsonb;
      begin
        -- Starts that are counted together take turns, in one order, so that none waits for another in a circle.
        for v_lock in
          select distinct hashtext(subject) as lock from unnest(array[
            'user ' || p_user, 'address ' || p_address, 'device ' || p_device, 'card ' || p_card]) as s(subject)
           where subject is not null order by 1
        loop
          perform pg_advisory_xact_lock(hashtext('fraud_verdicts'), v_lock);
        end loop;
        select id, verdict into v_known from fraud_verdicts where user_id = p_user and start_key = p_key;
        if v_known.id is not null then
          if v_known.verdict <> 'REFUSE' then
            return jsonb_build_object('id', v_known.id, 'kept', v_known.verdict);
          end if;
          v_new := 0;
        end if;
        v_figures := jsonb_build_object(
          'userStarts', v_new + (select count(*) from fraud_verdicts
            where user_id = p_user and stage = 'START' and at > p_window_since),
          'deviceStarts', case when p_device is null then 0 else v_new + (select count(*) from fraud_verdicts
            where device_hash = p_device and stage = 'START' and at > p_window_since) end,
          'addressStarts', case when p_address is null then 0 else v_new + (select count(*) from fraud_verdicts
            where address_hash = p_address and stage = 'START' and at > p_window_since) end,
          'cardStarts', case when p_card is null then 0 else v_new + (select count(*) from fraud_verdicts
            where card_hash = p_card and stage = 'START' and at > p_day_since) end,
          'cards', (select count(distinct t.card_hash) from payments p
            join payment_transactions t on t.payment_id = p.id
            where p.user_id = p_user and p.created_at > p_day_since and t.card_hash is not null),
          'declined', (select count(*) from (
              select payment_id from fraud_verdicts where user_id = p_user and at > p_day_since
              union select payment_id from fraud_verdicts where device_hash = p_device and at > p_day_since) v
            join payment_logs l on l.payment_id = v.payment_id and l.step = 'gatewayStatus'
             and l.detail->>'status' in ('deny', 'failure') and l.at > p_day_since),
          'paidBefore', (select count(*) from (select 1 from payments
            where user_id = p_user and paid_at is not null limit p_paid_max) lately),
          'largestPaid', (select coalesce(max(amount), 0) from (select amount from payments
            where user_id = p_user and paid_at is not null order by created_at desc, id desc limit p_paid_max) lately),
          'blocked', (select coalesce(jsonb_agg(distinct kind), '[]') from fraud_blocks b
            where b.lifted_at is null
              and ((b.kind = 'USER' and b.subject = p_user::text) or (b.kind = 'ADDRESS' and b.subject = p_address)
                or (b.kind = 'DEVICE' and b.subject = p_device) or (b.kind = 'CARD' and b.subject = p_card)
                or (b.kind = 'CARD' and b.subject in (select t.card_hash from payments p
                     join payment_transactions t on t.payment_id = p.id
                     where p.user_id = p_user and t.card_hash is not null)))),
          'isRefusedByStaff', exists (select from fraud_verdicts where payment_id = p_payment and decision = 'REFUSED'));
        if v_new = 1 then
          insert into fraud_verdicts (id, payment_id, user_id, start_key, stage, method, amount, verdict, figures,
                                      address_hash, device_hash, card_hash, request_id, at)
          values (p_id, p_payment, p_user, p_key, 'START', p_method, p_amount, 'ALLOW', v_figures, p_address, p_device,
                  p_card, p_request_id, p_now);
        else
          update fraud_verdicts set verdict = 'ALLOW', reasons = '{}', figures = v_figures, payment_id = p_payment
           where id = v_known.id;
        end if;
        return jsonb_build_object('id', coalesce(v_known.id, p_id), 'kept', null, 'figures', v_figures);
      end $$`);
  }
}
