import { createHash } from "node:crypto";
import { type CleanUpload, cleanUpload, type UploadTrouble, type UploadType } from "../../platform/cleanUpload.ts";
import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { type ProofLink, signProof } from "./proof.queries.ts";
import { PROOF_BYTES_MAX } from "./proof.rules.ts";

/** Proofs of one account that no payment shows: who sends more is not paying. */
const UNUSED_MAX = 20;
const BUSY_FOR_S = 5;

type ProofApp = Pick<App, "db" | "clock" | "ids" | "uploads" | "settings">;

/** Why a file is refused, in the words of `details.reason`. */
const WORDS: Readonly<Record<Exclude<UploadTrouble, "BUSY"> | "EMPTY", string>> = {
  EMPTY: "The file is empty",
  WRONG_TYPE: "Only JPEG, PNG, WebP and PDF files are taken",
  TOO_LARGE: "The file is larger than 5 MB",
  UNREADABLE: "The file is broken, or too large when it is opened",
  ENCRYPTED: "The PDF is locked; save it without a password",
  ACTIVE: "The PDF holds a script, a form that sends, or another file",
  TOO_MANY_PAGES: "The PDF has more than 20 pages",
};

/** UPLOAD_REFUSED, with the reason. */
export const uploadRefusal = (reason: keyof typeof WORDS): Refusal =>
  new Refusal("UPLOAD_REFUSED", WORDS[reason], { reason });

async function countUnused(app: ProofApp, userId: UserId): Promise<number> {
  const [row] = await app.db.sql<{ unused: number }>(
    "select count(*)::integer as unused from uploads where owner_id = $1 and payment_id is null",
    [userId],
  );
  return row?.unused ?? 0;
}

async function clean(content: Uint8Array): Promise<CleanUpload> {
  if (content.length === 0) throw uploadRefusal("EMPTY");
  if (content.length > PROOF_BYTES_MAX) throw uploadRefusal("TOO_LARGE");
  const result = await cleanUpload(content);
  if (result === "BUSY") {
    throw new Refusal("RATE_LIMITED", "Too many files at once; try again", { retryAfter: BUSY_FOR_S });
  }
  if (typeof result === "string") throw uploadRefusal(result);
  return result;
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export interface StoredProof extends ProofLink {
  readonly contentType: UploadType;
  /** Of what is kept. */
  readonly bytes: number;
}

/**
 * Keeps a proof of payment that somebody sends: a picture or a PDF, told by its content, drawn anew without what it
 * says about who made it, sealed. The file is written before its row, and both before the answer; a file without a row,
 * and a proof that no payment shows within a day, are removed by purgeUploads. Each run keeps another one.
 *
 * @returns the address to give to createEnrollmentPayment, which shows the file for 15 minutes
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | UPLOAD_REFUSED (reason) | RATE_LIMITED: nothing is kept
 */
export async function storeProof(app: ProofApp, actor: Actor, content: Uint8Array): Promise<StoredProof> {
  requireRight(actor, "own.enrollments");
  const { userId } = actor;
  if (!userId) throw new Refusal("FORBIDDEN", "Only people show proofs");
  if ((await countUnused(app, userId)) >= UNUSED_MAX) {
    throw new Refusal("RATE_LIMITED", `${UNUSED_MAX} proofs wait for their payments; use one of them first`);
  }
  const kept = await clean(content);
  const id = app.ids.next<"upload">();
  await app.uploads.write(id, kept.content);
  killPoint("upload.file-written");
  const now = app.clock.now();
  await inTransaction(app.db, (tx) =>
    tx.sql(
      `insert into uploads (id, owner_id, content_type, bytes, digest, sent_digest, created_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, userId, kept.type, kept.content.length, digestOf(kept.content), digestOf(content), now],
    ),
  );
  killPoint("upload.stored");
  return { ...signProof(app, id), contentType: kept.type, bytes: kept.content.length };
}
