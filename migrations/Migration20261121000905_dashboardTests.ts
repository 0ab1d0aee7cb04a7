import { Migration } from "@mikro-orm/migrations";

/**
 * Tests of the gateway's dashboard each have a row where they are signed; those that are not share one, which shows the
 * newest of them. Anybody may send such a body, so the row is written once a second at most. Everything else is stored
 * as before.
 */
export class Migration20261121000905_dashboardTests extends Migration {
  override up(): void {
    this.addSql("alter function store_notification rename to store_payment_notification");
    this.addSql(`
      create function store_notification(
        p_id uuid, p_digest text, p_order_id text, p_transaction_id text, p_status text, p_body text, p_is_test boolean,
        p_now timestamptz, p_recent_since timestamptz, p_rows_max integer, p_request_id text
      ) returns text language plpgsql volatile as $$
      declare
        v_is_new boolean;
      begin
        if not p_is_test then
          return store_payment_notification(p_id, p_digest, p_order_id, p_transaction_id, p_status, p_body, p_is_test,
                                            p_now, p_recent_since, p_rows_max, p_request_id);
        end if;
        insert into payment_notifications as n (id, digest, gateway_order_id, gateway_transaction_id, gateway_status,
                                                body_sealed, is_test, state, received_at, applied_at)
        values (p_id, p_digest, p_order_id, p_transaction_id, p_status, p_body, true, 'SAME', p_now, p_now)
        on conflict (digest) do update
          set gateway_order_id = excluded.gateway_order_id, gateway_status = excluded.gateway_status,
              gateway_transaction_id = excluded.gateway_transaction_id, body_sealed = excluded.body_sealed,
              received_at = excluded.received_at, applied_at = excluded.applied_at, folded = n.folded + 1
          where n.is_test and n.received_at <= excluded.received_at - interval '1 second'
        returning n.id = p_id into v_is_new;
        return case when v_is_new then 'stored' else 'duplicate' end;
      end $$`);
  }
}
