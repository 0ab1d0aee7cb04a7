import type { Ink } from "./pictures.ts";

type Shape = (ink: Ink) => string;

/** A label with two lines that stand for words. */
const label = (x: number, y: number, w: number, h: number, { light, dark, accent }: Ink): string =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="5" fill="${light}"/><circle cx="${x + w / 2}" cy="${y + h * 0.34}" r="${Math.min(w, h) * 0.17}" fill="${accent}"/><path d="M${x + w * 0.2} ${y + h * 0.68}h${w * 0.6}M${x + w * 0.32} ${y + h * 0.83}h${w * 0.36}" stroke="${dark}" stroke-width="3" stroke-linecap="round"/>`;

/** A soft light on the left of something. */
const shine = (d: string): string => `<path d="${d}" fill="#fff" opacity=".18"/>`;

const pouch: Shape = (k) =>
  `<path d="M74 60h92l8 134q0 8-8 8H74q-8 0-8-8Z" fill="${k.main}"/><path d="M74 60h92l2 30H72Z" fill="${k.print}" opacity=".8"/><path d="M72 46h96l-2 16H74Z" fill="${k.dark}"/><path d="M72 54h96" stroke="${k.light}" stroke-width="2" stroke-dasharray="4 4" opacity=".6"/>${label(88, 106, 64, 72, k)}${shine("M76 62h12l-6 138h-8q-6 0-6-8Z")}`;

const tin: Shape = (k) =>
  `<rect x="72" y="66" width="96" height="136" rx="10" fill="${k.main}"/><rect x="72" y="150" width="96" height="34" fill="${k.print}"/><rect x="66" y="48" width="108" height="30" rx="9" fill="${k.dark}"/>${label(86, 88, 68, 56, k)}${shine("M80 78h12v124H82q-2 0-2-4Z")}`;

const box: Shape = (k) =>
  `<path d="M58 82h104v120H66q-8 0-8-8Z" fill="${k.main}"/><path d="M162 82l24-20v120l-24 20Z" fill="${k.dark}"/><path d="M58 82l24-20h104l-24 20Z" fill="${k.accent}"/><path d="M58 160h104v26H58Z" fill="${k.print}"/>${label(76, 94, 68, 58, k)}`;

const bottle: Shape = (k) =>
  `<path d="M106 36h28v34q0 10 12 22t12 30v70q0 10-10 10H92q-10 0-10-10v-70q0-18 12-30t12-22Z" fill="${k.main}"/><rect x="102" y="28" width="36" height="20" rx="5" fill="${k.dark}"/><rect x="82" y="176" width="76" height="14" fill="${k.print}"/>${label(88, 118, 64, 52, k)}${shine("M92 108q10-16 16-24v110H94q-4 0-4-6v-68Z")}`;

const jar: Shape = (k) =>
  `<rect x="66" y="78" width="108" height="124" rx="22" fill="${k.main}"/><rect x="74" y="92" width="92" height="102" rx="16" fill="${k.accent}" opacity=".5"/><rect x="74" y="52" width="92" height="30" rx="7" fill="${k.dark}"/><path d="M70 70q50 26 100 0l6 22q-56 22-112 0Z" fill="${k.light}"/><path d="M70 70q50 26 100 0l6 22q-56 22-112 0Z" fill="${k.print}"/>${label(86, 112, 68, 68, k)}`;

const cup: Shape = (k) =>
  `<path d="M160 106h16q24 0 24 22t-30 28l-12 2" fill="none" stroke="${k.dark}" stroke-width="11"/><path d="M56 86h112q2 60-24 94H80q-26-34-24-94Z" fill="${k.main}"/><path d="M56 110h112q-1 14-3 26H59q-3-12-3-26Z" fill="${k.print}"/><ellipse cx="112" cy="86" rx="56" ry="11" fill="${k.dark}"/><path d="M44 190h136q-8 14-26 14H70q-18 0-26-14Z" fill="${k.light}" stroke="${k.dark}" stroke-width="2"/><path d="M92 66q-8-12 2-22t0-20M120 66q-8-12 2-22t0-20" fill="none" stroke="${k.light}" stroke-width="6" stroke-linecap="round" opacity=".9"/>`;

const kettle: Shape = (k) =>
  `<path d="M72 150q-44-6-40-72l-10-14" fill="none" stroke="${k.main}" stroke-width="10" stroke-linecap="round"/><path d="M164 96q50-10 44 40t-46 46" fill="none" stroke="${k.dark}" stroke-width="11" stroke-linecap="round"/><path d="M76 92h88l14 104q0 8-8 8H70q-8 0-8-8Z" fill="${k.main}"/><path d="M65 170h110l3 22H62Z" fill="${k.print}"/><path d="M82 92q38-30 76 0Z" fill="${k.dark}"/><circle cx="120" cy="68" r="8" fill="${k.accent}"/>${shine("M84 94h14l-10 108H72Z")}`;

const grinder: Shape = (k) =>
  `<path d="M120 56V36h56v18" fill="none" stroke="${k.dark}" stroke-width="8" stroke-linejoin="round"/><circle cx="176" cy="60" r="10" fill="${k.accent}"/><rect x="84" y="56" width="72" height="70" rx="10" fill="${k.dark}"/><rect x="84" y="80" width="72" height="22" fill="${k.print}"/><rect x="78" y="122" width="84" height="82" rx="12" fill="${k.main}"/><path d="M90 150h60v34H90Z" fill="${k.light}" opacity=".85"/><g fill="${k.dark}"><ellipse cx="106" cy="172" rx="9" ry="6"/><ellipse cx="124" cy="176" rx="9" ry="6"/><ellipse cx="136" cy="168" rx="8" ry="6"/></g>`;

const shirt: Shape = (k) =>
  `<path d="M92 46q28 22 56 0l46 24-18 46-20-10v96H84v-96l-20 10-18-46Z" fill="${k.main}"/><path d="M92 46q28 22 56 0l46 24-18 46-20-10v96H84v-96l-20 10-18-46Z" fill="${k.print}"/><path d="M120 60v142" stroke="${k.dark}" stroke-width="3"/><path d="M92 46q28 22 56 0l-12 30-16-16-16 16Z" fill="${k.dark}"/><g fill="${k.light}"><circle cx="120" cy="92" r="3.4"/><circle cx="120" cy="124" r="3.4"/><circle cx="120" cy="156" r="3.4"/></g><rect x="132" y="98" width="20" height="22" rx="3" fill="${k.main}" stroke="${k.dark}" stroke-width="2"/>`;

const dress: Shape = (k) =>
  `<path d="M98 40h10q12 16 24 0h10l12 54-14 16 40 94H60l40-94-14-16Z" fill="${k.main}"/><path d="M100 110h40l40 94H60Z" fill="${k.print}"/><path d="M98 104h44v12H98Z" fill="${k.dark}"/><path d="M108 40q12 16 24 0l-12 32Z" fill="${k.light}"/>`;

const cloth: Shape = (k) =>
  `<path d="M48 92h124q14 0 14 14v84q0 12-12 12H60q-12 0-12-12Z" fill="${k.main}"/><path d="M48 112h138v74H48Z" fill="${k.print}"/><path d="M48 92q0-26 24-26h96q18 0 18 20v106" fill="none" stroke="${k.dark}" stroke-width="9"/><path d="M48 186h138" stroke="${k.light}" stroke-width="4" stroke-dasharray="2 6"/><path d="M104 66h32v136h-32Z" fill="${k.light}" opacity=".92"/><circle cx="120" cy="136" r="15" fill="${k.accent}"/>`;

const scarf: Shape = (k) =>
  `<path d="M66 58q54-26 108 0l-14 34q-40-14-80 0Z" fill="${k.dark}"/><path d="M78 84q22-10 44-6l-16 118H66Z" fill="${k.main}"/><path d="M78 84q22-10 44-6l-16 118H66Z" fill="${k.print}"/><path d="M118 78q22-2 44 8l14 92h-38Z" fill="${k.main}"/><path d="M118 78q22-2 44 8l6 40h-42Z" fill="${k.print}"/><path d="M70 196v12m9-12v12m9-12v12m9-12v12m43-30v12m9-12v12m9-12v12m9-12v12" stroke="${k.accent}" stroke-width="4" stroke-linecap="round"/>`;

const bag: Shape = (k) =>
  `<path d="M88 96V74q0-32 32-32t32 32v22" fill="none" stroke="${k.dark}" stroke-width="9"/><path d="M62 90h116l12 104q0 10-10 10H60q-10 0-10-10Z" fill="${k.main}"/><path d="M57 128h126l6 52H51Z" fill="${k.print}"/><circle cx="120" cy="110" r="7" fill="${k.accent}"/>`;

const wallet: Shape = (k) =>
  `<rect x="42" y="98" width="156" height="100" rx="14" fill="${k.main}"/><rect x="42" y="98" width="156" height="54" rx="14" fill="${k.print}"/><path d="M42 150h156" stroke="${k.light}" stroke-width="2" stroke-dasharray="5 4"/><rect x="160" y="136" width="46" height="30" rx="9" fill="${k.dark}"/><circle cx="174" cy="151" r="6" fill="${k.accent}"/><path d="M66 98V84h108v14" fill="${k.light}"/>`;

const shoes: Shape = (k) =>
  `<g id="z"><path d="M44 118q0-46 26-46t26 46q4 40-2 66-6 20-24 20t-24-20q-6-26-2-66Z" fill="${k.dark}"/><path d="M52 120q0-40 18-40t18 40q4 36-2 60-4 16-16 16t-16-16q-6-24-2-60Z" fill="${k.light}"/><path d="M42 118q28-28 56 0v26q-28-22-56 0Z" fill="${k.main}"/><path d="M42 118q28-28 56 0v26q-28-22-56 0Z" fill="${k.print}"/></g><use href="#z" x="100"/>`;

const pillow: Shape = (k) =>
  `<path d="M44 74q76 14 152 0 12 60 0 124-76-12-152 0-12-64 0-124Z" fill="${k.main}"/><path d="M44 74q76 14 152 0 12 60 0 124-76-12-152 0-12-64 0-124Z" fill="${k.print}"/><path d="M60 92q60 8 120 0 8 44 0 90-60-8-120 0-8-46 0-90Z" fill="none" stroke="${k.light}" stroke-width="3"/><path d="M44 74l-10-8m162 8 10-8M44 198l-10 8m162-8 10 8" stroke="${k.accent}" stroke-width="6" stroke-linecap="round"/>`;

const puppet: Shape = (k) =>
  `<path d="M120 116V214" stroke="${k.dark}" stroke-width="6"/><path d="M152 96l46 96M92 110l-44 78" stroke="${k.dark}" stroke-width="3"/><path d="M104 40q34-22 50 8 8 20-12 26l14 26q20 12 14 40l8 44q-56 22-108 0l12-54q-2-24 18-40l6-16q-18-2-16-16l14-4Z" fill="${k.main}"/><path d="M82 148q40 16 84-4l10 38q-54 20-106 2Z" fill="${k.print}"/><path d="M120 32q34-14 44 18-14-12-30-8Z" fill="${k.accent}"/><path d="M100 96q20 18 50 2l4 12q-28 16-58 2Z" fill="${k.accent}"/><path d="M106 56q8-5 14 0" fill="none" stroke="${k.light}" stroke-width="3"/>`;

const mask: Shape = (k) =>
  `<path d="M58 92q6-56 62-56t62 56q4 50-20 86-18 26-42 26t-42-26q-24-36-20-86Z" fill="${k.main}"/><path d="M58 92q6-56 62-56t62 56q-62-34-124 0Z" fill="${k.print}"/><path d="M54 84q66-44 132 0l-6 14q-60-34-120 0Z" fill="${k.accent}"/><path d="M76 116q16-12 32 0-16 10-32 0Zm56 0q16-12 32 0-16 10-32 0Z" fill="${k.light}" stroke="${k.dark}" stroke-width="4"/><path d="M120 112l-10 38h20Z" fill="${k.dark}" opacity=".35"/><path d="M96 166q24 20 48 0-24-8-48 0Z" fill="${k.accent}" stroke="${k.dark}" stroke-width="3"/><circle cx="120" cy="92" r="5" fill="${k.light}"/>`;

const vase: Shape = (k) =>
  `<path d="M96 96q-8-34-32-50M120 96V34M144 96q6-30 30-44" fill="none" stroke="#6d8243" stroke-width="5"/><g fill="${k.accent}"><circle cx="62" cy="44" r="13"/><circle cx="120" cy="32" r="15"/><circle cx="176" cy="50" r="13"/></g><path d="M94 90h52q-4 20 18 40 14 16 8 40-6 34-26 34H94q-20 0-26-34-6-24 8-40 22-20 18-40Z" fill="${k.main}"/><path d="M70 142h100q4 16 1 30H69q-3-14 1-30Z" fill="${k.print}"/><path d="M88 84h64v12H88Z" fill="${k.dark}"/>`;

const basket: Shape = (k) =>
  `<path d="M76 106q0-70 44-70t44 70" fill="none" stroke="${k.dark}" stroke-width="9"/><path d="M46 106h148l-16 90q-2 8-10 8H72q-8 0-10-8Z" fill="${k.main}"/><path d="M49 122h142M52 142h136M56 162h128M60 182h120" stroke="${k.light}" stroke-width="5" stroke-dasharray="14 10" opacity=".75"/><path d="M57 132h126l-4 20H61Z" fill="${k.print}"/><rect x="40" y="98" width="160" height="16" rx="8" fill="${k.dark}"/>`;

const mat: Shape = (k) =>
  `<path d="M40 168h128v32H40Z" fill="${k.main}"/><path d="M52 76h128v100H52Z" fill="${k.main}"/><path d="M52 76h128v100H52Z" fill="${k.print}"/><circle cx="182" cy="180" r="24" fill="${k.dark}"/><circle cx="182" cy="180" r="15" fill="${k.light}"/><circle cx="182" cy="180" r="7" fill="${k.accent}"/><path d="M40 156h142v48H50q-14-4-10-48Z" fill="${k.accent}" opacity=".9"/><path d="M70 156v48m60-48v48" stroke="${k.dark}" stroke-width="6"/>`;

const lamp: Shape = (k) =>
  `<circle cx="120" cy="104" r="84" fill="${k.light}" opacity=".6"/><path d="M86 54h68l26 82H60Z" fill="${k.accent}"/><path d="M86 54h68l26 82H60Z" fill="${k.print}" opacity=".85"/><path d="M92 54l-16 82M120 54v82M148 54l16 82" stroke="${k.dark}" stroke-width="3"/><rect x="84" y="46" width="72" height="10" rx="5" fill="${k.dark}"/><rect x="54" y="132" width="132" height="10" rx="5" fill="${k.dark}"/><rect x="112" y="142" width="16" height="44" fill="${k.main}"/><path d="M78 204q0-20 42-20t42 20Z" fill="${k.main}"/>`;

const bowl: Shape = (k) =>
  `<path d="M40 112h160q-2 84-64 90h-32q-62-6-64-90Z" fill="${k.main}"/><path d="M42 132h156q-4 18-12 32H54q-9-14-12-32Z" fill="${k.print}"/><ellipse cx="120" cy="112" rx="80" ry="17" fill="${k.dark}"/><g fill="${k.accent}"><circle cx="92" cy="104" r="15"/><circle cx="122" cy="98" r="18"/><circle cx="150" cy="106" r="13"/></g>${shine("M50 128q4 54 46 70-40-4-50-70Z")}`;

const board: Shape = (k) =>
  `<path d="M56 60q0-16 16-16h96q16 0 16 16v128q0 16-16 16H72q-16 0-16-16Z" fill="${k.main}"/><g fill="none" stroke="${k.dark}" stroke-width="2.5" opacity=".45"><path d="M76 50q10 70-4 148M104 46q16 80 0 156M134 46q-14 80 2 156M160 48q12 76-2 152"/></g><path d="M56 164h128v22H56Z" fill="${k.print}"/><circle cx="120" cy="68" r="10" fill="${k.light}"/><g fill="${k.accent}"><ellipse cx="96" cy="116" rx="17" ry="11"/><ellipse cx="142" cy="130" rx="17" ry="11"/></g>`;

const toy: Shape = (k) =>
  `<rect x="44" y="112" width="104" height="66" rx="8" fill="${k.main}"/><rect x="136" y="68" width="60" height="110" rx="8" fill="${k.dark}"/><rect x="148" y="82" width="36" height="34" rx="4" fill="${k.light}"/><rect x="60" y="80" width="22" height="36" rx="4" fill="${k.accent}"/><circle cx="74" cy="58" r="13" fill="${k.light}"/><circle cx="92" cy="42" r="9" fill="${k.light}"/><rect x="44" y="138" width="92" height="22" fill="${k.print}"/><g fill="${k.dark}" stroke="${k.accent}" stroke-width="7"><circle cx="70" cy="184" r="17"/><circle cx="118" cy="184" r="17"/><circle cx="168" cy="184" r="17"/></g>`;

const ring: Shape = (k) =>
  `<circle cx="120" cy="140" r="56" fill="none" stroke="${k.main}" stroke-width="20"/><circle cx="120" cy="140" r="56" fill="none" stroke="${k.print}" stroke-width="12"/><circle cx="120" cy="140" r="66" fill="none" stroke="${k.light}" stroke-width="2.5"/><path d="M92 72l14-22h28l14 22-28 32Z" fill="${k.accent}"/><path d="M92 72h56M106 50l14 22 14-22M120 72v32" fill="none" stroke="${k.light}" stroke-width="3"/><path d="M176 52l6 12 12 6-12 6-6 12-6-12-12-6 12-6Z" fill="${k.light}"/>`;

const book: Shape = (k) =>
  `<path d="M70 48h94q12 0 12 12v132q0 12-12 12H70Z" fill="${k.light}"/><path d="M62 44h100q10 0 10 10v132q0 10-10 10H62Z" fill="${k.main}"/><path d="M110 44h62v152h-62Z" fill="${k.print}"/><path d="M62 44h20v152H62Z" fill="${k.dark}"/><path d="M72 62v14m0 16v14m0 16v14m0 16v14" stroke="${k.accent}" stroke-width="4" stroke-linecap="round"/>${label(100, 88, 56, 56, k)}<path d="M150 196v22l7-7 7 7v-22Z" fill="${k.accent}"/>`;

const chips: Shape = (k) =>
  `<path d="M66 54q54 10 108 0 16 76 0 148-54-10-108 0-16-72 0-148Z" fill="${k.main}"/><path d="M66 54q54 10 108 0l2 14q-56 10-112 0Zm-2 134q56-10 112 0l-2 14q-54-10-108 0Z" fill="${k.dark}"/><path d="M61 92q58 10 118 0l2 22q-60 10-122 0Z" fill="${k.print}"/><path d="M88 126h64v24q-32 30-64 0Z" fill="${k.light}"/><g fill="${k.accent}" stroke="${k.dark}" stroke-width="2"><ellipse cx="104" cy="158" rx="22" ry="13" transform="rotate(-18 104 158)"/><ellipse cx="138" cy="162" rx="22" ry="13" transform="rotate(16 138 162)"/></g><path d="M102 138h36" stroke="${k.dark}" stroke-width="4" stroke-linecap="round"/>`;

const cake: Shape = (k) =>
  `<path d="M46 110l96-34 54 34v72l-54 22H46Z" fill="${k.light}"/><path d="M46 110h96l54 0-54-34Z" fill="${k.accent}"/><path d="M46 110h96v24H46Z" fill="${k.main}"/><path d="M142 110h54v24l-54 6Z" fill="${k.dark}"/><path d="M46 156h96v24H46Z" fill="${k.accent}"/><path d="M142 160l54-8v26l-54 8Z" fill="${k.main}"/><path d="M46 180h96v24H46Z" fill="${k.print}"/><path d="M30 204h180" stroke="${k.dark}" stroke-width="8" stroke-linecap="round"/><circle cx="128" cy="80" r="14" fill="${k.main}"/><path d="M128 68q4-18 18-20" fill="none" stroke="#6d8243" stroke-width="4"/>`;

const hamper: Shape = (k) =>
  `<rect x="70" y="62" width="34" height="70" rx="6" fill="${k.dark}"/><rect x="110" y="50" width="30" height="80" rx="12" fill="${k.accent}"/><circle cx="164" cy="100" r="24" fill="${k.light}"/><path d="M40 116h160l-12 80q-2 8-10 8H62q-8 0-10-8Z" fill="${k.main}"/><path d="M44 138h152l-5 36H49Z" fill="${k.print}"/><path d="M112 116h16v88h-16Z" fill="${k.accent}"/><path d="M120 122q-46-40-50 0 20 16 50 0 30 16 50 0-4-40-50 0Z" fill="${k.accent}" stroke="${k.dark}" stroke-width="3"/>`;

const hen: Shape = (k) =>
  `<path d="M60 176q-34-20-20-64l22 18q14-34 58-34 18 0 24-28 6-24 28-20 22 6 18 34-2 40-8 62-10 44-62 44-44 0-60-12Z" fill="${k.main}"/><path d="M72 140q40-26 74 6-6 40-44 40-34-8-30-46Z" fill="${k.print}"/><path d="M160 48q2-16 12-10 6-12 14-2 12-4 8 14-16-10-34-2Z" fill="${k.accent}"/><path d="M190 70l22 8-22 8Z" fill="${k.accent}"/><circle cx="172" cy="68" r="5" fill="${k.light}"/><path d="M98 100h34" stroke="${k.dark}" stroke-width="6" stroke-linecap="round"/><path d="M104 186v18m28-20v20" stroke="${k.accent}" stroke-width="8"/>`;

const saron: Shape = (k) =>
  `<path d="M36 128q12-14 26-4h116q14-10 26 4l-12 66q-2 10-12 10H60q-10 0-12-10Z" fill="${k.main}"/><path d="M44 160h152l-6 28H50Z" fill="${k.print}"/>${[0, 1, 2, 3, 4, 5, 6].map((i) => `<rect x="${50 + i * 20}" y="${92 + i * 3}" width="17" height="${58 - i * 6}" rx="4" fill="${k.accent}" stroke="${k.dark}" stroke-width="2"/>`).join("")}<path d="M150 46l-50 44" stroke="${k.dark}" stroke-width="7" stroke-linecap="round"/><rect x="140" y="28" width="34" height="22" rx="8" transform="rotate(48 157 39)" fill="${k.dark}"/>`;

const cutlery: Shape = (k) =>
  `<path d="M76 40q30 0 30 42 0 28-20 34l6 88H66l4-88q-20-8-20-34 0-42 26-42Z" fill="${k.main}"/><path d="M128 40h10v44h8V40h10v44h8V40h10v58q0 16-16 20l6 86h-26l6-86q-16-4-16-20Z" fill="${k.dark}"/><path d="M67 164h24l1 24H66Zm71 0h24l1 24h-26Z" fill="${k.print}"/>${shine("M62 64q6-16 14-16l-4 56q-10-10-10-40Z")}`;

/** What each kind of product looks like on a field of 240, standing on a ground at 204. */
export const SHAPES = {
  pouch, tin, box, bottle, jar, cup, kettle, grinder, shirt, dress, cloth, scarf, bag, wallet, shoes, pillow,
  puppet, mask, vase, basket, mat, lamp, bowl, board, toy, hen, saron, cutlery, ring, book, chips, cake, hamper,
} as const satisfies Record<string, Shape>;
