const MARKER = 0xff;
const START = 0xd8;
const END = 0xd9;
const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const APP1 = 0xe1;
const APP14 = 0xee; // Adobe's word about the colours: without it they are wrong
const APP15 = 0xef;

const isNote = (marker: number): boolean =>
  marker === COMMENT || (marker >= APP1 && marker <= APP15 && marker !== APP14);

/** Within what a scan draws: a byte of it that only looks like a marker, a restart, or what fills up. */
const isOfScan = (marker: number): boolean => marker === 0 || marker === MARKER || (marker >= 0xd0 && marker <= 0xd7);

/** Where what a scan draws ends: at the next marker, or with the picture where that is cut off. */
function endOfScan(jpeg: Uint8Array, from: number): number {
  let at = jpeg.indexOf(MARKER, from);
  while (at !== -1 && at + 1 < jpeg.length && isOfScan(jpeg[at + 1] as number)) at = jpeg.indexOf(MARKER, at + 1);
  return at === -1 ? jpeg.length : at;
}

/**
 * A JPEG without what cameras and programs wrote about it, before, between and behind what is drawn: a camera keeps
 * whole pictures and positions behind the end.
 *
 * @throws Error for what is no JPEG, or one in which what is a note cannot be told
 */
export function withoutNotes(jpeg: Uint8Array): Uint8Array {
  if (jpeg[0] !== MARKER || jpeg[1] !== START) throw new Error("not a JPEG");
  const kept: Uint8Array[] = [jpeg.subarray(0, 2)];
  let at = 2;
  while (at + 2 <= jpeg.length) {
    if (jpeg[at] !== MARKER) throw new Error("no marker where one must be");
    const marker = jpeg[at + 1] as number;
    if (marker === MARKER) {
      at += 1;
      continue;
    }
    if (marker === END) break;
    const length = ((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0);
    const end = marker === START_OF_SCAN ? endOfScan(jpeg, at + 2 + length) : at + 2 + length;
    if (length < 2 || end > jpeg.length) throw new Error("a part that is longer than the picture");
    if (!isNote(marker)) kept.push(jpeg.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, Uint8Array.of(MARKER, END)]);
}
