import { randomUUID } from "node:crypto";
import { type Request, Router } from "express";
import { type Answer, endpoint } from "../answer.ts";
import type { SnapPage } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import { bodyOf, gate, snapError, snapForm } from "./http.ts";
import { pageDeadline, readSnapRequest } from "./snapRequest.ts";
import { findTransaction } from "./transactions.ts";

const USED = "transaction_details.order_id has been paid and utilized, please use another order ID";

/** URLs that one header may name (midtrans.md 1.4; the sources differ between 2 and 3). */
const MAX_URLS = 3;

const urlsIn = (header: string | undefined): string[] =>
  (header ?? "")
    .split(",")
    .map((url) => url.trim())
    .filter((url) => URL.canParse(url))
    .slice(0, MAX_URLS);

/** Where the page's notifications go: an override wins over everything, an append adds (midtrans.md 1.4). */
export function notificationUrls(req: Request, configured: string): string[] {
  const override = urlsIn(req.get("X-Override-Notification"));
  if (override.length > 0) return override;
  return [configured, ...urlsIn(req.get("X-Append-Notification"))];
}

/** Whether a new page or charge may take this order_id (midtrans.md 2.8): not while one waits or once one was paid. */
export function isFree(sandbox: Sandbox, orderId: string): boolean {
  return sandbox.store.transactions.inGroup(orderId).every(({ status }) => {
    return status === "deny" || status === "expire" || status === "cancel" || status === "failure";
  });
}

function createPage(sandbox: Sandbox, req: Request): Answer {
  const body = bodyOf(req);
  if (body === undefined) return snapError(400, "request body is not valid JSON");
  const now = sandbox.clock.now();
  const { request, errors } = readSnapRequest(body, now);
  if (errors.length > 0) return snapError(400, ...errors);
  if (!isFree(sandbox, request.order_id)) return snapError(400, USED);
  for (const older of sandbox.store.pages.inGroup(request.order_id)) {
    if (older.state === "open") sandbox.store.pages.put({ ...older, state: "replaced" });
  }
  const page = sandbox.store.pages.put({
    token: randomUUID(),
    order_id: request.order_id,
    born: now,
    request,
    page_expires_at: pageDeadline(request, now),
    state: "open",
    notification_urls: notificationUrls(req, sandbox.config.notificationUrl),
  });
  sandbox.log.info({ order_id: page.order_id, amount: request.gross_amount }, "page created");
  const redirect = `${sandbox.url()}/snap/v4/redirection/${page.token}`;
  return { status: 201, body: { token: page.token, redirect_url: redirect } };
}

/** Why a page can no longer be cancelled, in the three wordings of midtrans.md 2.9; null where it can. */
function cancelRefusal(sandbox: Sandbox, page: SnapPage | undefined): Answer | null {
  if (!page) return snapError(404, "token not found");
  const latest = findTransaction(sandbox, page.order_id);
  const ended = !latest || latest.token !== page.token || latest.status === "deny" || latest.status === "failure";
  const closed = latest?.status === "expire" || latest?.status === "cancel";
  if (page.state !== "open" || momentOf(sandbox, page.born) >= page.page_expires_at || closed) {
    return snapError(400, "token already canceled");
  }
  return ended ? null : snapError(400, "Transaction is on progress");
}

function cancelPage(sandbox: Sandbox, req: Request): Answer {
  const page = sandbox.store.pages.get(String(req.params["token"]));
  const refusal = cancelRefusal(sandbox, page);
  if (refusal || !page) return refusal ?? snapError(404, "token not found");
  sandbox.store.pages.put({ ...page, state: "canceled" });
  return { status: 200, body: { canceled_at: new Date(momentOf(sandbox, page.born)).toISOString() } };
}

/** Snap's back end below /snap/v1 (midtrans.md 2). */
export function snapRoutes(sandbox: Sandbox): Router {
  const router = Router();
  router.use(gate(sandbox, "snap"));
  router.post(
    "/transactions",
    endpoint(sandbox, "midtrans.snap", snapForm, (req) => createPage(sandbox, req)),
  );
  router.post(
    "/transactions/:token/cancel",
    endpoint(sandbox, "midtrans.cancel", snapForm, (req) => cancelPage(sandbox, req)),
  );
  return router;
}
