import { Router } from "express";
import { invoiceFileName } from "../../domain/checkout/invoice.rules.ts";
import { invoicePath, readInvoiceSnapshot } from "../../domain/checkout/invoice.queries.ts";
import { renderInvoice } from "../../domain/checkout/renderInvoice.ts";
import type { App } from "../../domain/app.ts";
import { isId } from "../../domain/kernel/ids.ts";
import { checkLink } from "../../platform/signedLink.ts";

/**
 * `GET /api/invoices/<id>.pdf?expires=..&signature=..`: an invoice for whoever holds a link that invoiceLink made.
 * 403 for a link that is not ours, 410 for one that is over, 404 for an invoice that does not exist.
 */
export function invoiceRoutes(app: Pick<App, "db" | "clock" | "settings">): Router {
  const router = Router();
  router.get("/api/invoices/:id.pdf", async (request, response) => {
    const { id } = request.params;
    // A link is a key: it must not be kept by a cache or told to another site.
    response.set({
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    const link = checkLink(app.settings.linkSecret, invoicePath(id), request.query, app.clock.now());
    if (link === "forged") return void response.status(403).json({ code: "FORBIDDEN" });
    if (link === "over") return void response.status(410).json({ code: "LINK_OVER" });
    const snapshot = isId(id) ? await readInvoiceSnapshot(app.db, id) : null;
    if (snapshot === null) return void response.status(404).json({ code: "NOT_FOUND" });
    const pdf = await renderInvoice(snapshot);
    response
      .set("content-disposition", `attachment; filename="${invoiceFileName(snapshot.number)}"`)
      .type("application/pdf")
      .send(pdf);
  });
  return router;
}
