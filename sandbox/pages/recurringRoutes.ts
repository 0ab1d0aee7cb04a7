import express, { type Request, type Response, Router } from "express";
import { moveAccount, moveCard, moveSubscription } from "../control/recurring.ts";
import type { CardToken, PayAccount, Subscription } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { dateTime, type Html, html, rp } from "./html.ts";
import { sendPage } from "./layout.ts";

const STYLE = `
main{max-width:960px;margin:0 auto;padding:16px;display:grid;gap:12px}h2{font-size:20px}
h3{font-size:17px;overflow-wrap:anywhere}.facts{display:flex;flex-wrap:wrap;gap:4px 16px;margin:6px 0 12px;
color:var(--soft);font-size:14px}.facts b{color:var(--ink)}form{display:flex;flex-wrap:wrap;gap:8px}
button{padding:8px 14px;font-size:14px}`;

/** Rows of each list, newest first. */
const ROWS = 50;

/** What the buttons ask of the control API. */
const SUBSCRIPTION_MOVES: Record<string, [string, Record<string, unknown>]> = {
  charge: ["Tagih sekarang", { charge: "regular" }],
  deny: ["Tagih, bank menolak", { charge: "regular", fails: ["deny"] }],
  invalid: ["Tagih, token tidak berlaku", { charge: "regular", fails: ["411"] }],
  retry: ["Ulangi tagihan", { charge: "retry" }],
};
const ACCOUNT_MOVES: Record<string, [string, Record<string, unknown>]> = {
  enable: ["Hubungkan", { account_status: "ENABLED" }],
  disable: ["Putuskan", { account_status: "DISABLED" }],
  pin: ["Minta PIN", { behaviour: "pin" }],
  settle: ["Tanpa PIN", { behaviour: "settle" }],
  deny: ["Tolak tagihan", { behaviour: "deny" }],
  empty: ["Kosongkan saldo", { balance: 0 }],
  rotate: ["Ganti token", { rotate: true }],
};
const CARD_MOVES: Record<string, [string, Record<string, unknown>]> = {
  accept: ["Setujui tagihan", { outcome: "accept" }],
  deny: ["Tolak tagihan", { outcome: "deny" }],
  invalid: ["Token tidak berlaku", { state: "invalid" }],
};

const buttons = (kind: string, id: string, moves: Record<string, [string, unknown]>): Html =>
  html`<form method="post" action="/recurring/${kind}/${id}">${Object.entries(moves).map(
    ([name, [label]]) =>
      html`<button class="plain" name="move" value="${name}" data-testid="${kind}-${name}">${label}</button>`,
  )}</form>`;

const subscriptionRow = (row: Subscription): Html => html`<article class="card" data-testid="subscription">
<h3>${row.name}</h3><p class="facts"><b>${rp(row.amount)}</b><span>${row.status}</span><span>${row.payment_type}</span>
<span>${row.current_interval} tagihan</span>
${row.next_at !== null && html`<span>berikutnya ${dateTime(row.next_at)}</span>`}
${row.retry_at !== null && html`<span>diulang ${dateTime(row.retry_at)}</span>`}</p>
${buttons("subscription", row.id, SUBSCRIPTION_MOVES)}</article>`;

const accountRow = (row: PayAccount): Html => html`<article class="card" data-testid="account">
<h3>+${row.country_code}${row.phone_number}</h3><p class="facts"><b>${row.status}</b><span>${row.behaviour}</span>
${row.options.map((option) => html`<span>${option.name} ${rp(option.balance)}</span>`)}
<a href="/gopay/link/${row.id}">halaman tautan</a></p>${buttons("account", row.id, ACCOUNT_MOVES)}</article>`;

const cardRow = (row: CardToken): Html => html`<article class="card" data-testid="card">
<h3>${row.masked_card}</h3><p class="facts"><b>${row.state}</b><span>${row.outcome}</span>
${row.user_id !== null && html`<span>${row.user_id}</span>`}</p>${buttons("card", row.id, CARD_MOVES)}</article>`;

function section(title: string, rows: Html[]): Html {
  return html`<section><h2>${title}</h2></section>${rows}
${rows.length === 0 && html`<p class="card soft">Belum ada.</p>`}`;
}

function show(sandbox: Sandbox, res: Response): void {
  const { store } = sandbox;
  const newest = <T>(rows: T[]): T[] => rows.slice(-ROWS).reverse();
  const cards = store.cards.values().filter((row) => row.kind === "saved");
  const body = html`<header class="top"><h1>Langganan, akun, dan kartu</h1><a href="/" style="color:#fff">Transaksi</a>
</header><main>${section("Langganan", newest(store.subscriptions.values()).map(subscriptionRow))}
${section("Akun GoPay", newest(store.accounts.values()).map(accountRow))}
${section("Kartu tersimpan", newest(cards).map(cardRow))}</main>`;
  sendPage(res, 200, { title: "Langganan, akun, dan kartu", style: STYLE, script: "", body });
}

/** The sandbox's page of what is charged again and again, with the forms behind its buttons. */
export function recurringRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const { store } = sandbox;
  const form = express.urlencoded({ extended: false, limit: "4kb" });
  router.get("/", (_req, res) => show(sandbox, res));
  const post = (
    kind: string,
    moves: Record<string, [string, object]>,
    act: (id: string, body: object) => void,
  ): void => {
    router.post(`/${kind}/:id`, form, async (req: Request, res) => {
      const name = String((req.body as Record<string, unknown>)?.["move"] ?? "");
      const move = Object.hasOwn(moves, name) ? moves[name] : undefined;
      if (move) act(String(req.params["id"]), move[1]);
      await store.commit();
      res.redirect(303, "/recurring");
    });
  };
  post("subscription", SUBSCRIPTION_MOVES, (id, body) => {
    const row = store.subscriptions.get(id);
    if (row) moveSubscription(sandbox, row, { ...body });
  });
  post("account", ACCOUNT_MOVES, (id, body) => {
    const row = store.accounts.get(id);
    if (row) moveAccount(sandbox, row, { ...body });
  });
  post("card", CARD_MOVES, (id, body) => {
    const row = store.cards.get(id);
    if (row) moveCard(sandbox, row, { ...body });
  });
  return router;
}
