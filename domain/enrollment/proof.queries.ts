import type { UploadType } from "../../platform/cleanUpload.ts";
import { signLink } from "../../platform/signedLink.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { isId, type PaymentId } from "../kernel/ids.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { proofPath } from "./proof.rules.ts";

/** Long enough to look at it, too short to be worth passing on. */
const LINK_MS = 15 * MINUTE_MS;

export interface ProofLink {
  readonly proofUrl: string;
  readonly expiresAt: Date;
}

/** A link that shows an uploaded proof for 15 minutes to whoever holds it: to be given to its owner and to staff. */
export function signProof(app: Pick<App, "clock" | "settings">, id: string): ProofLink {
  const { publicUrl, linkSecret } = app.settings;
  const expiresAt = later(app.clock.now(), LINK_MS);
  return { proofUrl: `${publicUrl}${signLink(linkSecret, proofPath(id), expiresAt)}`, expiresAt };
}

export interface ProofFile {
  readonly content: Buffer;
  readonly contentType: UploadType;
}

/** An uploaded proof; null where there is none of that id. */
export async function readProof(app: Pick<App, "db" | "uploads">, id: string): Promise<ProofFile | null> {
  if (!isId(id)) return null;
  const [row] = await app.db.sql<{ contentType: UploadType }>("select content_type from uploads where id = $1", [id]);
  if (!row) return null;
  const content = await app.uploads.read(id.toLowerCase());
  return content && { content, contentType: row.contentType };
}

/** Payments that are listed for one proof: one is enough of a warning. */
const SAME_PROOF_MAX = 20;

/**
 * Other payments, anybody's, that show the same file as these: the same as it was sent, or the same once its notes were
 * taken off. First come the earliest, 20 at the most. One statement.
 */
export const readSameProofs = (
  source: { sql: Sql },
  ids: readonly PaymentId[],
): Promise<{ paymentId: PaymentId; usedBy: PaymentId }[]> =>
  source.sql<{ paymentId: PaymentId; usedBy: PaymentId }>(
    `select u.payment_id, same.payment_id as used_by
       from uploads u
      cross join lateral (
        select o.payment_id, o.used_at, o.id from uploads o
         where o.payment_id is not null and o.id <> u.id
           and (o.digest = u.digest or o.sent_digest = u.sent_digest)
         order by o.used_at, o.id limit ${SAME_PROOF_MAX}
      ) same
      where u.payment_id = any($1::uuid[]) order by same.used_at, same.id`,
    [ids],
  );
