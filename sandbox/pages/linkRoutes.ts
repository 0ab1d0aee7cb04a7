import express, { type Request, type Response, Router } from "express";
import { setAccount } from "../midtrans/accounts.ts";
import type { PayAccount } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { html } from "./html.ts";
import { sendPage } from "./layout.ts";

const STYLE = `
main{max-width:480px;margin:0 auto;padding:16px}form{display:grid;gap:10px;margin-top:20px}`;

/** Where the app sends its user, with the result as GoPay tells it elsewhere (midtrans.md 2.11). */
function backTo(sandbox: Sandbox, account: PayAccount): string {
  const given = account.redirect_url;
  const url = new URL(given && URL.canParse(given) ? given : sandbox.config.finishUrl);
  url.searchParams.set("account_id", account.id);
  url.searchParams.set("result", account.status === "ENABLED" ? "success" : "failure");
  return url.href;
}

/** GoPay's own page, on which a user allows or refuses that a shop charges his wallet (midtrans.md 7.5). */
export function linkRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const known = (act: (req: Request, res: Response, account: PayAccount) => Promise<void> | void) => {
    return async (req: Request, res: Response): Promise<void> => {
      const account = sandbox.store.accounts.get(String(req.params["id"]));
      if (account) return act(req, res, account);
      const body = html`<main><p class="card" data-testid="unknown-page">Tautan ini tidak ada.</p></main>`;
      sendPage(res, 404, { title: "Tidak ada", style: STYLE, script: "", body });
    };
  };
  router.get(
    "/:id",
    known((_req, res, account) => {
      const phone = `+${account.country_code}${account.phone_number}`;
      const body = html`<header class="top"><h1>GoPay</h1><small>Simulasi tanpa uang</small></header>
<main><section class="card"><h2>Hubungkan akun GoPay</h2><p class="soft">${phone}</p><form method="post">${
        account.status === "PENDING"
          ? html`<button class="primary" name="action" value="allow" data-testid="link-allow">Izinkan</button>
<button class="danger" name="action" value="refuse" data-testid="link-refuse">Tolak</button>`
          : html`<p class="soft" data-testid="status">${account.status}</p>
<button class="plain" name="action" value="leave" data-testid="back-to-shop">Kembali ke toko</button>`
      }</form></section></main>`;
      sendPage(res, 200, { title: "GoPay", style: STYLE, script: "", body });
    }),
  );
  router.post(
    "/:id",
    express.urlencoded({ extended: false, limit: "4kb" }),
    known(async (req, res, account) => {
      const action = (req.body as Record<string, unknown>)?.["action"];
      const waits = account.status === "PENDING" && action !== "leave";
      const next = waits ? setAccount(sandbox, account, action === "allow" ? "ENABLED" : "DISABLED") : account;
      await sandbox.store.commit();
      res.redirect(303, backTo(sandbox, next));
    }),
  );
  return router;
}
