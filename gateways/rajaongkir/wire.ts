import type { CourierRate, Destination } from "../../domain/shipping/shippingGateway.ts";
import type { HttpAnswer } from "../../platform/http.ts";

/**
 * What an answer of RajaOngkir's "Shipping Cost" API means. The HTTP status alone says little: no result is 400 or 404,
 * a bad key may be 400, and a 200 may carry an error (reference: RajaOngkir by Komerce, API documentation, "Response
 * code" of each endpoint; integrators report the rest).
 */
export type Reading =
  | { readonly kind: "data"; readonly data: unknown }
  | { readonly kind: "empty" }
  /** It will say the same again: a key, a parameter, a retired endpoint, a used-up quota. */
  | { readonly kind: "refused"; readonly why: string }
  /** Its own trouble, or no answer of its API at all (an HTML page of a proxy). */
  | { readonly kind: "failed"; readonly why: string };

const KEY_TROUBLE = /api ?key/i;
/** Casing and wording vary by endpoint; the key's own error says "not found" too, so it is looked for first. */
const NO_RESULT = /not found/i;
const TEXT_SHOWN = 200; // characters of an answer that nobody can read: enough to recognize whose page it is

interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly isSuccess: boolean;
  readonly data: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function envelopeOf(json: unknown): Envelope | null {
  if (!isRecord(json) || !isRecord(json["meta"])) return null;
  const { code, message, status } = json["meta"];
  return {
    code: Number(code),
    message: typeof message === "string" ? message : "",
    isSuccess: String(status).toLowerCase() === "success",
    data: json["data"],
  };
}

const isOk = (code: number): boolean => code >= 200 && code < 300;

function readRefusal(code: number, message: string): Reading {
  const said = `${code}: ${message.slice(0, TEXT_SHOWN)}`;
  if (code === 401 || code === 403 || KEY_TROUBLE.test(message))
    return { kind: "refused", why: `the key is refused (${said})` };
  if ((code === 400 || code === 404) && NO_RESULT.test(message)) return { kind: "empty" };
  if (code === 429) return { kind: "refused", why: `the quota is used up or calls are throttled (${said})` };
  if (code === 410) return { kind: "refused", why: `the endpoint is retired (${said})` };
  return code >= 400 && code < 500
    ? { kind: "refused", why: `the request is refused (${said})` }
    : { kind: "failed", why: said };
}

/** Reads an answer's envelope. */
export function readAnswer(answer: Pick<HttpAnswer, "status" | "json" | "text">): Reading {
  const envelope = envelopeOf(answer.json);
  if (!envelope) {
    const why = `no envelope: ${answer.text.slice(0, TEXT_SHOWN)}`;
    // A page with a 4xx of its own (a retired host, a wrong path, throttling in front of the API) stays one.
    return answer.status === 410 || answer.status === 429
      ? readRefusal(answer.status, why)
      : { kind: "failed", why: `${answer.status}: ${why}` };
  }
  if (isOk(answer.status) && isOk(envelope.code) && envelope.isSuccess) {
    return envelope.data === null || envelope.data === undefined
      ? { kind: "empty" }
      : { kind: "data", data: envelope.data };
  }
  return readRefusal(isOk(answer.status) ? envelope.code : answer.status, envelope.message);
}

const wholeNumber = (value: unknown): number | null => {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
};

const textOf = (value: unknown): string => (typeof value === "string" ? value.replaceAll("\u0000", "").trim() : "");

/** Rows that are of their form, or null when there are rows and none is: then it is another API's answer. */
function rowsOf<T>(data: unknown, read: (row: Record<string, unknown>) => T | "skip" | null): T[] | null {
  if (!Array.isArray(data)) return null;
  const rows = data.map((row: unknown) => (isRecord(row) ? read(row) : null));
  if (rows.length > 0 && rows.every((row) => row === null)) return null;
  return rows.filter((row): row is Awaited<T> & T => row !== null && row !== "skip");
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
 * `2-3 day` or `1 day` as days; null for an empty text and for `0-0 day`, which couriers say when they don't know
 * (RajaOngkir's samples hold `1-4 day`, `1 day`, `3-3 day`, `0-0 day`, `0 day`, `7-14 day` and an empty text).
 */
export function readEtd(value: unknown): CourierRate["etd"] {
  const [, min, max] = /^(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*day/i.exec(textOf(value)) ?? [];
  if (min === undefined) return null;
  const days = { minDays: Number(min), maxDays: Number(max ?? min) };
  return days.maxDays === 0 || days.maxDays < days.minDays ? null : days;
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
