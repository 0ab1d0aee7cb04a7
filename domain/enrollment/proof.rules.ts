import { invalidInput } from "../kernel/errors.ts";
import { isId } from "../kernel/ids.ts";

/** Of a file that somebody sends, in bytes: 5 MB. */
export const PROOF_BYTES_MAX = 5 * 1024 * 1024;

const PROOF_CHARS_MAX = 2_000; // no link that a person copies is longer

const PROOF_PATH = "/api/uploads/proofs/";

/** The path of an uploaded proof, which its link's signature covers. */
export const proofPath = (id: string): string => `${PROOF_PATH}${id}`;

/** The upload that such a path names; null for an address elsewhere. */
export const uploadOf = (address: string): string | null =>
  address.startsWith(PROOF_PATH) ? address.slice(PROOF_PATH.length) : null;

/** What a customer shows: a file that he sent us, or an address elsewhere. */
export type ShownProof = { readonly uploadId: string } | { readonly address: string };

/**
 * The proof that an address names. What the upload endpoint answered is known by the shop's own address and path; its
 * signature was for reading and may be over.
 *
 * @throws Refusal INVALID_INPUT for anything else but an https address without a user's name or password in it
 */
export function readProofUrl(proofUrl: string, publicUrl: string): ShownProof {
  const url = proofUrl.length <= PROOF_CHARS_MAX && URL.canParse(proofUrl) ? new URL(proofUrl) : null;
  const refusal = invalidInput({
    proofUrl: `what the upload answered, or an https address of at most ${PROOF_CHARS_MAX} characters`,
  });
  if (url === null || `${url.username}${url.password}` !== "") throw refusal;
  if (url.origin === new URL(publicUrl).origin) {
    const uploadId = url.pathname.slice(url.pathname.lastIndexOf("/") + 1).toLowerCase();
    const isOurs = isId(uploadId) && url.pathname.toLowerCase().endsWith(proofPath(uploadId));
    if (!isOurs) throw refusal;
    return { uploadId };
  }
  if (url.protocol !== "https:") throw refusal;
  return { address: url.href };
}
