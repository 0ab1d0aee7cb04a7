import { bulkhead, isBulkheadRejectedError } from "cockatiel";
import { fileTypeFromBuffer } from "file-type";
import { cleanImage, type ImageType } from "./cleanImage.ts";
import { cleanPdf } from "./cleanPdf.ts";
import type { PdfTrouble } from "./stripPdf.ts";

/** What is taken in, as MIME types. */
export const UPLOAD_TYPES = ["image/jpeg", "image/png", "image/webp", "application/pdf"] as const;
export type UploadType = ImageType | "application/pdf";

/** Why a file is not taken in; BUSY: too many are looked at right now. */
export type UploadTrouble = PdfTrouble | "WRONG_TYPE" | "TOO_LARGE" | "BUSY";

/** Cleaned at once by one process: each takes a core and up to some hundred MB. */
const AT_ONCE = 2;
/** Wait in line; more of them would hold more of other people's 5 MB than a small machine has. */
const WAITING_MAX = 30;
/** A picture that was packed better by its sender than we pack it grows a little. */
const CLEAN_BYTES_MAX = 10_000_000;

export interface CleanUpload {
  readonly content: Uint8Array;
  readonly type: UploadType;
}

const line = bulkhead(AT_ONCE, WAITING_MAX);

const isTaken = (type: string | undefined): type is UploadType => UPLOAD_TYPES.some((each) => each === type);

async function clean(content: Uint8Array): Promise<CleanUpload | UploadTrouble> {
  const found = await fileTypeFromBuffer(content);
  const type = found?.mime;
  if (!isTaken(type)) return "WRONG_TYPE";
  const cleaned = type === "application/pdf" ? await cleanPdf(content) : await cleanImage(content, type);
  if (cleaned === null) return "UNREADABLE";
  if (typeof cleaned === "string") return cleaned;
  return cleaned.length > CLEAN_BYTES_MAX ? "TOO_LARGE" : { content: cleaned, type };
}

/**
 * Tells a picture or a PDF by what is in it, never by what it is called, and makes it anew: see cleanImage and
 * cleanPdf. What one person sends holds nobody's request up for long.
 */
export async function cleanUpload(content: Uint8Array): Promise<CleanUpload | UploadTrouble> {
  try {
    return await line.execute(() => clean(content));
  } catch (error) {
    if (isBulkheadRejectedError(error)) return "BUSY";
    throw error;
  }
}
