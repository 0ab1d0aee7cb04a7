import { Router } from "express";
import type { App } from "../../domain/app.ts";
import { requireRight } from "../../domain/identity/rights.access.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { dayInJakarta, startOfJakartaDay } from "../../domain/kernel/time.ts";
import { REPORT_FORMATS, renderReport, reportPath } from "../../domain/reconciliation/runReport.queries.ts";
import { checkLink } from "../../platform/signedLink.ts";
import type { AccessTokens } from "./accessTokens.ts";
import { sendRefusal } from "./answerErrors.ts";
import { sendLinkOver } from "./invoices.ts";

const TYPES = { json: "application/json", csv: "text/csv; charset=utf-8" } as const;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** 31 February has the form of a day, and is none. */
const isDay = (text: string): boolean => {
  const start = startOfJakartaDay(text);
  return !Number.isNaN(start.getTime()) && dayInJakarta(start) === text;
};

/**
 * `GET /api/reconciliation/<day>/report.json` or `.csv`: a day's close, for staff with a bearer token or whoever holds
 * a link that reportLink made. 401 or 403 for others, 410 for a link that is over, 404 for a day that was never closed.
 */
export function runReportRoutes(app: Pick<App, "db" | "clock" | "settings">, tokens: AccessTokens): Router {
  const router = Router();
  router.get("/api/reconciliation/:day/:file", async (request, response) => {
    const { day, file } = request.params;
    const format = REPORT_FORMATS.find((each) => file === `report.${each}`);
    response.set({ "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
    if (!format || !DAY.test(day)) return sendRefusal(response, new Refusal("NOT_FOUND", "There is no such report"));
    if (request.query["signature"] === undefined) {
      requireRight(await tokens.read(request.get("authorization")), "reconciliation.read");
    } else {
      const link = checkLink(app.settings.linkSecret, reportPath(day, format), request.query, app.clock.now());
      if (link === "over") return sendLinkOver(response, "This link is over; open the day again for a new one");
      if (link === "forged") return sendRefusal(response, new Refusal("FORBIDDEN", "This link is not one of ours"));
    }
    const report = isDay(day) ? await renderReport(app.db, day, format) : null;
    if (report === null) return sendRefusal(response, new Refusal("NOT_FOUND", "This day was never closed"));
    response.attachment(`close-${day}.${format}`).set("content-type", TYPES[format]).send(report);
  });
  return router;
}
