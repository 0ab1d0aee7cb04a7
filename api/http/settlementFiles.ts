import express, { type RequestHandler, Router } from "express";
import type { App } from "../../domain/app.ts";
import { requireRight } from "../../domain/identity/rights.access.ts";
import { invalidInput, Refusal } from "../../domain/kernel/errors.ts";
import { MINUTE_MS } from "../../domain/kernel/time.ts";
import { importFile } from "../../domain/reconciliation/importFile.ts";
import type { FileKind } from "../../domain/reconciliation/settlement.queries.ts";
import type { AccessTokens } from "./accessTokens.ts";

const KINDS: Readonly<Record<string, FileKind>> = { settlement: "SETTLEMENT", bank: "BANK" };

/** 200,000 lines of the dashboard's export, which are more than the 31 days that it gives at once for most shops. */
const FILE_BODY_MAX = "48mb";

/** Files of one person: a year's are imported in some minutes, and each is read in this process. */
const FILES_MAX = { points: 20, windowMs: MINUTE_MS };

/** Before a body is read: strangers may not fill our memory. */
const onlyStaff =
  (app: Pick<App, "limits">, tokens: AccessTokens): RequestHandler =>
  async (request, response, next) => {
    const actor = await tokens.read(request.get("authorization"));
    requireRight(actor, "reconciliation.import");
    const waitMs = await app.limits.consume([{ key: `importFile:${actor.userId}`, ...FILES_MAX }]);
    if (waitMs !== null) {
      throw new Refusal("RATE_LIMITED", "Too many files; try again later", { retryAfter: Math.ceil(waitMs / 1000) });
    }
    response.locals["actor"] = actor;
    next();
  };

/** One import at a time in this process: each holds all of its file. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined); // its own caller hears of it; the next one only waits for its end
    return mine;
  };
}

/**
 * `POST /api/reconciliation/files?kind=settlement|bank&name=...` with a member of staff's bearer token and the CSV file
 * as its body. Answers the file as `settlementFiles` shows it; the same file again is answered the same. 400 with
 * UPLOAD_REFUSED and `details.problems` where a line cannot be read, and then nothing of it is imported; 413 beyond
 * the limit.
 */
export function settlementFileRoutes(
  app: Pick<App, "db" | "clock" | "ids" | "sealer" | "settings" | "limits">,
  tokens: AccessTokens,
): Router {
  const router = Router();
  const body = express.raw({ type: () => true, limit: FILE_BODY_MAX });
  const inTurn = oneByOne();
  router.post("/api/reconciliation/files", onlyStaff(app, tokens), body, async (request, response) => {
    const kind = KINDS[String(request.query["kind"])];
    if (!kind) throw invalidInput({ kind: "settlement or bank" });
    const name = typeof request.query["name"] === "string" ? request.query["name"].trim() : "";
    // Without a body Express leaves an object of its own.
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (bytes.length === 0) throw new Refusal("UPLOAD_REFUSED", "The file is empty", { problems: [], count: 0 });
    const input = { kind, name: name || `${kind.toLowerCase()}.csv`, bytes };
    const file = await inTurn(() => importFile(app, response.locals["actor"], input));
    response.set("cache-control", "no-store").json(file);
  });
  return router;
}
