import { type Response, Router } from "express";
import type { App } from "../../domain/app.ts";
import { invoicePath, readInvoiceSnapshot } from "../../domain/checkout/invoice.queries.ts";
import { invoiceFileName } from "../../domain/checkout/invoice.rules.ts";
import { renderInvoice } from "../../domain/checkout/renderInvoice.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { isId } from "../../domain/kernel/ids.ts";
import { killPoint } from "../../domain/kernel/killPoint.ts";
import { checkLink } from "../../platform/signedLink.ts";
import { sendRefusal } from "./answerErrors.ts";

/** Says that the link was once good, and where there is a new one. */
export function sendLinkOver(response: Response, message: string): void {
  response.status(410).json({ error: { code: "NOT_FOUND", retryable: false, details: {}, message } });
}

/**
 * `GET /api/invoices/<id>.pdf?expires=..&signature=..`: an invoice for whoever holds a link that invoiceLink made.
 * 403 for a link that is not ours, 410 for one that is over, 404 for an invoice that does not exist.
 */
export function invoiceRoutes(app: Pick<App, "db" | "clock" | "settings">): Router {
  const router = Router();
  router.get("/api/invoices/:id.pdf", async (request, response) => {
    const { id } = request.params;
    // A link is a key: it must not be kept by a cache or told to another site.
    response.set({ "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
    const link = checkLink(app.settings.linkSecret, invoicePath(id), request.query, app.clock.now());
    if (link === "over") return sendLinkOver(response, "This link is over; open the order for a new one");
    if (link === "forged") return sendRefusal(response, new Refusal("FORBIDDEN", "This link is not one of ours"));
    const snapshot = isId(id) ? await readInvoiceSnapshot(app.db, id) : null;
    if (snapshot === null) return sendRefusal(response, new Refusal("NOT_FOUND", "There is no such invoice"));
    const pdf = await renderInvoice(snapshot);
    killPoint("invoice.pdf-rendered");
    response.attachment(invoiceFileName(snapshot.number)).type("application/pdf").send(pdf);
  });
  return router;
}
