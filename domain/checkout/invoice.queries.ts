import type { Db } from "../../platform/db.ts";
import { signLink } from "../../platform/signedLink.ts";
import type { App } from "../app.ts";
import type { InvoiceId, OrderId } from "../kernel/ids.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import type { InvoiceSnapshot } from "./invoice.rules.ts";

export interface Invoice {
  readonly id: InvoiceId;
  readonly orderId: OrderId;
  readonly number: string;
  readonly issuedAt: Date;
}

/** Long enough to click, too short to be worth passing on. */
export const INVOICE_LINK_MS = 15 * MINUTE_MS;

/** The path of an invoice's PDF, which its signature covers. */
export const invoicePath = (id: string): string => `/api/invoices/${id}.pdf`;

/** A link to the PDF that works for 15 minutes, for whoever may read the order: the caller has checked that. */
export function invoiceLink(app: Pick<App, "settings" | "clock">, invoiceId: InvoiceId): string {
  const expires = later(app.clock.now(), INVOICE_LINK_MS);
  return `${app.settings.publicUrl}${signLink(app.settings.linkSecret, invoicePath(invoiceId), expires)}`;
}

/** The invoices of these orders, for those that have one. Whether the caller may read the orders was checked before. */
export async function invoicesOfOrders(db: Pick<Db, "sql">, orderIds: readonly string[]): Promise<Invoice[]> {
  return db.sql<Invoice>("select id, order_id, number, issued_at from invoices where order_id = any($1::uuid[])", [
    orderIds,
  ]);
}

/** What an invoice says; null where there is none of that id. */
export async function readInvoiceSnapshot(db: Pick<Db, "sql">, id: string): Promise<InvoiceSnapshot | null> {
  const [invoice] = await db.sql<{ snapshot: InvoiceSnapshot }>("select snapshot from invoices where id = $1", [id]);
  return invoice?.snapshot ?? null;
}
