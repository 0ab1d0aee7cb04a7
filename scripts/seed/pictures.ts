import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { PictureKind } from "./goods.ts";

/** The colours of one picture. */
interface Inks {
  /** Behind everything, from top to bottom. */
  readonly sky: readonly [string, string];
  readonly light: string;
  readonly main: string;
  readonly dark: string;
  readonly accent: string;
}

const INKS: readonly Inks[] = [
  { sky: ["#fdf3e3", "#f3d9b1"], light: "#fff8ec", main: "#8c5a34", dark: "#4f2f1b", accent: "#d98e3f" },
  { sky: ["#e6f3f1", "#b9dcd5"], light: "#f5fffc", main: "#2f7f79", dark: "#174a47", accent: "#e8a13d" },
  { sky: ["#fbe9e4", "#f1c3b4"], light: "#fff6f2", main: "#b8482f", dark: "#6e2417", accent: "#f0b45c" },
  { sky: ["#e8ecf8", "#bcc8ea"], light: "#f6f8ff", main: "#3d4f9b", dark: "#222c5e", accent: "#e5735c" },
  { sky: ["#f0f4e2", "#d0dcab"], light: "#fcfff2", main: "#66802e", dark: "#3a4a18", accent: "#d96a3b" },
  { sky: ["#f8e8f0", "#e5b9d0"], light: "#fff5fa", main: "#96386b", dark: "#571c3c", accent: "#e9a84a" },
  { sky: ["#fff4d6", "#f6d98b"], light: "#fffbee", main: "#c2781a", dark: "#6f430c", accent: "#3f8079" },
  { sky: ["#ece7e1", "#cfc3b5"], light: "#fbf9f6", main: "#6f5c4c", dark: "#3c3027", accent: "#c6593a" },
];

/** After batik and lurik, on a tile of 24. */
const MOTIFS = ["kawung", "parang", "ceplok", "megaMendung", "lurik", "truntum"] as const;

const pick = <T>(from: readonly T[], byte: number | undefined): T => from[(byte ?? 0) % from.length] as T;

/** A drawing of scripts/seed, where `{main}` and the like stand for colours. */
function inked(file: string, inks: Inks): string {
  const drawing = readFileSync(path.resolve("scripts", "seed", file), "utf8").replaceAll("\n", "");
  return drawing.replace(/\{(light|main|dark|accent)\}/g, (_, ink: "light" | "main" | "dark" | "accent") => inks[ink]);
}

/**
 * The illustration of a product: the shape of its kind, in colours and with a motif that its slug decides, so the same
 * product has the same picture for ever. Reads the drawings below the project's root.
 */
export function drawPicture(slug: string, kind: PictureKind): string {
  const seed = createHash("sha256").update(slug).digest();
  const inks = pick(INKS, seed[0]);
  const motif = inked(`motifs/${pick(MOTIFS, seed[1])}.svg`, inks);
  const scale = ((18 + ((seed[2] ?? 0) % 8)) / 24).toFixed(3);
  const turn = kind === "shirt" ? 0 : ((seed[3] ?? 0) % 7) - 3;
  const sun = { x: 60 + ((seed[4] ?? 0) % 120), y: 70 + ((seed[5] ?? 0) % 40) };
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="480" height="480"><defs>',
    `<linearGradient id="s" x2="0" y2="1"><stop stop-color="${inks.sky[0]}"/>`,
    `<stop offset="1" stop-color="${inks.sky[1]}"/></linearGradient>`,
    `<pattern id="p" width="24" height="24" patternUnits="userSpaceOnUse" patternTransform="scale(${scale})">`,
    `${motif}</pattern></defs><rect width="240" height="240" fill="url(#s)"/>`,
    `<circle cx="${sun.x}" cy="${sun.y}" r="74" fill="${inks.light}" opacity=".55"/>`,
    `<ellipse cx="120" cy="204" rx="82" ry="10" fill="${inks.dark}" opacity=".16"/>`,
    `<g transform="rotate(${turn} 120 200)">${inked(`shapes/${kind}.svg`, inks)}</g></svg>\n`,
  ].join("");
}
