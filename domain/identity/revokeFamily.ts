import type { Tx } from "../../platform/db.ts";
import type { TokenFamilyId } from "./issueRefreshToken.ts";

/**
 * Ends a sign-in: every token that came from it. Marking the whole family is what makes this safe beside a refresh that
 * runs at the same moment: its new token is born into a family with a revoked member, and is refused.
 */
export async function revokeFamily(tx: Tx, familyId: TokenFamilyId, now: Date): Promise<void> {
  await tx.sql("update refresh_tokens set revoked_at = $2 where family_id = $1 and revoked_at is null", [
    familyId,
    now,
  ]);
}
