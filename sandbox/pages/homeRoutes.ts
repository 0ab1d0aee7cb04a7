import express, { type Request, Router } from "express";
import { applyMove } from "../control/moves.ts";
import { sendDashboardTest } from "../control/notify.ts";
import { clearFaults } from "../faults.ts";
import { sendAgain } from "../midtrans/notifications.ts";
import type { Sandbox } from "../sandbox.ts";
import { homeList, homePage } from "./home.ts";
import { html } from "./html.ts";
import { sendPage } from "./layout.ts";

const fieldOf = (req: Request, name: string): string => String((req.body as Record<string, unknown>)?.[name] ?? "");

/** The sandbox's own page at / with the forms behind its buttons. */
export function homeRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: "4kb" });

  router.get("/", (req, res) => {
    if (req.query["part"] === "list") return void res.type("html").send(homeList(sandbox).markup);
    sendPage(res, 200, homePage(sandbox));
  });
  router.post("/move", form, async (req, res) => {
    const asked = fieldOf(req, "status");
    const approved = asked === "approve" ? { transaction_status: "capture", fraud_status: "accept" } : null;
    const id = fieldOf(req, "transaction_id");
    const which = id === "" ? {} : { transaction_id: id };
    const moved = applyMove(sandbox, fieldOf(req, "order_id"), {
      ...(approved ?? { transaction_status: asked }),
      ...which,
    });
    await sandbox.store.commit();
    if ("transaction" in moved) return res.redirect(303, "/");
    const body = html`<main><p class="card" role="alert">${moved.problem}</p><p><a href="/">Kembali</a></p></main>`;
    sendPage(res, moved.status, { title: "Tidak bisa", style: "main{padding:24px}", script: "", body });
  });
  router.post("/again", form, async (req, res) => {
    const message = sandbox.store.notifications.get(fieldOf(req, "id"));
    if (message) sendAgain(sandbox, message);
    await sandbox.store.commit();
    res.redirect(303, "/");
  });
  router.post("/test-notification", form, async (_req, res) => {
    sendDashboardTest(sandbox);
    await sandbox.store.commit();
    res.redirect(303, "/");
  });
  router.post("/clear-faults", form, async (_req, res) => {
    clearFaults(sandbox);
    await sandbox.store.commit();
    res.redirect(303, "/");
  });
  return router;
}
