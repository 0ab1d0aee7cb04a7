import { hashOfToken } from "../../platform/credentials.ts";
import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { issueRefreshToken, type SignedIn, type TokenFamilyId } from "./issueRefreshToken.ts";
import { revokeFamily } from "./revokeFamily.ts";
import { USER_COLUMNS, type User } from "./user.queries.ts";

interface StoredToken {
  readonly id: string;
  readonly userId: UserId;
  readonly familyId: TokenFamilyId;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

/** The account that a token still speaks for; null where it was closed. */
async function readOwner(tx: Tx, userId: UserId): Promise<User | null> {
  const [user] = await tx.sql<User>(`select ${USER_COLUMNS} from users where id = $1 and is_active`, [userId]);
  return user ?? null;
}

/** Trades the token inside a transaction that commits in either case: a revocation must last. */
async function trade(
  tx: Tx,
  app: Pick<App, "ids" | "sealer"> & { readonly now: Date },
  token: string,
  address: string,
): Promise<SignedIn | null> {
  const [stored] = await tx.sql<StoredToken>(
    "select id, user_id, family_id, expires_at, used_at from refresh_tokens where token_hash = $1 for update",
    [hashOfToken(token)],
  );
  if (!stored) return null;
  const [revoked] = await tx.sql("select from refresh_tokens where family_id = $1 and revoked_at is not null limit 1", [
    stored.familyId,
  ]);
  if (revoked || stored.expiresAt <= app.now) return null;
  const user = stored.usedAt === null ? await readOwner(tx, stored.userId) : null;
  if (!user) {
    await revokeFamily(tx, stored.familyId, app.now);
    return null;
  }
  await tx.sql("update refresh_tokens set used_at = $2 where id = $1", [stored.id, app.now]);
  return {
    user,
    refreshToken: await issueRefreshToken(tx, app, { userId: user.id, familyId: stored.familyId, address }),
  };
}

/**
 * Trades a refresh token for a new one and reads the account anew, so that a changed role counts from here on. Single
 * use is strict: a token that comes a second time, be it a thief's or another tab's at the same instant, ends the whole
 * sign-in, for nobody can tell which of the two is the thief.
 *
 * @throws Refusal TOKEN_REVOKED unknown, expired, used, revoked, or of a closed account
 */
export async function refreshTokens(
  app: Pick<App, "db" | "clock" | "ids" | "sealer">,
  token: string,
  address: string,
): Promise<SignedIn> {
  const now = app.clock.now();
  const signedIn = await inTransaction(app.db, (tx) => trade(tx, { ...app, now }, token, address));
  if (!signedIn) throw new Refusal("TOKEN_REVOKED", "This sign-in has ended; sign in again");
  return signedIn;
}
