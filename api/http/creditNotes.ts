import { Router } from "express";
import type { App } from "../../domain/app.ts";
import { creditNotePath, readCreditNote } from "../../domain/checkout/creditNote.queries.ts";
import { invoiceFileName } from "../../domain/checkout/invoice.rules.ts";
import { renderCreditNote } from "../../domain/checkout/renderCreditNote.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { isId } from "../../domain/kernel/ids.ts";
import { checkLink } from "../../platform/signedLink.ts";
import { sendRefusal } from "./answerErrors.ts";
import { sendLinkOver } from "./invoices.ts";

/**
 * `GET /api/credit-notes/<id>.pdf?expires=..&signature=..`: a credit note for whoever holds a link that creditNoteLink
 * made. 403 for a link that is not ours, 410 for one that is over, 404 for a note that does not exist.
 */
export function creditNoteRoutes(app: Pick<App, "db" | "clock" | "settings">): Router {
  const router = Router();
  router.get("/api/credit-notes/:id.pdf", async (request, response) => {
    const { id } = request.params;
    // A link is a key: it must not be kept by a cache or told to another site.
    response.set({ "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
    const link = checkLink(app.settings.linkSecret, creditNotePath(id), request.query, app.clock.now());
    if (link === "over") return sendLinkOver(response, "This link is over; open the order for a new one");
    if (link === "forged") return sendRefusal(response, new Refusal("FORBIDDEN", "This link is not one of ours"));
    const snapshot = isId(id) ? await readCreditNote(app.db, id) : null;
    if (snapshot === null) return sendRefusal(response, new Refusal("NOT_FOUND", "There is no such credit note"));
    response
      .attachment(invoiceFileName(snapshot.number))
      .type("application/pdf")
      .send(await renderCreditNote(snapshot));
  });
  return router;
}
