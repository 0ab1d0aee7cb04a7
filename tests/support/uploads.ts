import { PDFDocument } from "@cantoo/pdf-lib";
import sharp from "sharp";

/** What must be nowhere in what is kept. */
export const SECRET = "RAHASIA-LOKASI-6.2088S-106.8456E";
export const SCRIPT = "<script>alert(document.domain)</script>";

type Format = "jpeg" | "png" | "webp";

/** A picture of a receipt, as a telephone makes one: with notes about who took it and where. */
export const picture = (format: Format = "jpeg", width = 60, height = 40): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: "#3a7" } })
    .withExif({ IFD0: { Copyright: SECRET, ImageDescription: SCRIPT } })
    .toFormat(format)
    .toBuffer();

/** A PDF of a bank, with a photograph on it, besides what `more` does to it. */
export async function pdf(
  more: (document: PDFDocument) => unknown = () => undefined,
  pages = 1,
): Promise<Buffer<ArrayBuffer>> {
  const document = await PDFDocument.create();
  document.setTitle(SECRET);
  const photo = await document.embedJpg(await picture());
  for (let page = 0; page < pages; page += 1) {
    const sheet = document.addPage([300, 200]);
    sheet.drawText("Transfer berhasil");
    sheet.drawImage(photo, { x: 10, y: 10 });
  }
  await more(document);
  return Buffer.from(await document.save({ useObjectStreams: false }));
}

/** A multipart body by hand, so that it may be wrong. */
export function multipart(
  parts: readonly { readonly headers: readonly string[]; readonly content: Uint8Array | string }[],
  boundary = "batas",
): { readonly type: string; readonly body: Buffer<ArrayBuffer> } {
  const chunks = parts.flatMap(({ headers, content }) => [
    Buffer.from(`--${boundary}\r\n${headers.join("\r\n")}\r\n\r\n`),
    Buffer.from(content as string),
    Buffer.from("\r\n"),
  ]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** The headers of a part that is a file. */
export const fileHeaders = (name = "bukti.jpg", type = "image/jpeg"): string[] => [
  `Content-Disposition: form-data; name="file"; filename="${name}"`,
  `Content-Type: ${type}`,
];
