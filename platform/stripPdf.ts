import {
  decodePDFRawStream,
  EncryptedPDFError,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  PDFNull,
  type PDFObject,
  PDFRawStream,
  PDFStream,
} from "@cantoo/pdf-lib";
import { withoutNotes } from "./jpegNotes.ts";

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
    const kind = nameOf(dict.context.lookup(value));
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

const FILTER = PDFName.of("Filter");
const DECODE_PARMS = PDFName.of("DecodeParms");

/** What a stream is packed by, outermost first, wherever that is written. @throws Error for what is no filter */
function filtersOf(dict: PDFDict): string[] {
  const filter = dict.lookup(FILTER);
  if (filter === undefined || filter === PDFNull) return [];
  if (!(filter instanceof PDFArray)) return [dict.lookup(FILTER, PDFName).decodeText()];
  return Array.from({ length: filter.size() }, (_, at) => filter.lookup(at, PDFName).decodeText());
}

/** What a stream holds under what its filters but the last packed it by. @throws Error for a filter we cannot undo */
function unwrap({ dict, contents }: PDFRawStream, filters: readonly string[]): Uint8Array {
  if (filters.length === 1) return contents;
  const outer = dict.clone();
  outer.set(FILTER, dict.context.obj(filters.slice(0, -1)));
  return decodePDFRawStream(PDFRawStream.of(outer, contents)).decode();
}

/**
 * A photograph without its notes; null for any other stream.
 *
 * @throws Error for one whose notes we cannot take off: JPEG 2000, and one that is packed as nobody packs it
 */
function withoutPhotoNotes(stream: PDFRawStream): PDFRawStream | null {
  const filters = filtersOf(stream.dict);
  if (filters.includes("JPXDecode")) throw new Error("notes of JPEG 2000 cannot be told");
  if (!filters.includes("DCTDecode") && !filters.includes("DCT")) return null;
  const { dict } = stream;
  const photo = withoutNotes(unwrap(stream, filters));
  const parms = dict.lookup(DECODE_PARMS);
  const ofPhoto = parms instanceof PDFArray ? parms.lookup(filters.length - 1) : parms;
  if (ofPhoto instanceof PDFDict) dict.set(DECODE_PARMS, ofPhoto);
  else dict.delete(DECODE_PARMS);
  dict.set(FILTER, PDFName.of("DCTDecode"));
  return PDFRawStream.of(dict, photo);
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
    const photo = withoutPhotoNotes(object);
    if (photo) context.assign(ref, photo);
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
