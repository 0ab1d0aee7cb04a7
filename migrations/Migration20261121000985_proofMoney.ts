import { Migration } from "@mikro-orm/migrations";

/** Proofs that were approved before their money had a transaction of its own get it: all of it can be refunded. */
export class Migration20261121000985_proofMoney extends Migration {
  override up(): void {
    this.addSql(`
      with made as (
        insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
                                          captured_amount, settled_at, card_look_at, created_at, updated_at)
        select gen_random_uuid(), p.id, p.number || '-01A', 'MANUAL_TRANSFER', 'PAID', p.amount, p.amount, p.amount,
               coalesce(b.approved_at, p.paid_at, p.created_at), null, now(), now()
          from payments p join enrollment_payments b on b.id = p.id
         where p.channel = 'MANUAL_TRANSFER' and p.status = 'APPROVED' and p.covering_transaction_id is null
        returning id, payment_id)
      update payments p set covering_transaction_id = m.id, tries = 1 from made m where p.id = m.payment_id`);
  }
}
