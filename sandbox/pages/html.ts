import { wib } from "../clock.ts";

/** Markup that is safe to put into a page as it is. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | false | undefined | readonly Part[];

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark);

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return escapeText(part);
  if (typeof part === "number") return String(part);
  if ("markup" in part) return part.markup;
  return part.map(render).join("");
}

/** Markup with every inserted text escaped; nothing, false and null vanish, lists are joined. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Html => ({
  markup: strings.reduce((whole, text, at) => whole + text + (at < parts.length ? render(parts[at]) : ""), ""),
});

/** Markup that somebody else made, taken as it is: our own styles and scripts, or an SVG from the QR library. */
export const trusted = (markup: string): Html => ({ markup });

/** `Rp150.000` */
export const rp = (amount: number): string => `Rp${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")}`;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];

/** `20 Nov 2026, 14.05 WIB` of a moment in ms. */
export function dateTime(ms: number): string {
  const [year = "", month = "", day = "", hour, minute] = wib(ms).split(/[- :]/);
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}, ${hour}.${minute} WIB`;
}
