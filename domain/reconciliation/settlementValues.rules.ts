import { dayInJakarta } from "../kernel/time.ts";

/** `Rp150.000`, `(4.440)`, `- 4,440.00`: the sign may stand before or behind, or be brackets. */
const DRESSED = /^(\()?\s*([+-])?\s*(?:Rp\.?|IDR)?\s*([+-])?\s*([\d.,]+)\s*(-|\)|CR|DB)?$/i;

/** `150.000,50`, `150,000.50`, `150000.5`: what stands behind the last mark is a fraction unless it is three digits. */
const FRACTION = /^(.*)[.,](\d{1,2})$/;
const GROUPED = /^\d{1,3}([.,])\d{3}(?:\1\d{3})*$/;
const DIGITS_MAX = 15; // what a whole number holds exactly

/**
 * An amount of money as people and programs write it, in thousandths at most two digits behind the mark.
 *
 * @returns hundredths of a rupiah; null for what is no amount, or could be two
 */
function hundredthsOf(text: string): number | null {
  const match = DRESSED.exec(text.trim());
  if (!match) return null;
  const [, opens, before, after, digits = "", behind = ""] = match;
  if ((opens === undefined) !== (behind !== ")")) return null;
  const [, whole = digits, fraction = ""] = FRACTION.exec(digits) ?? [];
  const plain = GROUPED.test(whole) ? whole.replace(/[.,]/g, "") : whole;
  if (!/^\d+$/.test(plain) || plain.length > DIGITS_MAX - 2) return null;
  const signs = [opens, before, after, behind].filter((sign) => sign && !/^(\)|CR)$/i.test(sign));
  if (signs.length > 1) return null;
  const isNegative = signs.length === 1 && signs[0] !== "+";
  const value = Number(plain) * 100 + Number(fraction.padEnd(2, "0") || "0");
  return isNegative ? 0 - value : value;
}

/** A whole rupiah amount, signed; null for a fraction and for what is no amount. */
export function readRupiah(text: string): number | null {
  const value = hundredthsOf(text);
  return value !== null && value % 100 === 0 ? value / 100 + 0 : null;
}

/** The same of a share of an amount, such as a fee in percent: a fraction is rounded half up, away from 0. */
export function readRounded(text: string): number | null {
  const value = hundredthsOf(text);
  if (value === null) return null;
  const whole = Math.floor((Math.abs(value) + 50) / 100);
  return value < 0 ? 0 - whole : whole;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](.+))?$/;
const DAY_FIRST = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?\s+.+)?$/;
const NAMED = /^(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})(?:,?\s+.+)?$/;
/** The first three letters of the months, in English and in Indonesian. */
const MONTHS = [
  ["jan"],
  ["feb"],
  ["mar"],
  ["apr"],
  ["may", "mei"],
  ["jun"],
  ["jul"],
  ["aug", "agu"],
  ["sep"],
  ["oct", "okt"],
  ["nov"],
  ["dec", "des"],
] as const;

const WITH_OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/;

/** The calendar's day; null where it has none such, as of the 31st of February. */
function dayOf(year: string, month: number, day: string): string | null {
  const text = `${year}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? null : text;
}

/**
 * The Jakarta day of a date or an instant: `2026-11-20 14:05:00` and the like are WIB (UTC+7) as the gateway and the
 * banks write them, one with an offset is taken there. Days stand before months, as Indonesia writes them.
 *
 * @returns YYYY-MM-DD; null for what is no day
 */
export function readDay(text: string): string | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso) {
    const [, year = "", month, day = "", time] = iso;
    if (time !== undefined && WITH_OFFSET.test(time)) {
      const at = new Date(trimmed.replace(" ", "T").replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
      return Number.isNaN(at.getTime()) ? null : dayInJakarta(at);
    }
    return dayOf(year, Number(month), day);
  }
  const [, day = "", month, year = ""] = DAY_FIRST.exec(trimmed) ?? [];
  if (month !== undefined) return dayOf(year, Number(month), day);
  const named = NAMED.exec(trimmed);
  const at = MONTHS.findIndex((words) => words.some((word) => named?.[2]?.toLowerCase().startsWith(word)));
  return named && at >= 0 ? dayOf(named[3] as string, at + 1, named[1] as string) : null;
}
