import type { UploadType } from "../../platform/cleanUpload.ts";
import { signLink } from "../../platform/signedLink.ts";
import type { App } from "../app.ts";
import { isId } from "../kernel/ids.ts";
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
