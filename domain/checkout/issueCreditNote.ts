import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { InvoiceId, PaymentId, RefundId, StoreId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import type { Messages } from "../messages.ts";
import { labelOfPaid } from "../payment/methods.rules.ts";
import { type CreditNoteSnapshot, creditNoteNumber, creditNoteYear, shareOf } from "./creditNote.rules.ts";
import type { InvoiceSnapshot } from "./invoice.rules.ts";

interface Refunded {
  readonly id: RefundId;
  readonly amount: number;
  readonly reason: string;
  readonly invoiceId: InvoiceId;
  readonly storeId: StoreId;
  readonly storeSlug: string;
  readonly invoice: InvoiceSnapshot;
  /** Masked; null: it went back the way it came. */
  readonly account: string | null;
  readonly bankReference: string | null;
}

// The invoice's row is locked, so that its notes are made one after another: each needs the sum of those before it.
const REFUNDED = `
  select r.id, r.amount, r.reason, v.id as invoice_id, v.store_id, s.slug as store_slug, v.snapshot as invoice,
         case when r.settled_by is not null then a.masked end as account, r.bank_reference
    from refunds r join invoices v on v.order_id = r.order_id join stores s on s.id = v.store_id
    left join refund_accounts a on a.refund_id = r.id
   where r.id = $1 and r.status = 'SUCCEEDED'
     for update of v`;

// What is booked of a payment is booked by one at a time.
const LOCK_PAYMENT = `
  select p.id from payments p join refunds r on r.payment_id = p.id where r.id = $1 for update of p`;

const TAKE_NUMBER = `
  insert into credit_note_counters (store_id, year, last) values ($1, $2, 1)
  on conflict (store_id, year) do update set last = credit_note_counters.last + 1 returning last`;

const wayOf = ({ account, bankReference, invoice }: Refunded): string =>
  account ? `Transfer bank ke ${account}, referensi ${bankReference}` : labelOfPaid(invoice.payment.method);

/**
 * Handler of refund.done: gives what went back of an order's invoice its credit note, with a number from its store's
 * own counter of the Jakarta year. The counter moves in the transaction that uses the number, so a rollback leaves no
 * gap. A refund of no single order, or of an order that never was paid, has no invoice and gets none.
 *
 * A second run is harmless: a refund that has its note is left, and the table has one note a refund.
 */
export async function issueCreditNote(
  app: Pick<App, "db" | "clock" | "ids">,
  { refundId }: Messages["refund.done"],
): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const [payment] = await tx.sql<{ id: PaymentId }>(LOCK_PAYMENT, [refundId]);
    const [refunded] = await tx.sql<Refunded>(REFUNDED, [refundId]);
    if (!payment || !refunded) return;
    const [made] = await tx.sql<{ before: number; isNoted: boolean }>(
      `select coalesce(sum(amount), 0)::bigint as before, coalesce(bool_or(refund_id = $2), false) as is_noted
         from credit_notes where invoice_id = $1`,
      [refunded.invoiceId, refundId],
    );
    const before = made?.before ?? 0;
    const { invoice, storeId, storeSlug, invoiceId, reason } = refunded;
    const share = made?.isNoted ? null : shareOf(invoice.totals, before, refunded.amount);
    if (!share) return;
    const now = app.clock.now();
    const year = creditNoteYear(now);
    const [counter] = await tx.sql<{ last: number }>(TAKE_NUMBER, [storeId, year]);
    killPoint("credit-note.number-taken");
    const sequence = counter?.last ?? 0; // the counter's statement always answers; 0 breaks a CHECK
    const snapshot: CreditNoteSnapshot = {
      number: creditNoteNumber(storeSlug, year, sequence),
      issuedAt: now.toISOString(),
      invoice: { number: invoice.number, issuedAt: invoice.issuedAt, total: invoice.totals.total },
      order: invoice.order,
      seller: invoice.seller,
      buyer: invoice.buyer,
      reason,
      way: wayOf(refunded),
      totals: share,
      before,
      left: invoice.totals.total - before - share.amount,
    };
    await tx.sql(
      `insert into credit_notes (id, number, store_id, year, sequence, invoice_id, refund_id, amount, tax, snapshot,
                                 issued_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        app.ids.next<"creditNote">(),
        snapshot.number,
        storeId,
        year,
        sequence,
        invoiceId,
        refundId,
        share.amount,
        share.tax,
        JSON.stringify(snapshot),
        now,
      ],
    );
    await bookPayments(tx, now, [payment.id]);
    killPoint("credit-note.written");
  });
}
