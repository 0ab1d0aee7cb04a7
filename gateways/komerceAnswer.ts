import type { HttpAnswer } from "../platform/http.ts";

/** Characters of an answer that nobody can read: enough to recognize whose page it is. */
const TEXT_SHOWN = 200;

/** What both of Komerce's APIs put around their answers: `{ meta: { message, code, status }, data }`. */
export interface Envelope {
  /** Success only where the HTTP status, the envelope's code and its status all say so: a 200 may carry an error. */
  readonly isSuccess: boolean;
  /** The HTTP status, unless that is a success: then the envelope's own code. */
  readonly code: number;
  /** At most 200 characters. */
  readonly message: string;
  /** Object, list, text or nothing, whatever the endpoint: nothing is to be read out of it before it was looked at. */
  readonly data: unknown;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOk = (code: number): boolean => code >= 200 && code < 300;

const shown = (text: string): string => text.slice(0, TEXT_SHOWN);

/** What stands around an answer; null where that is missing, as in a page of a proxy or half an answer. */
function envelopeOf(answer: Pick<HttpAnswer, "status" | "json">): Envelope | null {
  const { json } = answer;
  if (!isRecord(json) || !isRecord(json["meta"])) return null;
  const { code, message, status } = json["meta"];
  const own = Number(code);
  return {
    isSuccess: isOk(answer.status) && isOk(own) && String(status).toLowerCase() === "success",
    code: isOk(answer.status) ? own : answer.status,
    message: typeof message === "string" ? shown(message) : "",
    data: json["data"],
  };
}

export type Said =
  /** It speaks: a success, or a no that is the adapter's to read. */
  | { readonly kind: "said"; readonly envelope: Envelope }
  /** It will say the same again, whatever is asked: a key, a retired endpoint, a used-up quota. Nothing was done. */
  | { readonly kind: "refused"; readonly why: string }
  /** Its own trouble, or no answer of its API at all. */
  | { readonly kind: "failed"; readonly why: string };

const KEY_TROUBLE = /api ?key/i;

/** What is true of this answer whatever was asked. */
export function readSaid(answer: Pick<HttpAnswer, "status" | "json" | "text">): Said {
  const envelope = envelopeOf(answer);
  const code = envelope?.code ?? answer.status;
  const said = `${code}: ${envelope ? envelope.message : `no envelope: ${shown(answer.text)}`}`;
  if (envelope?.isSuccess) return { kind: "said", envelope };
  // The key's own error says "not found", too, and may come as 400. Trouble of its own leaves open what was done.
  if (code === 401 || code === 403 || (code < 500 && envelope && KEY_TROUBLE.test(envelope.message))) {
    return { kind: "refused", why: `the key is refused (${said})` };
  }
  if (code === 429) return { kind: "refused", why: `the quota is used up or calls are throttled (${said})` };
  if (code === 410) return { kind: "refused", why: `the endpoint is retired (${said})` };
  if (!envelope) return { kind: "failed", why: said };
  return { kind: "said", envelope };
}

export const wholeNumber = (value: unknown): number | null => {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
};

/** PostgreSQL can hold no NUL, and no half of a character, which JSON may escape. */
export const textOf = (value: unknown): string =>
  typeof value === "string" ? value.replaceAll("\u0000", "").toWellFormed().trim() : "";

/** Rows that are of their form, or null when there are rows and none is: then it is another API's answer. */
export function rowsOf<T>(data: unknown, read: (row: Record<string, unknown>) => T | "skip" | null): T[] | null {
  if (!Array.isArray(data)) return null;
  const rows = data.map((row: unknown) => (isRecord(row) ? read(row) : null));
  if (rows.length > 0 && rows.every((row) => row === null)) return null;
  return rows.filter((row): row is Awaited<T> & T => row !== null && row !== "skip");
}

/**
 * `2-3 day` or `1 day` as days; null for an empty text, `-`, hours, and `0-0 day`, which couriers say when they don't
 * know (RajaOngkir's samples hold `1-4 day`, `1 day`, `3-3 day`, `0-0 day`, `0 day`, `7-14 day` and an empty text;
 * Komerce's `2-4 day`, `1-2 hours`, `-`).
 */
export function readEtd(value: unknown): { minDays: number; maxDays: number } | null {
  const [, min, max] = /^(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*day/i.exec(textOf(value)) ?? [];
  if (min === undefined) return null;
  const days = { minDays: Number(min), maxDays: Number(max ?? min) };
  return days.maxDays === 0 || days.maxDays < days.minDays ? null : days;
}

/** Times of couriers have no zone: they are those of Asia/Jakarta. null for what is no time. */
export function readWib(day: string, time: string): Date | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  const [, dd, mm, yyyy] = /^(\d{2})-(\d{2})-(\d{4})$/.exec(day) ?? [];
  const iso = year ? `${year}-${month}-${date}` : `${yyyy}-${mm}-${dd}`;
  const clock = /^\d{2}:\d{2}(:\d{2})?$/.test(time) ? time : time === "" ? "00:00" : "no time";
  const at = new Date(`${iso}T${clock}+07:00`);
  return Number.isNaN(at.getTime()) ? null : at;
}
