import type { Db } from "../../platform/db.ts";
import { signLink } from "../../platform/signedLink.ts";
import type { App } from "../app.ts";
import type { Id, RefundId } from "../kernel/ids.ts";
import { later } from "../kernel/time.ts";
import type { CreditNoteSnapshot } from "./creditNote.rules.ts";
import { INVOICE_LINK_MS } from "./invoice.queries.ts";

/** Whole rupiah. */
export interface CreditNote {
  readonly id: Id<"creditNote">;
  readonly refundId: RefundId;
  readonly number: string;
  readonly amount: number;
  /** PPN of it. */
  readonly tax: number;
  readonly issuedAt: Date;
}

/** The path of a credit note's PDF, which its signature covers. */
export const creditNotePath = (id: string): string => `/api/credit-notes/${id}.pdf`;

/** A link to the PDF, good as long as an invoice's, for whoever may read the refund: the caller has checked that. */
export function creditNoteLink(app: Pick<App, "settings" | "clock">, id: string): string {
  const expires = later(app.clock.now(), INVOICE_LINK_MS);
  return `${app.settings.publicUrl}${signLink(app.settings.linkSecret, creditNotePath(id), expires)}`;
}

/** The credit notes of these refunds, for those that have one. */
export const creditNotesOf = (db: Pick<Db, "sql">, refundIds: readonly RefundId[]): Promise<CreditNote[]> =>
  db.sql<CreditNote>(
    "select id, refund_id, number, amount, tax, issued_at from credit_notes where refund_id = any($1::uuid[])",
    [refundIds],
  );

/** What a credit note says; null where there is none of that id. */
export async function readCreditNote(db: Pick<Db, "sql">, id: string): Promise<CreditNoteSnapshot | null> {
  const [note] = await db.sql<{ snapshot: CreditNoteSnapshot }>("select snapshot from credit_notes where id = $1", [
    id,
  ]);
  return note?.snapshot ?? null;
}
