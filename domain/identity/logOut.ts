import { hashOfToken } from "../../platform/credentials.ts";
import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { TokenFamilyId } from "./issueRefreshToken.ts";
import { revokeFamily } from "./revokeFamily.ts";

/** Ends the sign-in that a refresh token belongs to. Nothing happens for one that is unknown or ended already. */
export async function logOut(app: Pick<App, "db" | "clock">, token: string): Promise<void> {
  const now = app.clock.now();
  await inTransaction(app.db, async (tx) => {
    const [stored] = await tx.sql<{ familyId: TokenFamilyId }>(
      "select family_id from refresh_tokens where token_hash = $1",
      [hashOfToken(token)],
    );
    if (stored) await revokeFamily(tx, stored.familyId, now);
  });
}
