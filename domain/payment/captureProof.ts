import type { Tx } from "../../platform/db.ts";
import type { Ids, PaymentId } from "../kernel/ids.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import { gatewayOrderId } from "./payment.rules.ts";

// Nothing looks after it: no poll is due, and no card of it is kept. Its order id is the payment's own first one, which
// no try at the gateway has, because a payment with a proof has no try.
const CAPTURE = `
  with made as (
    insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
                                      captured_amount, settled_at, next_poll_at, card_look_at, created_at, updated_at)
    select $2, p.id, $4, 'MANUAL_TRANSFER', 'PAID', p.amount, p.amount, p.amount, $3, null, null, $3, $3
      from payments p where p.id = $1
    returning id, payment_id)
  update payments p set covering_transaction_id = m.id, tries = 1 from made m where p.id = m.payment_id`;

/**
 * What a customer has transferred with a proof is here from its approval on: it gets a transaction of its own, of which
 * the gateway knows nothing, so that it can be refunded by hand under the same ceiling as any other money. A payment
 * through the gateway is left as it is. Called with the payment locked; a second run finds the transaction.
 */
export async function captureProof(tx: Tx, app: { ids: Ids; now: Date }, paymentId: PaymentId): Promise<void> {
  const [payment] = await tx.sql<{ number: string }>(
    `select number from payments
      where id = $1 and channel = 'MANUAL_TRANSFER' and covering_transaction_id is null`,
    [paymentId],
  );
  if (!payment) return;
  const id = app.ids.next<"paymentTransaction">();
  await tx.sql(CAPTURE, [paymentId, id, app.now, gatewayOrderId(payment.number, 1)]);
  await bookPayments(tx, app.now, [paymentId]);
}
