import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openUploadShop, type UploadShop } from "../../support/uploadShop.ts";
import { pdf, picture, SCRIPT, SECRET } from "../../support/uploads.ts";

/** More of them where the machine has the time. */
const RUNS = Number(process.env["UPLOAD_RUNS"] ?? "30");

let shop: UploadShop;
let originals: readonly Buffer[];
beforeAll(async () => {
  shop = await openUploadShop();
  originals = [await picture("jpeg"), await picture("png"), await picture("webp"), await pdf(), Buffer.from(SCRIPT)];
});
afterAll(() => shop?.stop());

type Change =
  | { readonly kind: "flip"; readonly at: number; readonly to: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "tail"; readonly of: number }
  | { readonly kind: "head"; readonly of: number }
  | { readonly kind: "graft"; readonly at: number; readonly of: number };

const place = fc.double({ min: 0, max: 1, noNaN: true });
const which = fc.nat({ max: 4 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: place, to: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant("cut" as const), at: place }),
  fc.record({ kind: fc.constant("tail" as const), of: which }),
  fc.record({ kind: fc.constant("head" as const), of: which }),
  fc.record({ kind: fc.constant("graft" as const), at: place, of: which }),
);

/** A file that is two at once, or one that is broken somewhere. */
function changed(file: Buffer, one: Change): Buffer {
  if (one.kind === "tail" || one.kind === "head") {
    const both = [file, originals[one.of] as Buffer];
    return Buffer.concat(one.kind === "tail" ? both : both.reverse());
  }
  const at = Math.floor(one.at * file.length);
  if (one.kind === "cut") return file.subarray(0, at);
  if (one.kind === "graft")
    return Buffer.concat([file.subarray(0, at), originals[one.of] as Buffer, file.subarray(at)]);
  const copy = Buffer.from(file);
  if (at < copy.length) copy[at] = one.to;
  return copy;
}

const name = fc.oneof(
  fc.constantFrom("../../x.jpg", "a/b.pdf", "C:\\x.png", ".htaccess", "bukti.jpg.exe", "x;y.png", "%00.jpg"),
  fc.string({ maxLength: 40 }).map((text) => text.replace(/["\r\n]/g, "_")),
);

test(
  "whatever is sent is refused with a code, or kept as a picture or a PDF without a trace of the rest",
  () =>
    fc.assert(
      fc.asyncProperty(which, fc.array(change, { maxLength: 4 }), name, async (first, changes, called) => {
        await shop.signIn();
        const before = [shop.files().length, await shop.rows()];
        const content = changes.reduce(changed, originals[first] as Buffer);
        const { status, error, proofUrl, contentType } = await shop.send(content, called);
        if (status !== 201) {
          expect([status, error?.code]).toEqual([400, "UPLOAD_REFUSED"]);
          expect([shop.files().length, await shop.rows()]).toEqual(before);
          return;
        }
        const kept = await shop.bytesOf(proofUrl as string);
        expect(kept.includes(SECRET) || kept.includes(SCRIPT)).toBe(false);
        if (contentType === "application/pdf") expect(kept.subarray(0, 5).toString()).toBe("%PDF-");
        else expect(`image/${(await sharp(kept).metadata()).format}`).toBe(contentType);
      }),
      { numRuns: RUNS },
    ),
  120_000,
);
