import {
  EncryptedPDFError,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFObject,
  PDFRawStream,
  PDFStream,
} from "@cantoo/pdf-lib";

/** Why a PDF is not taken in. */
export type PdfTrouble = "UNREADABLE" | "ENCRYPTED" | "ACTIVE" | "TOO_MANY_PAGES";

/** A receipt has one page, a month of an account some ten. */
const PAGES_MAX = 20;
/** Dictionaries within dictionaries; honest ones have some five. */
const DEPTH_MAX = 100;

/** PDF 32000-1, 12.6.4 and later: actions that run, fetch, send or open something else than a page of this file. */
const ACTIVE_ACTIONS: ReadonlySet<string> = new Set([
  "JavaScript",
  "Launch",
  "SubmitForm",
  "ImportData",
  "GoToR",
  "GoToE",
  "Rendition",
  "Movie",
  "Sound",
  "GoTo3DView",
  "RichMediaExecute",
]);
/** What only a file with another file, a script or a film in it has. */
const ACTIVE_KEYS: ReadonlySet<string> = new Set([
  "JS",
  "JavaScript",
  "EmbeddedFiles",
  "EF",
  "XFA",
  "RichMediaContent",
]);
const ACTIVE_KINDS: ReadonlySet<string> = new Set([
  "EmbeddedFile",
  "RichMedia",
  "FileAttachment",
  "3D",
  "Movie",
  "Sound",
]);

/** What a page needs to be seen. Links, notes, forms, thumbnails and whatever runs when it is opened are none of it. */
const PAGE_KEYS: ReadonlySet<string> = new Set([
  "Type",
  "Parent",
  "Resources",
  "MediaBox",
  "CropBox",
  "Rotate",
  "UserUnit",
  "Contents",
  "Group",
]);
/** Notes of programs about who made what and where, on anything. */
const NOTE_KEYS = ["Metadata", "PieceInfo", "LastModified", "Measure", "PtData", "OPI"];

const nameOf = (object: PDFObject | undefined): string | null =>
  object instanceof PDFName ? object.decodeText() : null;

function isActive(dict: PDFDict): boolean {
  return dict.entries().some(([key, value]) => {
    const name = key.decodeText();
    if (ACTIVE_KEYS.has(name)) return true;
    const kind = nameOf(value);
    if (kind === null) return false;
    if (name === "S") return ACTIVE_ACTIONS.has(kind);
    return (name === "Type" || name === "Subtype") && ACTIVE_KINDS.has(kind);
  });
}

/** Every dictionary of an object, streams' own too. @throws Error for one that is nested without end */
function* dictsOf(object: PDFObject, depth = 0): Generator<PDFDict> {
  if (depth > DEPTH_MAX) throw new Error("nested too deeply");
  if (object instanceof PDFStream) {
    yield* dictsOf(object.dict, depth + 1);
  } else if (object instanceof PDFDict) {
    yield object;
    for (const value of object.values()) yield* dictsOf(value, depth + 1);
  } else if (object instanceof PDFArray) {
    for (const value of object.asArray()) yield* dictsOf(value, depth + 1);
  }
}

const MARKER = 0xff;
const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const APP1 = 0xe1;
const APP14 = 0xee; // Adobe's word about the colours: without it they are wrong
const APP15 = 0xef;

/** A JPEG without what cameras and programs wrote about it; the same bytes where it has another form. */
function withoutNotes(jpeg: Uint8Array): Uint8Array {
  if (jpeg[0] !== MARKER || jpeg[1] !== 0xd8) return jpeg;
  const kept: Uint8Array[] = [jpeg.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= jpeg.length && jpeg[at] === MARKER) {
    const marker = jpeg[at + 1] as number;
    if (marker === START_OF_SCAN) return Buffer.concat([...kept, jpeg.subarray(at)]);
    const end = at + 2 + (((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number));
    const isNote = marker === COMMENT || (marker >= APP1 && marker <= APP15 && marker !== APP14);
    if (!isNote) kept.push(jpeg.subarray(at, end));
    at = end;
  }
  return jpeg;
}

/** Takes the notes off everything in a document, pages' own keys aside. @returns whether something in it is active */
function stripObjects(source: PDFDocument): boolean {
  const { context } = source;
  for (const [ref, object] of context.enumerateIndirectObjects()) {
    for (const dict of dictsOf(object)) {
      if (isActive(dict)) return true;
      for (const key of NOTE_KEYS) dict.delete(PDFName.of(key));
    }
    if (!(object instanceof PDFRawStream)) continue;
    if (nameOf(object.dict.get(PDFName.of("Filter"))) !== "DCTDecode") continue;
    context.assign(ref, PDFRawStream.of(object.dict, withoutNotes(object.contents)));
  }
  return false;
}

/**
 * Copies the pages of a PDF into a new one: text, pictures and fonts, and nothing else that was in the file. What runs
 * or carries something else is refused instead of taken out, because who sends such a receipt means harm or was sent
 * it. Takes as much memory and time as the file asks for: run it where both are bounded (cleanPdf.ts).
 */
export async function stripPdf(content: Uint8Array): Promise<Uint8Array | PdfTrouble> {
  try {
    const source = await PDFDocument.load(content, { updateMetadata: false, throwOnInvalidObject: true });
    const pages = source.getPageIndices();
    if (pages.length === 0) return "UNREADABLE";
    if (pages.length > PAGES_MAX) return "TOO_MANY_PAGES";
    if (stripObjects(source)) return "ACTIVE";
    for (const { node } of source.getPages()) {
      for (const key of node.keys()) if (!PAGE_KEYS.has(key.decodeText())) node.delete(key);
    }
    const clean = await PDFDocument.create({ updateMetadata: false });
    for (const page of await clean.copyPages(source, pages)) clean.addPage(page);
    return await clean.save({ addDefaultPage: false, updateFieldAppearances: false });
  } catch (error) {
    return error instanceof EncryptedPDFError ? "ENCRYPTED" : "UNREADABLE";
  }
}
