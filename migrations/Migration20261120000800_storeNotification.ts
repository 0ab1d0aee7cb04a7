import { Migration } from "@mikro-orm/migrations";

/**
 * Storing a notification is one function, so that it is one message to the database and one transaction. It is
 * volatile: each of its statements sees what was committed before that statement began. So who has waited for the lock
 * counts the rows of those before him, which one statement with the lock inside it would not.
 */
export class Migration20261120000800_storeNotification extends Migration {
  override up(): void {
    this.addSql(`
      create function store_notification(
        p_id uuid, p_digest text, p_order_id text, p_transaction_id text, p_status text, p_body text, p_is_test boolean,
        p_now timestamptz, p_recent_since timestamptz, p_rows_max integer, p_request_id text
      ) returns text language plpgsql volatile as $$
      declare
        v_rows bigint;
        v_newest uuid;
        v_id uuid;
      begin
        -- Arrivals about one order id take turns: those that come at once would not count each other.
        perform pg_advisory_xact_lock(hashtext('payment_notifications'), hashtext(p_order_id));
        select count(*), (array_agg(id order by received_at desc, id desc))[1] into v_rows, v_newest
          from payment_notifications where gateway_order_id = p_order_id and received_at > p_recent_since;
        if v_rows < p_rows_max then
          insert into payment_notifications (id, digest, gateway_order_id, gateway_transaction_id, gateway_status,
                                             body_sealed, is_test, state, received_at, applied_at)
          values (p_id, p_digest, p_order_id, p_transaction_id, p_status, p_body, p_is_test,
                  case when p_is_test then 'SAME' else 'STORED' end, p_now, case when p_is_test then p_now end)
          on conflict (digest) do nothing returning id into v_id;
        else
          update payment_notifications
             set folded = folded + 1, state = case when is_test then state else 'STORED' end
           where id = v_newest and not exists (select from payment_notifications where digest = p_digest)
          returning id into v_id;
        end if;
        if v_id is null then
          return 'duplicate';
        end if;
        if not p_is_test then
          insert into outbox_messages (name, handler, payload, key, request_id, due_at, created_at)
          values ('payment.notified', 'applyNotification', jsonb_build_object('gatewayOrderId', p_order_id), p_order_id,
                  p_request_id, p_now, p_now)
          on conflict (handler, key) where key is not null and done_at is null and parked_at is null
          do update set touches = outbox_messages.touches + 1,
                        due_at = least(outbox_messages.due_at, excluded.due_at);
        end if;
        return case when v_rows < p_rows_max then 'stored' else 'folded' end;
      end $$`);
  }
}
