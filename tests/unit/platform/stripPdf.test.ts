import { deflateSync } from "node:zlib";
import { type PDFDocument, PDFName, type PDFObject, PDFRawStream } from "@cantoo/pdf-lib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { stripPdf } from "../../../platform/stripPdf.ts";
import { pdf, picture, SECRET } from "../../support/uploads.ts";

type Filter = (document: PDFDocument) => PDFObject;

const DCT = PDFName.of("DCTDecode");
const names =
  (...filters: string[]): Filter =>
  ({ context }) =>
    context.obj(filters);

/** The document with a photograph that holds `photo`, packed by `filter`, on its first page. */
const withPhoto = (photo: Uint8Array, filter: Filter) =>
  pdf((document) => {
    const { context } = document;
    const dict = context.obj({ Type: "XObject", Subtype: "Image", Width: 60, Height: 40, BitsPerComponent: 8 });
    dict.set(PDFName.of("ColorSpace"), PDFName.of("DeviceRGB"));
    dict.set(PDFName.of("Filter"), filter(document));
    const ref = context.register(PDFRawStream.of(dict, photo));
    document.getPage(0).node.newXObject("Photo", ref);
  });

/** What is kept of it. */
async function kept(content: Uint8Array): Promise<Buffer> {
  const clean = await stripPdf(content);
  expect(clean).toBeInstanceOf(Uint8Array);
  return Buffer.from(clean as Uint8Array);
}

/** The photographs in a document, as they lie in it. */
function photosIn(document: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let from = document.indexOf("ffd8ff", 0, "hex"); from !== -1; ) {
    const end = document.indexOf("endstream", from);
    found.push(document.subarray(from, end));
    from = document.indexOf("ffd8ff", end, "hex");
  }
  return found;
}

/** Notes in the middle: between two scans of a picture that is drawn in several. */
async function progressive(): Promise<Buffer> {
  const drawn = await sharp({ create: { width: 60, height: 40, channels: 3, background: "#3a7" } })
    .jpeg({ progressive: true })
    .toBuffer();
  const note = Buffer.from(`\u0000\u0000\u0000\u0000${SECRET}`, "latin1");
  note.writeUInt16BE(0xffe1, 0);
  note.writeUInt16BE(note.length - 2, 2);
  const second = drawn.lastIndexOf("ffda", undefined, "hex");
  return Buffer.concat([drawn.subarray(0, second), note, drawn.subarray(second)]);
}

describe("a photograph in a PDF keeps nothing of where and by whom it was taken", () => {
  test.each<[string, Filter]>([
    ["as a name", () => DCT],
    ["in a list", names("DCTDecode")],
    ["elsewhere in the file", ({ context }) => context.register(DCT)],
    ["in a list elsewhere", (document) => document.context.register(names("DCTDecode")(document))],
    ["in a list, elsewhere", ({ context }) => context.obj([context.register(DCT)])],
  ])("where its filter is written %s", async (_where, filter) => {
    const document = await withPhoto(await picture(), filter);
    expect(document.includes(SECRET)).toBe(true);
    expect((await kept(document)).includes(SECRET)).toBe(false);
  });

  test.each<[string, (photo: Buffer) => Buffer, string]>([
    ["deflated", (photo) => deflateSync(photo), "FlateDecode"],
    ["in hex", (photo) => Buffer.from(`${photo.toString("hex")}>`), "ASCIIHexDecode"],
  ])("where it is packed once more, %s", async (_how, pack, outer) => {
    const clean = await kept(await withPhoto(pack(await picture()), names(outer, "DCTDecode")));
    const photos = photosIn(clean);
    expect(photos).toHaveLength(2);
    expect(clean.includes(SECRET)).toBe(false);
    for (const photo of photos) expect(await sharp(photo).metadata()).toMatchObject({ width: 60, height: 40 });
  });

  test("behind its end, and between what is drawn", async () => {
    const behind = Buffer.concat([await picture(), Buffer.from(SECRET), await picture()]);
    for (const photo of [behind, await progressive()]) {
      expect(photo.includes(SECRET)).toBe(true);
      const clean = await kept(await withPhoto(photo, () => DCT));
      expect(clean.includes(SECRET)).toBe(false);
      for (const each of photosIn(clean)) {
        expect(await sharp(each, { failOn: "warning" }).metadata()).toMatchObject({ width: 60, height: 40 });
        await sharp(each, { failOn: "warning" }).raw().toBuffer();
      }
    }
  });

  test("or is not taken: what is no JPEG", async () => {
    expect(await stripPdf(await withPhoto(Buffer.from(`GIF ${SECRET}`), () => DCT))).toBe("UNREADABLE");
  });

  test.each<[string, Filter]>([
    ["JPEG 2000", names("JPXDecode")],
    ["JPEG 2000 that is packed", names("FlateDecode", "JPXDecode")],
    ["a picture in a picture", names("DCTDecode", "DCTDecode")],
    ["a picture behind a filter of somebody's own", names("Crypt", "DCTDecode")],
  ])("or is not taken: %s", async (_what, filter) => {
    expect(await stripPdf(await withPhoto(await picture(), filter))).toBe("UNREADABLE");
  });
});
