import type {
  BookingAnswer,
  BookingRate,
  BookingView,
  CancelAnswer,
  ParcelHistory,
  ParcelNews,
  ParcelScan,
  PickupAnswer,
} from "../../domain/shipping/courierGateway.ts";
import type { HttpAnswer } from "../../platform/http.ts";
import { historyOf, readLine, readWord } from "../courierWords.ts";
import type { Verdict } from "../httpCaller.ts";
import { type Envelope, isRecord, readEtd, readSaid, readWib, rowsOf, textOf, wholeNumber } from "../komerceAnswer.ts";

/**
 * What answers of Komerce's "Shipping Delivery" API mean (reference: RajaOngkir documentation, "Delivery Order API",
 * each endpoint's responses, and Komerce's own acceptance sheet; the balance's spelling is reported by integrators).
 */
type Answer = Pick<HttpAnswer, "status" | "json" | "text">;

const answered = <T>(value: T, outcome: "ok" | "refused" = "ok"): Verdict<T> => ({ kind: "answer", value, outcome });
const OTHER_FORM = "an answer of another form than documented";

/** All that a no says: its reason stands in the message, in the data as a text, or in the data's `errors`. */
function reasonOf({ code, message, data }: Envelope): string {
  const more = typeof data === "string" ? data : isRecord(data) ? textOf(data["errors"]) : "";
  return `${code}: ${[message, more].filter(Boolean).join(": ")}`.slice(0, 400);
}

/** A 4xx after which the request may still have been taken: time-outs, and a conflict with nobody knows what. */
const MAYBE_TAKEN: ReadonlySet<number> = new Set([408, 409, 425, 499]);
const isNo = (code: number): boolean => code >= 400 && code < 500 && !MAYBE_TAKEN.has(code);

const isNoSuch = (reason: string): boolean => /not found|tidak ditemukan|invalid (cnote|airway)/i.test(reason);

/** What a read answered; `none` where there is no such thing. `read` gives null for what is not of its form. */
function readData<T>(answer: Answer, none: T, read: (data: unknown) => { readonly value: T } | null): Verdict<T> {
  const said = readSaid(answer);
  if (said.kind !== "said") return said;
  const { isSuccess, code, data } = said.envelope;
  const reason = reasonOf(said.envelope);
  if (!isSuccess) {
    if ((code === 400 || code === 404) && isNoSuch(reason)) return answered(none);
    return isNo(code) ? { kind: "mistaken", why: reason } : { kind: "failed", why: reason };
  }
  const form = read(data);
  return form ? answered(form.value) : { kind: "failed", why: OTHER_FORM };
}

/** Rows with a whole price above 0; a cashback that is no number would be paid back by nobody. */
const ratesIn = (rows: unknown, kind: BookingRate["kind"]): BookingRate[] | null =>
  rowsOf<BookingRate>(rows ?? [], (row) => {
    const shipping = textOf(row["shipping_name"]);
    const shippingType = textOf(row["service_name"]);
    const cost = wholeNumber(row["shipping_cost"]);
    const cashback = wholeNumber(Math.floor(Number(row["shipping_cashback"])));
    if (shipping === "" || shippingType === "" || cost === null || cashback === null) return null;
    if (cost <= 0 || cashback < 0 || cashback > cost) return "skip";
    return { shipping, shippingType, kind, cost, cashback, etd: readEtd(row["etd"]) };
  });

/** Instant couriers are left out: they need pin points, which the shop asks nobody for. */
export const readRates = (answer: Answer): Verdict<BookingRate[]> =>
  readData<BookingRate[]>(answer, [], (data) => {
    if (data === null || data === undefined) return { value: [] };
    if (!isRecord(data)) return null;
    const regular = ratesIn(data["calculate_reguler"], "regular");
    const cargo = ratesIn(data["calculate_cargo"], "cargo");
    return regular && cargo && { value: [...regular, ...cargo] };
  });

/** What a path or a query of ours may hold of the company's numbers. */
export const BOOKING_NO = /^[A-Za-z0-9_-]{1,60}$/;
const BALANCE_TROUBLE = /insuff?ic?i?ent (balance|saldo)|saldo (tidak|kurang)/i;

/**
 * Only a plain no is one. Everything else that names no booking is `failed`: it may have been made.
 */
export function readStored(answer: Answer): Verdict<BookingAnswer> {
  const said = readSaid(answer);
  if (said.kind !== "said") return said;
  const { isSuccess, code, data } = said.envelope;
  if (isSuccess) {
    const bookingNo = isRecord(data) ? textOf(data["order_no"]) : "";
    return BOOKING_NO.test(bookingNo) ? answered({ kind: "stored", bookingNo }) : { kind: "failed", why: OTHER_FORM };
  }
  const why = reasonOf(said.envelope);
  const isBalance = BALANCE_TROUBLE.test(why);
  if (isBalance || isNo(code)) return answered({ kind: "refused", why, isBalance }, "refused");
  return { kind: "failed", why };
}

/** A success may hold failed ones: an answer for each that was asked for, in its order. */
export function readPickup(answer: Answer, bookingNos: readonly string[]): Verdict<PickupAnswer[]> {
  const said = readSaid(answer);
  if (said.kind !== "said") return said;
  const { isSuccess, code, data } = said.envelope;
  const reason = reasonOf(said.envelope);
  if (!isSuccess) {
    if (!isNo(code)) return { kind: "failed", why: reason };
    return answered(
      bookingNos.map((bookingNo) => ({ bookingNo, airwayBill: null, why: reason })),
      "refused",
    );
  }
  const rows = rowsOf(data, (row) => {
    const bookingNo = textOf(row["order_no"]);
    return bookingNo === "" ? null : { bookingNo, status: textOf(row["status"]), airwayBill: textOf(row["awb"]) };
  });
  if (!rows || rows.length === 0) return { kind: "failed", why: OTHER_FORM };
  return answered(
    bookingNos.map((bookingNo) => {
      const row = rows.find((each) => each.bookingNo === bookingNo);
      if (!row) return { bookingNo, airwayBill: null, why: "the answer does not name it" };
      const isArranged = row.status.toLowerCase() === "success" && row.airwayBill !== "";
      return isArranged
        ? { bookingNo, airwayBill: row.airwayBill, why: null }
        : { bookingNo, airwayBill: null, why: `pickup ${row.status || "without a status"}` };
    }),
  );
}

/** From where storeBody puts it: the notes, else the first product's variant. */
function orderNumberIn(data: Record<string, unknown>): string | null {
  const [first] = Array.isArray(data["order_details"]) ? (data["order_details"] as unknown[]) : [];
  const variant = isRecord(first) ? textOf(first["product_variant_name"]) : "";
  return textOf(data["notes"]) || variant || null;
}

/** null: no such booking. A waybill number is born by a pickup, whatever the status says beside it. */
export const readDetail = (answer: Answer, bookingNo: string): Verdict<BookingView | null> =>
  readData<BookingView | null>(answer, null, (data) => {
    if (!isRecord(data) || textOf(data["order_no"]) !== bookingNo) return null;
    const airwayBill = textOf(data["awb"]) || null;
    const news = readWord(data["order_status"]);
    const isArranged = airwayBill !== null && news.event === "stored" && news.flag === null;
    const arranged: ParcelNews = { ...news, event: "pickupArranged", flag: "packed" };
    return { value: { airwayBill, news: isArranged ? arranged : news, orderNumber: orderNumberIn(data) } };
  });

const STATUS_TAIL = /order status\s+(.+)$/i;

/** A refusal names the status in the tail of its text; of a booking that is cancelled already nothing is left to do. */
export function readCancelled(answer: Answer): Verdict<CancelAnswer> {
  const said = readSaid(answer);
  if (said.kind !== "said") return said;
  const { isSuccess, code } = said.envelope;
  if (isSuccess) return answered({ kind: "accepted" });
  const why = reasonOf(said.envelope);
  const tail = STATUS_TAIL.exec(why)?.[1];
  if ((code === 400 || code === 404) && tail === undefined && isNoSuch(why)) {
    return answered({ kind: "notFound" }, "refused");
  }
  if (!isNo(code)) return { kind: "failed", why };
  const news = readWord(tail);
  return news.event === "cancelled"
    ? answered({ kind: "accepted" })
    : answered({ kind: "refused", news, why }, "refused");
}

const SCANS_MAX = 200; // of one parcel: the longest way has some dozens

/** Lines without a time are left out: nobody could put them in their order. `[PLACE]` ends a line that names one. */
function scansIn(history: unknown): ParcelScan[] {
  const rows = Array.isArray(history) ? history.slice(0, SCANS_MAX) : [];
  return rows.flatMap((row: unknown) => {
    if (!isRecord(row)) return [];
    const [day = "", time = ""] = textOf(row["date"]).split(/[ T]/);
    const at = readWib(day, time);
    if (!at) return [];
    const description = textOf(row["desc"]);
    const status = readWord(row["status"]);
    const news = status.words === "" ? readLine(description) : status;
    const location = /\[([^\]]{1,80})\]\s*$/.exec(description)?.[1]?.trim() || null;
    return [{ at, news, description, location, code: textOf(row["code"]) }];
  });
}

/** null: not known there. The list is empty until somebody scans the parcel. */
export const readHistory = (answer: Answer): Verdict<ParcelHistory | null> =>
  readData<ParcelHistory | null>(answer, null, (data) => {
    if (data === null || (isRecord(data) && Object.keys(data).length === 0)) return { value: null };
    if (!isRecord(data) || !("last_status" in data || "history" in data)) return null;
    return { value: historyOf(readWord(data["last_status"]), scansIn(data["history"])) };
  });

const PDF = Buffer.from("%PDF");

/** The bytes where they are a PDF, else null. */
export const pdfIn = (bytes: Uint8Array): Uint8Array | null =>
  Buffer.from(bytes.subarray(0, PDF.length)).equals(PDF) ? bytes : null;

/** Where a label's file lies, below `/order` of the same host and nowhere else. */
const LABEL_PATH = /^\/storage\/(?!.*\.\.)[A-Za-z0-9._/-]{1,200}\.pdf$/i;

export type Label = { readonly pdf: Uint8Array } | { readonly path: string } | "none";

/** The PDF itself, or where it lies. A booking without a label is a 500 that says so; no other 500 says anything. */
export function readLabel(answer: Answer): Verdict<Label> {
  const said = readSaid(answer);
  if (said.kind !== "said") return said;
  const { isSuccess, code, data } = said.envelope;
  const why = reasonOf(said.envelope);
  if (!isSuccess) {
    if (isNoSuch(why) && (code === 500 || isNo(code))) return answered("none", "refused");
    return isNo(code) ? { kind: "mistaken", why } : { kind: "failed", why };
  }
  if (!isRecord(data)) return { kind: "failed", why: OTHER_FORM };
  const pdf = pdfIn(Buffer.from(textOf(data["base_64"]), "base64"));
  if (pdf) return answered({ pdf });
  const path = textOf(data["path"]);
  return LABEL_PATH.test(path) ? answered({ path: `/order${path}` }) : { kind: "failed", why: "no PDF in it" };
}
