import express, { type Request, type Response, Router } from "express";
import { moveShipment } from "../control/shipments.ts";
import { setBalance } from "../komerce/balance.ts";
import { tellByHand } from "../komerce/webhook.ts";
import { orderWord } from "../komerce/words.ts";
import type { Sandbox } from "../sandbox.ts";
import { ITEM_STYLE } from "./home.ts";
import { type Html, html } from "./html.ts";
import { sendPage } from "./layout.ts";
import { parcelPage, shipmentList } from "./shipments.ts";

const STYLE = `${ITEM_STYLE}.top nav{display:flex;gap:16px}
input{font:inherit;padding:8px 12px;border:1px solid var(--line);border-radius:10px;min-width:0}
.actions{align-items:center}section .facts:last-child{margin-bottom:0}p+p{margin-top:6px}`;

const fieldOf = (req: Request, name: string): string => String((req.body as Record<string, unknown>)?.[name] ?? "");

function show(res: Response, status: number, title: string, list: Html): void {
  const body = html`<header class="top"><h1>${title}</h1><nav><a href="/" style="color:#fff">Transaksi</a>
<a href="/shipments" style="color:#fff">Kiriman</a></nav></header><main>${list}</main>`;
  sendPage(res, status, { title, style: STYLE, script: "", body });
}

const problem = (res: Response, status: number, text: string): void =>
  show(res, status, "Tidak bisa", html`<p class="card" role="alert">${text}</p>`);

/** The pages of shipments with the forms behind their buttons. */
export function shipmentRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: "4kb" });

  router.get("/shipments", (_req, res) => show(res, 200, "Kiriman", shipmentList(sandbox)));
  router.get("/shipments/:orderNo", (req, res) => {
    const shipment = sandbox.store.shipments.get(req.params.orderNo);
    if (!shipment) return problem(res, 404, "Kiriman ini tidak ada.");
    show(res, 200, shipment.order_no, parcelPage(sandbox, shipment));
  });
  router.post("/shipments/:orderNo", form, async (req, res) => {
    const moved = moveShipment(sandbox, String(req.params["orderNo"]), { status: fieldOf(req, "status") });
    await sandbox.store.commit();
    if ("problem" in moved) return problem(res, moved.status, moved.problem);
    // Only back to a page of this one.
    const from = fieldOf(req, "from");
    res.redirect(303, /^\/(?!\/)[\w/]*$/.test(from) ? from : "/");
  });
  router.post("/shipments/:orderNo/notify", form, async (req, res) => {
    const shipment = sandbox.store.shipments.get(String(req.params["orderNo"]));
    if (!shipment) return problem(res, 404, "Kiriman ini tidak ada.");
    const { order_no, awb } = shipment;
    tellByHand(sandbox, shipment, { order_no, cnote: awb, status: orderWord(shipment, sandbox.config) }, 1);
    await sandbox.store.commit();
    res.redirect(303, `/shipments/${order_no}`);
  });
  router.post("/shipments-balance", form, async (req, res) => {
    const rupiah = Number(fieldOf(req, "balance"));
    if (!Number.isSafeInteger(rupiah) || rupiah < 0) return problem(res, 400, "Saldo harus rupiah bulat.");
    setBalance(sandbox, rupiah);
    await sandbox.store.commit();
    res.redirect(303, "/shipments");
  });
  return router;
}
