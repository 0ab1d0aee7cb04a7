import { canMove } from "../control/shipments.ts";
import { balanceOf } from "../komerce/balance.ts";
import type { CourierNews, Shipment, Stage } from "../komerce/model.ts";
import { gramsOf } from "../komerce/pickup.ts";
import { placeById } from "../komerce/tariffs.ts";
import { orderWord } from "../komerce/words.ts";
import type { Sandbox } from "../sandbox.ts";
import { dateTime, type Html, html, rp } from "./html.ts";

/** Rows of the list, newest first. */
const ROWS = 100;

const MOVES: readonly { stage: Stage; label: string; style: string }[] = [
  { stage: "packed", label: "Atur penjemputan", style: "plain" },
  { stage: "transit", label: "Kirim", style: "primary" },
  { stage: "out_for_delivery", label: "Bawa ke penerima", style: "plain" },
  { stage: "delivered", label: "Antar sampai", style: "primary" },
  { stage: "problem", label: "Gagal antar", style: "plain" },
  { stage: "returning", label: "Retur", style: "danger" },
  { stage: "returned", label: "Retur sampai", style: "danger" },
  { stage: "lost", label: "Hilang", style: "danger" },
  { stage: "damaged", label: "Rusak", style: "danger" },
  { stage: "cancelled", label: "Batalkan", style: "danger" },
];

const TONES: Partial<Record<Stage, string>> = {
  delivered: "good",
  problem: "wait",
  returning: "wait",
  returned: "bad",
  lost: "bad",
  damaged: "bad",
  cancelled: "bad",
};

/** The next step of its own life, in the words of the buttons. */
const nextName = (stage: Stage | undefined): string =>
  MOVES.find((move) => move.stage === stage)?.label.toLowerCase() ?? "dipindai";

const cityOf = (id: number): string => placeById(id)?.city_name ?? String(id);

/** A shipment with its buttons; `from` is the page that they lead back to. */
export function shipmentRow(sandbox: Sandbox, shipment: Shipment, from: string): Html {
  const { order_no: orderNo, awb, request, stage, next_at, plan } = shipment;
  return html`<article class="card item" data-testid="shipment" data-order="${orderNo}"><header>
<h2><a href="/shipments/${orderNo}">${orderNo}</a></h2>
<span class="tag ${TONES[stage] ?? ""}" data-testid="status">${orderWord(shipment, sandbox.config)}</span></header>
<p class="facts"><b>${request.shipping} ${request.shipping_type}</b><span>${awb === "" ? "tanpa resi" : awb}</span>
<span>${cityOf(request.shipper_destination_id)} → ${cityOf(request.receiver_destination_id)}</span>
<span>${gramsOf(shipment)} g</span><span>${rp(shipment.charged - shipment.refunded)}</span>
${next_at !== null && html`<span>berikutnya ${nextName(plan[0])}, ${dateTime(next_at)}</span>`}</p>
<form class="actions" method="post" action="/shipments/${orderNo}">
<input type="hidden" name="from" value="${from}">
${MOVES.filter((move) => canMove(stage, move.stage)).map(
  (move) =>
    html`<button class="${move.style}" name="status" value="${move.stage}"
data-testid="ship-${move.stage}">${move.label}</button>`,
)}</form></article>`;
}

/** The list with the balance that bookings are paid from. */
export function shipmentList(sandbox: Sandbox): Html {
  const rows = sandbox.store.shipments.values().slice(-ROWS).reverse();
  return html`<section class="card"><h2>Saldo ${rp(balanceOf(sandbox))}</h2>
<form class="actions" method="post" action="/shipments-balance"><label for="balance">Ubah saldo (Rp)</label>
<input id="balance" name="balance" inputmode="numeric" pattern="[0-9]+" required>
<button class="plain" data-testid="set-balance">Simpan</button></form></section>
${rows.map((row) => shipmentRow(sandbox, row, "/shipments"))}
${rows.length === 0 && html`<p class="card soft">Belum ada kiriman.</p>`}`;
}

function newsRow(row: CourierNews): Html {
  const last = row.attempts.at(-1);
  const outcome = last ? `${last.status ?? last.error}` : row.state === "lost" ? "hilang" : "menunggu";
  const tone = row.state === "delivered" ? "good" : row.state === "failed" || row.state === "lost" ? "bad" : "wait";
  return html`<li><span class="tag ${tone}">${row.state}</span>
<span><b>${String(row.body["status"])}</b> ${row.method} → ${outcome}, percobaan ${row.attempts.length}
${row.note && ` (${row.note})`}<br><small>${row.url}</small></span></li>`;
}

/** Everything about one parcel: who, what, its scans and what the shop was told. */
export function parcelPage(sandbox: Sandbox, shipment: Shipment): Html {
  const { request, scans, pickup, order_no: orderNo } = shipment;
  const news = sandbox.store.courierNews.inGroup(orderNo);
  return html`${shipmentRow(sandbox, shipment, `/shipments/${orderNo}`)}
<section class="card"><h2>Alamat</h2>
<p>${request.shipper_name}, ${request.shipper_phone}<br><small>${request.shipper_address}</small></p>
<p>${request.receiver_name}, ${request.receiver_phone}<br><small>${request.receiver_address}</small></p>
<p class="facts"><span>${request.payment_method}</span><span>${request.notes}</span>
${pickup && html`<span>${pickup.vehicle}, ${dateTime(pickup.at)}</span>`}</p></section>
<section class="card" data-testid="scans"><h2>Perjalanan</h2>
<ul>${scans.map(
    (scan) => html`<li><span class="tag">${scan.code}</span>
<span>${scan.description}<br><small>${dateTime(scan.at)}</small></span></li>`,
  )}</ul>
${scans.length === 0 && html`<p class="soft">Belum dipindai.</p>`}</section>
<section class="card" data-testid="news"><h2>Webhook</h2><ul>${news.map(newsRow)}</ul>
<form method="post" action="/shipments/${orderNo}/notify">
<button class="plain" data-testid="notify-again">Kirim keadaan sekarang</button></form></section>`;
}
