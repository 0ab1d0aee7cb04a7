import express, { type Request, type Response, Router } from "express";
import { decideCard } from "../midtrans/cardCharge.ts";
import { TEST_OTP } from "../midtrans/testCards.ts";
import { notificationCode } from "../midtrans/wire.ts";
import type { Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { type Html, html, rp } from "./html.ts";
import { sendPage } from "./layout.ts";

const STYLE = `
main{max-width:480px;margin:0 auto;padding:16px}.amount{font-size:32px;font-weight:700;margin:4px 0 12px}
form{display:grid;gap:10px;margin-top:20px}label{font-weight:600}
input{font:inherit;padding:12px;border:1px solid #7d8f9c;border-radius:10px}
.bad{color:var(--bad);margin-top:12px}`;

/** Wrong codes after which the bank gives up. */
const MAX_WRONG = 3;

/** Where the buyer goes from here: his hosted page, else the shop's address with the state (midtrans.md 2.11). */
function onward(sandbox: Sandbox, transaction: Transaction): string {
  if (transaction.token !== null) return `${sandbox.url()}/snap/v4/redirection/${transaction.token}`;
  const given = transaction.callback_url;
  const url = new URL(given && URL.canParse(given) ? given : sandbox.config.finishUrl);
  url.searchParams.set("order_id", transaction.order_id);
  url.searchParams.set("status_code", notificationCode(transaction));
  url.searchParams.set("transaction_status", transaction.status);
  return url.href;
}

const form = (id: string, wrong: boolean): Html => html`<form method="post" action="/v2/3ds/redirect/rbav2/${id}">
<label for="otp">Kode OTP</label>
<input id="otp" name="otp" inputmode="numeric" autocomplete="one-time-code" maxlength="6" data-testid="otp">
<p class="soft small">Kode uji: ${TEST_OTP}</p>
${wrong && html`<p class="bad" role="alert" data-testid="otp-wrong">Kode itu salah.</p>`}
<button class="primary" name="action" value="prove" data-testid="otp-submit">Lanjutkan</button>
<button class="plain" name="action" value="leave" data-testid="otp-cancel">Batalkan</button></form>`;

const result = (sandbox: Sandbox, transaction: Transaction): Html => html`<p data-testid="status">
${transaction.status === "pending" ? "Bank sedang memeriksa." : transaction.status}</p>
<p><a class="button primary wide" href="${onward(sandbox, transaction)}" data-testid="back-to-shop">Lanjut</a></p>`;

/** Tells the page that opened this one, as a frame or a window, how it went; js_event pages wait for it. */
const reportOf = ({ id, status, order_id }: Transaction): string => `
const told = ${JSON.stringify({ transaction_id: id, order_id, transaction_status: status }).replaceAll("<", "\\u003c")};
for (const other of [window.opener, window.parent]) if (other && other !== window) other.postMessage(told, "*");`;

function show(sandbox: Sandbox, res: Response, transaction: Transaction, wrong: boolean): void {
  const asks = transaction.status === "pending" && typeof transaction.decides_at !== "number";
  const body = html`<header class="top"><h1>Bank penerbit kartu</h1><small>Simulasi tanpa uang</small></header>
<main><section class="card"><p class="soft small">Kartu ${String(transaction.instrument["masked_card"])}</p>
<p class="amount" data-testid="amount">${rp(transaction.gross_amount)}</p>
${asks ? form(transaction.id, wrong) : result(sandbox, transaction)}</section></main>`;
  const script = asks ? "" : reportOf(transaction);
  sendPage(res, 200, { title: "Bank penerbit kartu", style: STYLE, script, body });
}

/**
 * The bank's page to which a card charge with 3DS points (midtrans.md 3.4). A card that needs no proof is decided as
 * soon as its page opens; the others ask for a code, three times at most.
 */
export function threeDsRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const known = (act: (req: Request, res: Response, transaction: Transaction) => Promise<void> | void) => {
    return async (req: Request, res: Response): Promise<void> => {
      const transaction = sandbox.store.transactions.get(String(req.params["id"]));
      if (transaction?.card) return act(req, res, transaction);
      const body = html`<main><p class="card" data-testid="unknown-page">Pembayaran ini tidak ada.</p></main>`;
      sendPage(res, 404, { title: "Tidak ada", style: STYLE, script: "", body });
    };
  };
  router.get(
    "/:id",
    known(async (_req, res, transaction) => {
      const silent = transaction.card?.three_ds === "silent";
      const next = silent ? decideCard(sandbox, transaction, true) : transaction;
      await sandbox.store.commit();
      show(sandbox, res, next, false);
    }),
  );
  router.post(
    "/:id",
    express.urlencoded({ extended: false, limit: "4kb" }),
    known(async (req, res, transaction) => {
      const fields = (req.body ?? {}) as Record<string, unknown>;
      const proves = fields["action"] !== "leave";
      const right = fields["otp"] === TEST_OTP;
      const wrongs = (transaction.card?.wrong_codes ?? 0) + 1;
      const again = proves && !right && wrongs < MAX_WRONG && transaction.status === "pending";
      if (again && transaction.card) {
        const card = { ...transaction.card, wrong_codes: wrongs };
        const next = sandbox.store.transactions.put({ ...transaction, card });
        await sandbox.store.commit();
        return show(sandbox, res, next, true);
      }
      const next = decideCard(sandbox, transaction, proves && right);
      await sandbox.store.commit();
      show(sandbox, res, next, false);
    }),
  );
  return router;
}
