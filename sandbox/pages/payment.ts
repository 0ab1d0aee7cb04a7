import { toString as drawQr } from "qrcode";
import { qrText } from "../midtrans/instruments.ts";
import { acceptsAmount, type Method, type MethodCode, methodOf, offeredMethods } from "../midtrans/methods.ts";
import { notificationCode, paymentTypeOf } from "../midtrans/wire.ts";
import type { CardToken, SnapPage, Transaction } from "../model.ts";
import { dateTime, type Html, html, rp, trusted } from "./html.ts";
import { stepsFor } from "./instructions.ts";
import type { Page } from "./layout.ts";
import { PAYMENT_SCRIPT, PAYMENT_STYLE } from "./paymentAssets.ts";

export interface View {
  page: SnapPage;
  transaction: Transaction | undefined;
  /** Simulated moment of the page, in ms. */
  now: number;
  timeScale: number;
  finishUrl: string;
  /** Cards that this buyer saved with the shop before. */
  savedCards: CardToken[];
  /** The buyer asked for the card's outcomes. */
  choosingCard: boolean;
  problem: string | undefined;
}

export type Stage = "choosing" | "waiting" | "paid" | "review" | "ended";

/** Where the buyer stands: a denied attempt leaves the page open for another one (midtrans.md 2.8). */
export function stageOf({ page, transaction, now }: Pick<View, "page" | "transaction" | "now">): Stage {
  const status = transaction?.status;
  if (status === "pending") return "waiting";
  if ((status === "capture" || status === "authorize") && transaction?.fraud_status === "challenge") return "review";
  if (status === "expire" || status === "cancel") return "ended";
  if (status !== undefined && status !== "deny" && status !== "failure") return "paid";
  return page.state === "open" && now < page.page_expires_at ? "choosing" : "ended";
}

/** The shop's address to go back to, with the query of midtrans.md 2.11. */
export function backUrl({ page, transaction, finishUrl }: Pick<View, "page" | "transaction" | "finishUrl">): string {
  const failed = transaction && ["deny", "expire", "cancel", "failure"].includes(transaction.status);
  const chosen = (failed ? page.request.error_url : undefined) ?? page.request.finish_url ?? finishUrl;
  const url = URL.canParse(chosen) ? new URL(chosen) : new URL(finishUrl);
  url.searchParams.set("order_id", page.order_id);
  if (transaction) {
    url.searchParams.set("status_code", notificationCode(transaction));
    url.searchParams.set("transaction_status", transaction.status);
  }
  return url.href;
}

/** Addresses of the page's own forms. */
const pathOf = (page: SnapPage): string => `/snap/v4/redirection/${page.token}`;

const GROUPS: readonly [Method["group"], string][] = [
  ["qr", "Pindai QR"],
  ["wallet", "Dompet digital"],
  ["bank", "Transfer bank"],
  ["card", "Kartu"],
  ["store", "Gerai"],
  ["credit", "Bayar nanti"],
];

const BADGES: Record<MethodCode, string> = {
  other_qris: "QR",
  gopay: "Go",
  shopeepay: "SP",
  bca_va: "BCA",
  bni_va: "BNI",
  bri_va: "BRI",
  cimb_va: "CIMB",
  permata_va: "PMT",
  echannel: "MDR",
  credit_card: "••••",
  indomaret: "IDM",
  alfamart: "ALF",
  danamon_va: "DNM",
  bsi_va: "BSI",
  seabank_va: "SEA",
  saqu_va: "SAQ",
  dana: "DN",
  ovo: "OVO",
  akulaku: "AKU",
  kredivo: "KRV",
};

function methodButton(page: SnapPage, method: Method): Html {
  const fits = acceptsAmount(method, page.request.gross_amount);
  const limits = fits ? method.hint : "Jumlah ini di luar batas cara bayar ini";
  const [action, way] = method.group === "card" ? [pathOf(page), "get"] : [`${pathOf(page)}/pay`, "post"];
  return html`<form action="${action}" method="${way}"><input type="hidden" name="method" value="${method.code}">
<button class="method" data-testid="method-${method.testId}"${fits ? null : trusted(" disabled")}>
<span class="badge by-${method.group}" aria-hidden="true">${BADGES[method.code]}</span>
<span class="grow"><b>${method.label}</b><small>${limits}</small></span><span class="go" aria-hidden="true">›</span>
</button></form>`;
}

function chooser({ page, transaction, problem }: View): Html {
  const methods = offeredMethods(page.request.enabled_payments);
  const denied = transaction !== undefined;
  return html`${
    denied &&
    html`<p class="notice bad" role="alert" data-testid="denied">Pembayaran dengan
${methodOf(transaction.method).label} ditolak. Silakan coba lagi atau pilih cara lain.</p>`
  }
${problem && html`<p class="notice bad" role="alert" data-testid="problem">${problem}</p>`}
<h2>Pilih cara bayar</h2>
${
  methods.length === 0 &&
  html`<p class="notice wait" data-testid="no-method">
Toko ini tidak menyediakan cara bayar.</p>`
}
${GROUPS.map(([group, title]) => {
  const members = methods.filter((method) => method.group === group);
  if (members.length === 0) return null;
  return html`<section class="group"><h3>${title}</h3>${members.map((method) => methodButton(page, method))}</section>`;
})}`;
}

function cardChoice({ page, savedCards }: View): Html {
  const outcome = (name: string, label: string, style: string): Html =>
    html`<button class="${style} wide" name="outcome" value="${name}" data-testid="card-${name}">${label}</button>`;
  const saved = savedCards.map(
    (card) => html`<button class="plain wide" name="saved" value="${card.id}" data-testid="saved-card">
Bayar dengan kartu ${card.masked_card}</button>`,
  );
  return html`<h2>Kartu kredit atau debit</h2>
<p class="soft">Simulator tidak menerima data kartu. Pilih jawaban bank untuk kartu uji.</p>
<form class="sim" action="${pathOf(page)}/card" method="post"><h3>Simulator</h3>
${saved}${
  page.request.card?.saves &&
  html`<label class="tick"><input type="checkbox" name="save" value="yes" checked data-testid="save-card">
Simpan kartu ini</label>`
}
${outcome("approve", "Setujui (accept)", "primary")}
${outcome("3ds", "Minta bukti di halaman bank (3DS)", "plain")}
${outcome("challenge", "Tahan untuk ditinjau (challenge)", "plain")}
${outcome("deny", "Tolak (deny)", "danger")}</form>
<p class="other"><a href="${pathOf(page)}" data-testid="other-method">Pilih cara lain</a></p>`;
}

function copyable(label: string, value: string, testId: string): Html {
  return html`<div class="number"><small>${label}</small><div class="row"><b data-testid="${testId}">${value}</b>
<button type="button" class="plain copy" data-copy="${value}">Salin</button></div></div>`;
}

/** The number, code or QR that the buyer needs. */
async function instrument(transaction: Transaction): Promise<Html> {
  const { instrument: given } = transaction;
  const numbers = given["va_numbers"] as { va_number: string }[] | undefined;
  if (numbers?.[0]) return copyable("Nomor virtual account", numbers[0].va_number, "va-number");
  if (given["permata_va_number"])
    return copyable("Nomor virtual account", String(given["permata_va_number"]), "va-number");
  if (given["bill_key"]) {
    return html`${copyable("Kode perusahaan", String(given["biller_code"]), "biller-code")}
${copyable("Kode bayar", String(given["bill_key"]), "bill-key")}`;
  }
  if (given["payment_code"]) return copyable("Kode pembayaran", String(given["payment_code"]), "payment-code");
  if (transaction.card) {
    return html`<p><a class="button primary wide" href="/v2/3ds/redirect/rbav2/${transaction.id}"
 data-testid="open-3ds">Lanjut ke halaman bank</a></p>`;
  }
  if (paymentTypeOf(transaction) !== "qris") return html`<p>Buka aplikasi dan setujui pembayaran ini.</p>`;
  const svg = await drawQr(qrText(transaction.id, transaction.gross_amount), { type: "svg", margin: 1 });
  return html`<figure class="qr" data-testid="qr" role="img" aria-label="Kode QR pembayaran">${trusted(svg)}</figure>`;
}

async function waiting(view: View, transaction: Transaction): Promise<Html> {
  const method = methodOf(transaction.method);
  const steps = stepsFor(paymentTypeOf(transaction) === "qris" ? "other_qris" : method.code);
  const action = (name: string, label: string, style: string): Html =>
    html`<button class="${style}" name="action" value="${name}" data-testid="sim-${name}">${label}</button>`;
  return html`<div class="row between"><h2>${method.label}</h2><span class="tag wait">Menunggu pembayaran</span></div>
${await instrument(transaction)}
<details><summary>Cara membayar</summary><ol>${steps.map((step) => html`<li>${step}</li>`)}</ol></details>
<form class="sim" action="${pathOf(view.page)}/simulate" method="post"><h3>Simulator</h3>
<p class="small">Tombol ini menggantikan aplikasi pembeli dan bank; di Midtrans yang asli tidak ada.</p>
<div class="actions">${action("pay", "Bayar", "primary")}${action("deny", "Gagal", "danger")}
${action("expire", "Kedaluwarsa", "plain")}</div></form>`;
}

function outcome(view: View, stage: Stage): Html {
  const { transaction, page } = view;
  const words: Record<string, [string, string, string]> = {
    paid: ["good", "Pembayaran berhasil", "Anda akan kembali ke toko sebentar lagi."],
    review: ["wait", "Pembayaran sedang ditinjau", "Toko memberi kabar setelah peninjauan selesai."],
    expire: ["bad", "Waktu pembayaran habis", "Buat pembayaran baru dari halaman toko."],
    cancel: ["bad", "Pembayaran dibatalkan", "Buat pembayaran baru dari halaman toko."],
    replaced: ["bad", "Halaman ini sudah diganti", "Toko membuat halaman pembayaran yang baru."],
    canceled: ["bad", "Halaman ini sudah ditutup", "Toko menutup halaman pembayaran ini."],
    open: ["bad", "Halaman ini sudah kedaluwarsa", "Buat pembayaran baru dari halaman toko."],
  };
  const key =
    stage === "ended" ? (transaction && transaction.status !== "deny" ? transaction.status : page.state) : stage;
  const [tone, title, text] = words[key] ?? ["bad", "Pembayaran tidak dapat dilanjutkan", "Kembali ke toko."];
  return html`<div class="outcome ${tone}" data-testid="outcome-${stage}"><div class="sign" aria-hidden="true">
${tone === "good" ? "✓" : tone === "wait" ? "…" : "!"}</div><h2>${title}</h2><p class="soft">${text}</p></div>`;
}

function summary({ page, transaction, now, timeScale }: View, stage: Stage): Html {
  const ends = stage === "waiting" ? transaction?.expires_at : stage === "choosing" ? page.page_expires_at : null;
  const items = page.request.items.map(
    (item) => html`<li><span>${item.quantity} × ${item.name}</span><span>${rp(item.price * item.quantity)}</span></li>`,
  );
  return html`<aside class="card summary"><p class="soft small">Total pembayaran</p>
<p class="amount" data-testid="amount">${rp(transaction?.gross_amount ?? page.request.gross_amount)}</p>
<p class="soft small">Nomor pesanan</p><p class="order" data-testid="order-id">${page.order_id}</p>
${
  ends &&
  html`<p class="left"><span>Bayar dalam</span>
<b data-testid="countdown" data-left="${ends - now}" data-scale="${timeScale}">--:--:--</b></p>
<p class="soft small">Sampai ${dateTime(ends)}</p>`
}
${items.length > 0 && html`<details><summary>Rincian</summary><ul class="items">${items}</ul></details>`}</aside>`;
}

/** The hosted payment page in the state that the buyer finds it in. */
export async function paymentPage(view: View): Promise<Page> {
  const { page, transaction } = view;
  const stage = stageOf(view);
  const back = backUrl(view);
  const goesBack = stage === "paid" || stage === "review";
  const main =
    stage === "choosing"
      ? view.choosingCard
        ? cardChoice(view)
        : chooser(view)
      : stage === "waiting" && transaction
        ? await waiting(view, transaction)
        : outcome(view, stage);
  const body = html`<header class="top"><h1>Pembayaran</h1><small>Simulasi tanpa uang</small></header>
<main data-state="${stage}" data-status="${transaction?.status ?? "none"}" data-state-url="${pathOf(page)}/state"
 data-back="${goesBack ? back : ""}">
${summary(view, stage)}<section class="card">${main}
<p class="back"><a class="button ${stage === "choosing" || stage === "waiting" ? "plain" : "primary"} wide"
 href="${back}" data-testid="back-to-shop">Kembali ke toko</a></p></section></main>`;
  return {
    title: `Pembayaran ${page.order_id}`,
    style: PAYMENT_STYLE,
    body,
    script: PAYMENT_SCRIPT,
  };
}
