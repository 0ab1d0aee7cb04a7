import express, { type Request, type Response, Router } from "express";
import { methodOf } from "../midtrans/methods.ts";
import { changeStatus } from "../midtrans/transactions.ts";
import { legalMoves } from "../midtrans/transitions.ts";
import { notificationCode } from "../midtrans/wire.ts";
import type { Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { html, rp } from "./html.ts";
import { sendPage } from "./layout.ts";

const STYLE = `
main{max-width:480px;margin:0 auto;padding:16px}.amount{font-size:32px;font-weight:700;margin:4px 0 12px}
form{display:grid;gap:10px;margin-top:20px}`;

const isPaid = ({ status }: Transaction): boolean => status === "settlement" || status === "authorize";

/** Where the app or partner sends its buyer: only GoPay and Kredivo tell the result (midtrans.md 2.11). */
function backTo(sandbox: Sandbox, transaction: Transaction): string {
  // Kredivo knows the dashboard's address alone (midtrans.md 2.1).
  const given = transaction.method === "kredivo" ? null : transaction.callback_url;
  const url = new URL(given && URL.canParse(given) ? given : sandbox.config.finishUrl);
  if (transaction.method === "gopay") {
    url.searchParams.set("order_id", transaction.order_id);
    url.searchParams.set("result", isPaid(transaction) ? "success" : "failure");
  }
  if (transaction.method === "kredivo") {
    url.searchParams.set("order_id", transaction.order_id);
    url.searchParams.set("status_code", notificationCode(transaction));
    url.searchParams.set("transaction_status", transaction.status);
  }
  return url.href;
}

/** The wallet's app on a phone, as a deeplink opens it: approve or leave. Leaving changes nothing (midtrans.md 3.7). */
export function walletRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const known = (act: (req: Request, res: Response, transaction: Transaction) => Promise<void> | void) => {
    return async (req: Request, res: Response): Promise<void> => {
      const transaction = sandbox.store.transactions.get(String(req.params["id"]));
      if (transaction) return act(req, res, transaction);
      const body = html`<main><p class="card" data-testid="unknown-page">Pembayaran ini tidak ada.</p></main>`;
      sendPage(res, 404, { title: "Tidak ada", style: STYLE, script: "", body });
    };
  };
  router.get(
    "/:id",
    known((_req, res, transaction) => {
      const { label } = methodOf(transaction.method);
      const body = html`<header class="top"><h1>${label}</h1><small>Simulasi tanpa uang</small></header>
<main><section class="card"><p class="soft small">Pembayaran ${transaction.order_id}</p>
<p class="amount" data-testid="amount">${rp(transaction.gross_amount)}</p>
<form method="post">${
        transaction.status === "pending"
          ? html`<button class="primary" name="action" value="pay" data-testid="sim-pay">Bayar</button>`
          : html`<p class="soft" data-testid="status">${transaction.status}</p>`
      }<button class="plain" name="action" value="leave" data-testid="back-to-shop">Kembali ke toko</button></form>
</section></main>`;
      sendPage(res, 200, { title: label, style: STYLE, script: "", body });
    }),
  );
  router.post(
    "/:id",
    express.urlencoded({ extended: false, limit: "4kb" }),
    known(async (req, res, transaction) => {
      const pays = (req.body as Record<string, unknown>)?.["action"] === "pay";
      const may = legalMoves(transaction.method, transaction.status).includes("settlement");
      const paid = transaction.pre_auth ? "authorize" : "settlement";
      const next = pays && may ? changeStatus(sandbox, transaction, paid, { by: "buyer", notify: true }) : transaction;
      await sandbox.store.commit();
      res.redirect(303, backTo(sandbox, next));
    }),
  );
  return router;
}
