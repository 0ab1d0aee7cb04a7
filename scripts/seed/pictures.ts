import { createHash } from "node:crypto";
import { SHAPES } from "./shapes.ts";

export type PictureKind = keyof typeof SHAPES;

/** The colours of one picture, lightest use first. */
export interface Ink {
  /** Behind everything, from top to bottom. */
  readonly sky: readonly [string, string];
  readonly light: string;
  readonly main: string;
  readonly dark: string;
  readonly accent: string;
  /** Fill of what is printed or woven. */
  readonly print: "url(#p)";
}

const INKS: readonly Omit<Ink, "print">[] = [
  { sky: ["#fdf3e3", "#f3d9b1"], light: "#fff8ec", main: "#8c5a34", dark: "#4f2f1b", accent: "#d98e3f" },
  { sky: ["#e6f3f1", "#b9dcd5"], light: "#f5fffc", main: "#2f7f79", dark: "#174a47", accent: "#e8a13d" },
  { sky: ["#fbe9e4", "#f1c3b4"], light: "#fff6f2", main: "#b8482f", dark: "#6e2417", accent: "#f0b45c" },
  { sky: ["#e8ecf8", "#bcc8ea"], light: "#f6f8ff", main: "#3d4f9b", dark: "#222c5e", accent: "#e5735c" },
  { sky: ["#f0f4e2", "#d0dcab"], light: "#fcfff2", main: "#66802e", dark: "#3a4a18", accent: "#d96a3b" },
  { sky: ["#f8e8f0", "#e5b9d0"], light: "#fff5fa", main: "#96386b", dark: "#571c3c", accent: "#e9a84a" },
  { sky: ["#fff4d6", "#f6d98b"], light: "#fffbee", main: "#c2781a", dark: "#6f430c", accent: "#3f8079" },
  { sky: ["#ece7e1", "#cfc3b5"], light: "#fbf9f6", main: "#6f5c4c", dark: "#3c3027", accent: "#c6593a" },
];

/** Motifs after batik and lurik, on a tile of 24. */
const MOTIFS: readonly ((ink: Omit<Ink, "print">) => string)[] = [
  // kawung
  ({ accent, light }) =>
    `<g fill="${accent}"><ellipse cx="12" cy="5" rx="3.4" ry="5"/><ellipse cx="12" cy="19" rx="3.4" ry="5"/><ellipse cx="5" cy="12" rx="5" ry="3.4"/><ellipse cx="19" cy="12" rx="5" ry="3.4"/></g><circle cx="12" cy="12" r="1.6" fill="${light}"/>`,
  // parang
  ({ accent, light }) =>
    `<path d="M0 24 24 0M-6 6 6-6M18 30 30 18" stroke="${accent}" stroke-width="6"/><path d="M0 12 12 0M12 24 24 12" stroke="${light}" stroke-width="1.6"/>`,
  // ceplok
  ({ accent, light }) =>
    `<path d="M12 1 23 12 12 23 1 12Z" fill="none" stroke="${accent}" stroke-width="2"/><circle cx="12" cy="12" r="4" fill="${light}"/><g fill="${accent}"><circle cx="0" cy="0" r="3"/><circle cx="24" cy="0" r="3"/><circle cx="0" cy="24" r="3"/><circle cx="24" cy="24" r="3"/></g>`,
  // mega mendung
  ({ accent, light }) =>
    `<g fill="none" stroke-width="2"><path d="M0 16q6-10 12 0t12 0" stroke="${light}"/><path d="M0 22q6-10 12 0t12 0" stroke="${accent}"/><path d="M0 6q6-8 12 0t12 0" stroke="${accent}"/></g>`,
  // lurik
  ({ accent, light }) =>
    `<path d="M3 0V24M17 0V24" stroke="${accent}" stroke-width="3"/><path d="M8 0V24M12 0V24M22 0V24" stroke="${light}" stroke-width="1"/>`,
  // truntum
  ({ accent, light }) =>
    `<path d="M12 3v18M3 12h18M6 6l12 12M18 6 6 18" stroke="${accent}" stroke-width="1.6"/><circle cx="12" cy="12" r="2.4" fill="${light}"/>`,
];

const pick = <T>(from: readonly T[], byte: number | undefined): T => from[(byte ?? 0) % from.length] as T;

/**
 * The illustration of a product: the shape of its kind, in colours and with a motif that its slug decides, so the same
 * product has the same picture for ever.
 */
export function drawPicture(slug: string, kind: PictureKind): string {
  const seed = createHash("sha256").update(slug).digest();
  const colours = pick(INKS, seed[0]);
  const ink: Ink = { ...colours, print: "url(#p)" };
  const motif = pick(MOTIFS, seed[1])(colours);
  const scale = (18 + ((seed[2] ?? 0) % 8)) / 24;
  const turn = kind === "shirt" ? 0 : ((seed[3] ?? 0) % 7) - 3;
  const sun = { x: 60 + ((seed[4] ?? 0) % 120), y: 70 + ((seed[5] ?? 0) % 40) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="480" height="480">`,
    `<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${ink.sky[0]}"/><stop offset="1" stop-color="${ink.sky[1]}"/></linearGradient>`,
    `<pattern id="p" width="24" height="24" patternUnits="userSpaceOnUse" patternTransform="scale(${scale.toFixed(3)})">${motif}</pattern></defs>`,
    `<rect width="240" height="240" fill="url(#s)"/><circle cx="${sun.x}" cy="${sun.y}" r="74" fill="${ink.light}" opacity=".55"/>`,
    `<ellipse cx="120" cy="204" rx="82" ry="10" fill="${ink.dark}" opacity=".16"/>`,
    `<g transform="rotate(${turn} 120 200)">${SHAPES[kind](ink)}</g></svg>\n`,
  ].join("");
}
