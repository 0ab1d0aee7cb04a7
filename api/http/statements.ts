import { type Response, Router } from "express";
import type { App } from "../../domain/app.ts";
import { invalidInput, Refusal } from "../../domain/kernel/errors.ts";
import { listShippingCosts, shippingCostCsv } from "../../domain/reconciliation/shippingCost.queries.ts";
import { findStatement, listStatements } from "../../domain/reconciliation/statement.queries.ts";
import { statementCsv } from "../../domain/reconciliation/statement.rules.ts";
import type { AccessTokens } from "./accessTokens.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @throws Refusal INVALID_INPUT for what is no day of the calendar */
function dayOf(text: unknown, name: string): string {
  const day = String(text);
  if (!DAY.test(day) || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day) {
    throw invalidInput({ [name]: "a calendar day, YYYY-MM-DD" });
  }
  return day;
}

function sendCsv(response: Response, name: string, text: string): void {
  response.set("cache-control", "private, no-store").attachment(name).type("text/csv; charset=utf-8").send(text);
}

/**
 * For who has a bearer token of staff: `GET /api/statements/<storeId>/<day>.csv` (404 for no store), `/all/<day>.csv`
 * with every store and what is no store's, and `GET /api/shipping-costs.csv?from=&to=`.
 */
export function statementRoutes(app: Pick<App, "db">, tokens: AccessTokens): Router {
  const router = Router();
  router.get("/api/statements/:storeId/:day.csv", async (request, response) => {
    const { storeId } = request.params;
    const day = dayOf(request.params.day, "day");
    const actor = await tokens.read(request.get("authorization"));
    if (storeId === "all") {
      return sendCsv(response, `statements-${day}.csv`, statementCsv(await listStatements(app, actor, day)));
    }
    const statement = await findStatement(app, actor, storeId, day);
    if (!statement) throw new Refusal("NOT_FOUND", "There is no such store");
    sendCsv(response, `statement-${day}.csv`, statementCsv([statement]));
  });
  router.get("/api/shipping-costs.csv", async (request, response) => {
    const actor = await tokens.read(request.get("authorization"));
    const days = { from: dayOf(request.query["from"], "from"), to: dayOf(request.query["to"], "to") };
    sendCsv(response, "shipping-costs.csv", shippingCostCsv(await listShippingCosts(app, actor, days)));
  });
  return router;
}
