import express, { type Request, type Response, Router } from "express";
import { addFault, CALL_KINDS, clearFaults, NOTIFICATION_KINDS, readFault, TARGETS } from "../faults.ts";
import { isObject } from "../midtrans/checks.ts";
import { sendAgain } from "../midtrans/notifications.ts";
import { SAMPLES } from "../midtrans/samples.ts";
import { findTransaction } from "../midtrans/transactions.ts";
import type { Sandbox } from "../sandbox.ts";
import { applyMove, payAgain } from "./moves.ts";
import { isTestKind, sendCrafted, sendDashboardTest, sendSample } from "./notify.ts";
import { type Answering, recurringControl } from "./recurring.ts";
import { settlementControl } from "./settlements.ts";
import { shipmentControl } from "./shipments.ts";
import { books, notificationView, pageView, transactionView } from "./view.ts";

/** Transactions of one list, newest first; `?limit=` may ask for fewer, `?before=` a transaction id for older ones. */
const LIST_MAX = 1_000;

function listed(sandbox: Sandbox, req: Request): unknown[] {
  const asked = Number(req.query["limit"] ?? 100);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, LIST_MAX) : 100;
  const all = sandbox.store.transactions.values();
  const before = all.findIndex(({ id }) => id === req.query["before"]);
  const newest = all
    .slice(0, before === -1 ? all.length : before)
    .slice(-limit)
    .reverse();
  return newest.map((transaction) => transactionView(sandbox, transaction));
}

/** All about one order: its newest transaction, every transaction, its pages. */
function orderView(sandbox: Sandbox, id: string): Record<string, unknown> | null {
  const latest = findTransaction(sandbox, id);
  const orderId = latest?.order_id ?? id;
  const pages = sandbox.store.pages.inGroup(orderId).map((page) => pageView(sandbox, page));
  if (!latest && pages.length === 0) return null;
  const transactions = sandbox.store.transactions.inGroup(orderId).map((row) => transactionView(sandbox, row));
  const current = latest ? transactionView(sandbox, latest) : { order_id: orderId, transaction_status: null };
  return { ...current, transactions, pages };
}

/** The control API below /sandbox, for people and tests; it carries no key and listens on loopback by default. */
export function controlRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const { store } = sandbox;
  router.use(express.json({ limit: "64kb", type: () => true, strict: false }));
  const answer: Answering = async (res: Response, status: number, body: unknown): Promise<void> => {
    await store.commit();
    res.status(status).json(body);
  };

  router.get("/transactions", (req, res) => answer(res, 200, { transactions: listed(sandbox, req) }));
  router.get("/transactions/:id", (req, res) => {
    const view = orderView(sandbox, req.params.id);
    return view ? answer(res, 200, view) : answer(res, 404, { error: `nothing known of ${req.params.id}` });
  });
  router.post("/transactions/:id", (req, res) => {
    const moved = applyMove(sandbox, req.params.id, req.body);
    if ("problem" in moved) return answer(res, moved.status, { error: moved.problem });
    return answer(res, 200, transactionView(sandbox, moved.transaction));
  });
  router.post("/transactions/:id/notify", (req, res) => {
    const sent = sendCrafted(sandbox, req.params.id, req.body ?? null);
    if (typeof sent === "string") return answer(res, 400, { error: sent });
    return answer(res, 202, { notifications: sent.map(notificationView) });
  });
  router.post("/transactions/:id/again", (req, res) => {
    const moved = payAgain(sandbox, req.params.id, req.body);
    if ("problem" in moved) return answer(res, moved.status, { error: moved.problem });
    return answer(res, 200, transactionView(sandbox, moved.transaction));
  });
  router.post("/notifications/test", (req, res) => {
    const kind = req.query["kind"] ?? "payment";
    if (!isTestKind(kind)) return answer(res, 400, { error: "kind must be payment, recurring or pay_account" });
    return answer(res, 202, { notifications: sendDashboardTest(sandbox, kind).map(notificationView) });
  });
  router.get("/notifications/samples", (_req, res) => answer(res, 200, { samples: Object.keys(SAMPLES) }));
  router.post("/notifications/samples/:name", (req, res) => {
    const sent = sendSample(sandbox, req.params.name);
    if (!sent) return answer(res, 404, { error: "no such sample", samples: Object.keys(SAMPLES) });
    return answer(res, 202, { notifications: sent.map(notificationView) });
  });
  router.post("/notifications/:id/again", (req, res) => {
    const message = store.notifications.get(req.params.id);
    if (!message) return answer(res, 404, { error: "no such notification" });
    return answer(res, 202, { notifications: sendAgain(sandbox, message).map(notificationView) });
  });
  router.get("/books", (_req, res) => answer(res, 200, books(sandbox)));
  router.use(settlementControl(sandbox));
  router.use("/faults", faultRoutes(sandbox, answer));
  router.use(recurringControl(sandbox, answer));
  router.use(shipmentControl(sandbox, answer));
  return router;
}

function faultRoutes(sandbox: Sandbox, answer: Answering): Router {
  const router = Router();
  const known = { targets: TARGETS, kinds: CALL_KINDS, notification_kinds: NOTIFICATION_KINDS };
  router.get("/", (_req, res) => answer(res, 200, { faults: sandbox.store.faults.values() }));
  router.post("/", (req, res) => {
    const fault = readFault(isObject(req.body) ? req.body : {});
    if (typeof fault === "string") return answer(res, 400, { error: fault, ...known });
    if (!addFault(sandbox, fault)) return answer(res, 409, { error: "too many faults wait already; clear some" });
    return answer(res, 201, fault);
  });
  router.delete("/", (_req, res) => {
    clearFaults(sandbox);
    return answer(res, 200, { faults: [] });
  });
  router.delete("/:id", (req, res) => {
    clearFaults(sandbox, req.params.id);
    return answer(res, 200, { faults: sandbox.store.faults.values() });
  });
  return router;
}
