import { failureOf } from "../ui/failure.ts";

/** What the server takes; it looks at the content itself. */
export const PROOF_TYPES = ["image/jpeg", "image/png", "image/webp", "application/pdf"] as const;
/** Of a proof, in bytes: 5 MB, as the server has it. */
const PROOF_BYTES_MAX = 5 * 1024 * 1024;
const KILOBYTE = 1024;

/** What is wrong with a file before it is sent, in the server's words for it; null: nothing that is seen here. */
export function proofTrouble(file: Pick<File, "size" | "type">): "EMPTY" | "TOO_LARGE" | "WRONG_TYPE" | null {
  if (file.size === 0) return "EMPTY";
  if (file.size > PROOF_BYTES_MAX) return "TOO_LARGE";
  // Some systems know no type for a file that is fine: the server decides.
  const isKnown = file.type === "" || PROOF_TYPES.some((type) => type === file.type);
  return isKnown ? null : "WRONG_TYPE";
}

/** A size in bytes as people say it: `340 KB`, `1,2 MB`. */
export function fileSize(bytes: number): string {
  const kilobytes = bytes / KILOBYTE;
  if (kilobytes < KILOBYTE) return `${Math.max(1, Math.round(kilobytes))} KB`;
  return `${(kilobytes / KILOBYTE).toFixed(1).replace(".", ",")} MB`;
}

/** Whether a purchase was refused for its upload: used meanwhile, or removed after a day. Sent again it is good. */
export function isProofGone(error: unknown): boolean {
  const { code, details } = failureOf(error);
  const { fields } = details;
  return code === "INVALID_INPUT" && typeof fields === "object" && fields !== null && "proofUrl" in fields;
}
