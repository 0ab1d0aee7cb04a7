import { Router } from "express";
import type { App } from "../../domain/app.ts";
import { labelPath, readLabels } from "../../domain/fulfilment/printLabels.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { checkLink } from "../../platform/signedLink.ts";
import { sendRefusal } from "./answerErrors.ts";
import { sendLinkOver } from "./invoices.ts";

/**
 * `GET /api/labels/<id>.pdf?expires=..&signature=..`: labels for whoever holds a link that printLabels made. 403 for a
 * link that is not ours, 410 for one that is over, 404 for labels that are not kept any more.
 */
export function labelRoutes(app: Pick<App, "db" | "clock" | "settings" | "sealer">): Router {
  const router = Router();
  router.get("/api/labels/:id.pdf", async (request, response) => {
    const { id } = request.params;
    // A link is a key: it must not be kept by a cache or told to another site.
    response.set({ "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
    const link = checkLink(app.settings.linkSecret, labelPath(id), request.query, app.clock.now());
    if (link === "over") return sendLinkOver(response, "This link is over; print the labels again for a new one");
    if (link === "forged") return sendRefusal(response, new Refusal("FORBIDDEN", "This link is not one of ours"));
    const pdf = await readLabels(app, id);
    if (pdf === null) return sendRefusal(response, new Refusal("NOT_FOUND", "There are no such labels"));
    response.attachment("labels.pdf").type("application/pdf").send(pdf);
  });
  return router;
}
