import type { ParcelHistory, ParcelScan } from "../../domain/shipping/courierGateway.ts";
import type { CourierRate, Destination } from "../../domain/shipping/shippingGateway.ts";
import type { HttpAnswer } from "../../platform/http.ts";
import { historyOf, readLine, readWord } from "../courierWords.ts";
import type { Verdict } from "../httpCaller.ts";
import { isRecord, readEtd, readSaid, readWib, rowsOf, textOf, wholeNumber } from "../komerceAnswer.ts";

/**
 * What an answer of RajaOngkir's "Shipping Cost" API means. The HTTP status alone says little: no result is 400 or 404,
 * a bad key may be 400, and a 200 may carry an error (reference: RajaOngkir by Komerce, API documentation, "Response
 * code" of each endpoint; integrators report the rest).
 */
export type Reading =
  | { readonly kind: "data"; readonly data: unknown }
  | { readonly kind: "empty" }
  | Extract<Verdict<never>, { kind: "refused" | "mistaken" | "failed" }>;

/** Casing and wording vary by endpoint. */
const NO_RESULT = /not found/i;
const NO_WAYBILL = /not found|invalid (awb|waybill|cnote)/i;

/** Reads an answer's envelope. */
export function readAnswer(answer: Pick<HttpAnswer, "status" | "json" | "text">, noResult = NO_RESULT): Reading {
  const said = readSaid(answer);
  if (said.kind !== "said") return said;
  const { isSuccess, code, message, data } = said.envelope;
  if (isSuccess) return data === null || data === undefined ? { kind: "empty" } : { kind: "data", data };
  if ((code === 400 || code === 404) && noResult.test(message)) return { kind: "empty" };
  return code >= 400 && code < 500
    ? { kind: "mistaken", why: `the request is refused (${code}: ${message})` }
    : { kind: "failed", why: `${code}: ${message}` };
}

const POSTAL_CODE = /^\d{5}$/;

/**
 * Places of a search. Placeholder rows (`-`, postal code `0`) are districts that the company keeps among the
 * sub-districts: nothing can be sent there.
 *
 * @returns null when the answer is not of its form
 */
export function readDestinations(data: unknown): Destination[] | null {
  const seen = new Set<number>();
  return rowsOf<Destination>(data, (row) => {
    const id = wholeNumber(row["id"]);
    const subdistrict = textOf(row["subdistrict_name"]);
    const district = textOf(row["district_name"]);
    const city = textOf(row["city_name"]);
    if (id === null || id < 1 || city === "") return null;
    const postalCode = textOf(row["zip_code"]);
    const isPlaceholder = [subdistrict, district].some((name) => name === "" || name === "-");
    if (isPlaceholder || !POSTAL_CODE.test(postalCode) || seen.has(id)) return "skip";
    seen.add(id);
    const province = textOf(row["province_name"]);
    const label =
      textOf(row["label"]) || [subdistrict, district, city, province, postalCode].filter(Boolean).join(", ");
    return { id, label, province, city, district, subdistrict, postalCode };
  });
}

/**
 * Rates, one for each courier and service. A row without a whole price above 0 is left out: it would be sold for
 * nothing.
 *
 * @returns null when the answer is not of its form, such as the nested rows of the retired first API
 */
export function readRates(data: unknown): CourierRate[] | null {
  return rowsOf<CourierRate>(data, (row) => {
    const courier = textOf(row["code"]).toLowerCase();
    const service = textOf(row["service"]);
    const cost = wholeNumber(row["cost"]);
    if (courier === "" || service === "" || cost === null) return null;
    if (cost <= 0) return "skip";
    return { courier, service, description: textOf(row["description"]), cost, etd: readEtd(row["etd"]) };
  });
}

const SCANS_MAX = 200; // of one parcel: the longest way has some dozens

/** Lines without a time are left out: nobody could put them in their order. */
function readManifest(manifest: unknown): ParcelScan[] {
  const rows = Array.isArray(manifest) ? manifest.slice(0, SCANS_MAX) : [];
  return rows.flatMap((row: unknown) => {
    if (!isRecord(row)) return [];
    const at = readWib(textOf(row["manifest_date"]), textOf(row["manifest_time"]));
    if (!at) return [];
    const description = textOf(row["manifest_description"]);
    const location = textOf(row["city_name"]) || null;
    return [{ at, news: readLine(description), description, location, code: textOf(row["manifest_code"]) }];
  });
}

function historyIn(data: unknown): ParcelHistory | null {
  if (!isRecord(data)) return null;
  const [summary, status] = [data["summary"], data["delivery_status"]];
  if (!isRecord(summary) && !isRecord(status)) return null;
  const told = [summary, status].flatMap((part) => (isRecord(part) ? [readWord(part["status"])] : []));
  // Both say the same as a rule; where they don't, a way back is what the other one does not know yet.
  const homeward = told.find(({ event }) => event === "returning" || event === "returned");
  const news = homeward ?? told.find(({ event }) => event !== "unknownWord") ?? told[0] ?? readWord(null);
  return historyOf(news, readManifest(data["manifest"]), data["delivered"] === true);
}

/** Said of the recipient's phone digits, and not of the waybill (no documentation has its words). */
const PHONE_TROUBLE = /phone/i;

/** A waybill's way; null where it is not known there: a typo, another courier's, or nobody scanned it yet. */
export function readWaybill(answer: Pick<HttpAnswer, "status" | "json" | "text">): Verdict<ParcelHistory | null> {
  const said = readSaid(answer);
  if (said.kind === "said" && !said.envelope.isSuccess && PHONE_TROUBLE.test(said.envelope.message)) {
    return { kind: "mistaken", why: `it asks for the recipient's phone digits (${said.envelope.message})` };
  }
  const reading = readAnswer(answer, NO_WAYBILL);
  if (reading.kind === "empty") return { kind: "answer", outcome: "ok", value: null };
  if (reading.kind !== "data") return reading;
  const history = historyIn(reading.data);
  return history
    ? { kind: "answer", outcome: "ok", value: history }
    : { kind: "refused", why: "an answer of another form than documented" };
}
