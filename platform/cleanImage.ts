import sharp from "sharp";

/** The picture formats that are taken in, as their MIME types. */
export type ImageType = "image/jpeg" | "image/png" | "image/webp";

/** Decoded, four bytes each: 160 MB at the worst. Cameras of telephones make 12 to 50 million. */
const PIXELS_MAX = 40_000_000;
/** Text of a photographed receipt is read easily at that size. */
const EDGE_MAX = 3_000;
const CLEAN_WITHIN_S = 10;
const QUALITY = 85;

sharp.cache(false); // no picture comes twice
sharp.concurrency(1); // one thread a picture: several people send at once
// libvips reads some thirty formats, of which it calls many unsafe; what no header of ours lets through stays out.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"] });

const FORMATS = { "image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp" } as const;

/**
 * Decodes a picture and draws it anew, upright and at most 3000 pixels wide and high: of the file that came nothing is
 * left but what one sees. Metadata, colour profiles, further frames and anything before or behind the picture are gone.
 *
 * @returns null for a picture that is broken, cut off, too large, or no picture
 */
export async function cleanImage(content: Uint8Array, type: ImageType): Promise<Buffer | null> {
  try {
    const picture = sharp(content, { limitInputPixels: PIXELS_MAX, failOn: "error", sequentialRead: true, pages: 1 });
    const { format } = await picture.metadata();
    if (format !== FORMATS[type]) return null;
    const drawn = picture
      .autoOrient()
      .resize({ width: EDGE_MAX, height: EDGE_MAX, fit: "inside", withoutEnlargement: true })
      .timeout({ seconds: CLEAN_WITHIN_S });
    if (type === "image/jpeg") return await drawn.flatten().jpeg({ quality: QUALITY }).toBuffer();
    if (type === "image/png") return await drawn.png().toBuffer();
    return await drawn.webp({ quality: QUALITY }).toBuffer();
  } catch {
    return null; // libvips says in many words that it cannot read it; for who sent it they are one
  }
}
