// Asia/Jakarta has kept UTC+7 without summer time since 1964; a fixed shift gives the same text in every browser.
const JAKARTA_OFFSET_MS = 7 * 60 * 60 * 1000;
const MONTHS = {
  id: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
  en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
} as const;

export type Language = "id" | "en";

const two = (n: number) => String(n).padStart(2, "0");
const grouped = (whole: number) => String(whole).replace(/\B(?=(\d{3})+$)/g, ".");

/** Whole rupiah as people write them: `Rp150.000`, `-Rp5.000`. */
export function money(rupiah: number): string {
  const whole = Math.trunc(Math.abs(rupiah));
  return `${rupiah < 0 ? "-" : ""}Rp${grouped(whole)}`;
}

/** A count with Indonesian thousands: `1.250`. */
export function count(n: number): string {
  return grouped(Math.trunc(n));
}

/** An instant in WIB: `20 Nov 2026, 14.05 WIB`; empty for none. */
export function moment(instant: string | null | undefined, language: Language): string {
  if (!instant) return "";
  const at = new Date(Date.parse(instant) + JAKARTA_OFFSET_MS);
  return `${dayOf(at, language)}, ${two(at.getUTCHours())}.${two(at.getUTCMinutes())} WIB`;
}

/** The day of an instant in WIB: `20 Nov 2026`; empty for none. */
export function day(instant: string | null | undefined, language: Language): string {
  if (!instant) return "";
  return dayOf(new Date(Date.parse(instant) + JAKARTA_OFFSET_MS), language);
}

function dayOf(shifted: Date, language: Language): string {
  return `${shifted.getUTCDate()} ${MONTHS[language][shifted.getUTCMonth()]} ${shifted.getUTCFullYear()}`;
}

/** The time that is left, in milliseconds, as `23:59:08` (hours grow past 24), never below zero. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.floor(leftMs / 1000));
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A weight in grams: `850 g`, `1,2 kg`. */
export function weight(grams: number): string {
  if (grams < 1000) return `${grams} g`;
  return `${(grams / 1000).toFixed(1).replace(".", ",").replace(",0", "")} kg`;
}

/** The size of a file: `41 kB`, `18,5 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1).replace(".", ",")} MB`;
}

/** A mean of reviews with one decimal: `4,6`. */
export function rating(mean: number): string {
  return mean.toFixed(1).replace(".", ",");
}

/** A courier's estimate ("2-3", "2-3 day", "1 HARI") without its unit: `2-3`; empty where the courier gave none. */
export function arrivalDays(etd: string): string {
  const days = /\d+(\s*-\s*\d+)?/.exec(etd);
  return days ? days[0].replace(/\s/g, "") : "";
}

// Short forms that keep their capitals: the capital region, the special region of Yogyakarta.
const CAPITALS: ReadonlySet<string> = new Set(["DKI", "DI"]);

/** A place as couriers shout it ("GUBENG, JAWA TIMUR"), said quietly: `Gubeng, Jawa Timur`. */
export function placeName(name: string): string {
  return name.replace(/\p{L}+/gu, (word) => {
    if (CAPITALS.has(word.toUpperCase())) return word.toUpperCase();
    return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
  });
}

/** The text with each `{name}` replaced by its value; a name without a value stays visible. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
