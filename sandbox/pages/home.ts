import { methodOf } from "../midtrans/methods.ts";
import { legalMoves } from "../midtrans/transitions.ts";
import { refundedAmount } from "../midtrans/wire.ts";
import type { Notification, SnapPage, Transaction } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import { dateTime, type Html, html, rp } from "./html.ts";
import type { Page } from "./layout.ts";
import { shipmentRow } from "./shipments.ts";

/** Rows of the list; the JSON list at /sandbox/transactions reaches further back. */
const ROWS = 100;
/** Messages shown with one transaction, newest last. */
const MESSAGES = 20;

interface Action {
  status: string;
  label: string;
  style: string;
  possible: (legal: string[], transaction: Transaction | undefined) => boolean;
}

const isChallenge = (transaction: Transaction | undefined): boolean => transaction?.fraud_status === "challenge";

/** The buttons; a control status `approve` stands for the dashboard's "accept" of a challenge. */
const ACTIONS: readonly Action[] = [
  {
    status: "settlement",
    label: "Bayar",
    style: "primary",
    possible: (legal, t) => legal.includes("settlement") && !isChallenge(t),
  },
  {
    status: "capture",
    label: "Kartu disetujui",
    style: "primary",
    possible: (legal, t) => legal.includes("capture") && t?.status !== "authorize",
  },
  {
    status: "capture",
    label: "Ambil (capture)",
    style: "primary",
    possible: (legal, t) => legal.includes("capture") && t?.status === "authorize",
  },
  {
    status: "challenge",
    label: "Tahan (challenge)",
    style: "plain",
    possible: (legal, t) => legal.includes("capture") && t?.status !== "authorize",
  },
  {
    status: "approve",
    label: "Terima",
    style: "primary",
    possible: (_legal, t) => t?.status === "capture" && isChallenge(t),
  },
  {
    status: "deny",
    label: "Tolak",
    style: "danger",
    possible: (legal, t) => legal.includes("deny") && t?.status !== "settlement",
  },
  {
    status: "deny",
    label: "Balikkan (reversal)",
    style: "danger",
    possible: (legal, t) => legal.includes("deny") && t?.status === "settlement",
  },
  { status: "expire", label: "Kedaluwarsa", style: "plain", possible: (legal) => legal.includes("expire") },
  { status: "cancel", label: "Batalkan", style: "plain", possible: (legal) => legal.includes("cancel") },
  {
    status: "partial_refund",
    label: "Refund separuh",
    style: "plain",
    possible: (legal) => legal.includes("partial_refund"),
  },
  { status: "refund", label: "Refund", style: "plain", possible: (legal) => legal.includes("refund") },
  {
    status: "partial_chargeback",
    label: "Chargeback separuh",
    style: "danger",
    possible: (legal) => legal.includes("partial_chargeback"),
  },
  { status: "chargeback", label: "Chargeback", style: "danger", possible: (legal) => legal.includes("chargeback") },
];

const TONES: Record<string, string> = {
  settlement: "good",
  capture: "good",
  pending: "wait",
  deny: "bad",
  failure: "bad",
  chargeback: "bad",
};

function actions(orderId: string, legal: string[], transaction: Transaction | undefined): Html {
  const possible = ACTIONS.filter((action) => action.possible(legal, transaction));
  return html`<form class="actions" method="post" action="/move">
<input type="hidden" name="order_id" value="${orderId}">
${transaction && html`<input type="hidden" name="transaction_id" value="${transaction.id}">`}
${possible.map(
  ({ status, label, style }) =>
    html`<button class="${style}" name="status" value="${status}" data-testid="move-${status}">${label}</button>`,
)}</form>`;
}

function message(row: Notification): Html {
  const last = row.attempts.at(-1);
  const outcome = last ? `${last.status ?? last.error}` : row.state === "lost" ? "hilang" : "menunggu";
  const tone = row.state === "delivered" ? "good" : row.state === "failed" || row.state === "lost" ? "bad" : "wait";
  return html`<li><span class="tag ${tone}">${row.state}</span>
<span><b>${String(row.body["transaction_status"])}</b> ${String(row.body["status_code"])} → ${outcome},
percobaan ${row.attempts.length}${row.note && ` (${row.note})`}
${row.next_at !== null && html`<br><small>berikutnya ${dateTime(row.next_at)}</small>`}
<br><small>${row.url}</small></span>
<form method="post" action="/again"><input type="hidden" name="id" value="${row.id}">
<button class="plain" data-testid="send-again">Kirim lagi</button></form></li>`;
}

function transactionRow(sandbox: Sandbox, transaction: Transaction): Html {
  const { status, fraud_status: fraud, order_id: orderId } = transaction;
  const messages = sandbox.store.notifications.inGroup(orderId).filter((row) => row.transaction_id === transaction.id);
  const challenged = fraud === "challenge";
  const deadline = status === "pending" ? transaction.expires_at : null;
  const refunded = refundedAmount(transaction);
  return html`<article class="card item" data-testid="transaction" data-order="${orderId}"><header>
<h2>${orderId}</h2><span class="tag ${challenged ? "wait" : (TONES[status] ?? "")}" data-testid="status">
${challenged ? "challenge" : status}</span></header>
<p class="facts"><b>${rp(transaction.gross_amount)}</b><span>${methodOf(transaction.method).label}</span>
<span>${dateTime(transaction.transaction_at)}</span>${refunded > 0 && html`<span>refund ${rp(refunded)}</span>`}
${deadline !== null && html`<span>sampai ${dateTime(deadline)}</span>`}
${transaction.token && html`<a href="/snap/v4/redirection/${transaction.token}">halaman bayar</a>`}</p>
${actions(orderId, legalMoves(transaction.method, status), transaction)}
<details data-key="${transaction.id}"><summary>${messages.length} notifikasi</summary>
<ul>${messages.slice(-MESSAGES).map(message)}</ul></details></article>`;
}

function pageRow(page: SnapPage): Html {
  return html`<article class="card item" data-testid="page" data-order="${page.order_id}"><header>
<h2>${page.order_id}</h2><span class="tag">belum memilih cara bayar</span></header>
<p class="facts"><b>${rp(page.request.gross_amount)}</b><span>dibuat ${dateTime(page.born)}</span>
<a href="/snap/v4/redirection/${page.token}">halaman bayar</a></p>
${actions(page.order_id, ["settlement", "capture", "deny"], undefined)}</article>`;
}

function faults(sandbox: Sandbox): Html | null {
  const waiting = sandbox.store.faults.values();
  if (waiting.length === 0) return null;
  return html`<section class="card faults" data-testid="faults"><h2>Gangguan yang menunggu</h2><ul>
${waiting.map((fault) => html`<li><b>${fault.target}</b> ${fault.kind}, ${fault.left} kali lagi</li>`)}</ul>
<form method="post" action="/clear-faults">
<button class="danger" data-testid="clear-faults">Hapus semua</button></form></section>`;
}

/** The list part, which the page's script fetches again and again. */
export function homeList(sandbox: Sandbox): Html {
  const { store } = sandbox;
  const untouched = store.pages.values().filter((page) => {
    const fresh = page.state === "open" && momentOf(sandbox, page.born) < page.page_expires_at;
    return fresh && store.transactions.inGroup(page.order_id).length === 0;
  });
  const rows = [
    ...untouched.slice(-ROWS).map((page) => ({ at: page.born, row: () => pageRow(page) })),
    ...store.transactions
      .values()
      .slice(-ROWS)
      .map((transaction) => ({ at: transaction.born, row: () => transactionRow(sandbox, transaction) })),
    ...store.shipments
      .values()
      .slice(-ROWS)
      .map((shipment) => ({ at: shipment.born, row: () => shipmentRow(sandbox, shipment, "/") })),
  ];
  const newest = rows.sort((one, other) => other.at - one.at).slice(0, ROWS);
  return html`${faults(sandbox)}${newest.map(({ row }) => row())}
${
  newest.length === 0 &&
  html`<p class="card soft">Belum ada transaksi.
Buat pesanan di toko, lalu bayar di sini.</p>`
}`;
}

/** The sandbox's own page. */
export function homePage(sandbox: Sandbox): Page {
  const { merchantId, timeScale } = sandbox.config;
  return {
    title: "Simulator Midtrans dan RajaOngkir",
    style: TOOLS_STYLE + ITEM_STYLE,
    script: HOME_SCRIPT,
    body: html`<header class="top"><h1>Simulator Midtrans dan RajaOngkir</h1>
<small>${merchantId}, jam ×${timeScale}</small></header>
<nav class="tools" aria-label="Alat"><a href="/shipments" data-testid="open-shipments">Kiriman</a>
<a href="/recurring" data-testid="open-recurring">Langganan, akun, dan kartu</a>
<form method="post" action="/test-notification">
<button class="plain" data-testid="test-notification">Kirim notifikasi uji</button></form></nav>
<main id="list">${homeList(sandbox)}</main>`,
  };
}

const TOOLS_STYLE = `
.tools{max-width:960px;margin:0 auto;padding:16px 16px 0;display:flex;gap:12px;justify-content:space-between;
align-items:center;flex-wrap:wrap}
`;

/** Cards of a list with their facts, buttons and messages. */
export const ITEM_STYLE = `
main{max-width:960px;margin:0 auto;padding:16px;display:grid;gap:12px}
.item header{display:flex;justify-content:space-between;gap:12px;align-items:start}h2{font-size:17px;
overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:4px 16px;margin:6px 0 12px;color:var(--soft);font-size:14px}
.facts b{color:var(--ink)}
.actions{display:flex;flex-wrap:wrap;gap:8px}.actions:empty{display:none}button{padding:8px 14px;font-size:14px}
details{margin-top:12px}summary{cursor:pointer;color:var(--brand);font-size:14px;font-weight:600}
ul{list-style:none;margin:8px 0 0;padding:0}li{display:flex;gap:12px;align-items:start;font-size:14px;padding:8px 0;
border-top:1px solid var(--line)}li>span:nth-child(2){flex:1 1 0;min-width:0;overflow-wrap:anywhere}
@media (max-width:560px){li{flex-wrap:wrap}li>span:nth-child(2){flex-basis:calc(100% - 100px)}}
.faults{border-color:#e4b4b0;background:var(--bad-tint)}.faults form{margin-top:8px}
`;

/** Refreshes the list every 3 s and keeps opened details open. */
const HOME_SCRIPT = `
setInterval(async () => {
  const list = document.getElementById("list");
  if (document.hidden || list.contains(document.activeElement)) return;
  try {
    const answer = await fetch("/?part=list");
    if (!answer.ok) return;
    const open = new Set([...list.querySelectorAll("details[open]")].map((part) => part.dataset.key));
    list.innerHTML = await answer.text();
    for (const part of list.querySelectorAll("details")) part.open = open.has(part.dataset.key);
  } catch { /* the next look tells */ }
}, 3000);
`;
