import { hashOfToken, newOpaqueToken } from "../../platform/credentials.ts";
import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Id, UserId } from "../kernel/ids.ts";
import { DAY_MS, later } from "../kernel/time.ts";
import type { User } from "./user.queries.ts";

export type TokenFamilyId = Id<"tokenFamily">;

/** What signing in gives: the account, and the one copy of a token that is stored as its hash alone. */
export interface SignedIn {
  readonly user: User;
  readonly refreshToken: string;
}

const REFRESH_TOKEN_MS = 30 * DAY_MS;

/** How addresses are kept: enough to recognise one, not to read it. */
export const addressKeyOf = (app: Pick<App, "sealer">, address: string): string =>
  app.sealer.lookup(address, "refresh_tokens.address");

/** Writes a new token, good for 30 days and one use, and returns its only copy. */
export async function issueRefreshToken(
  tx: Tx,
  app: Pick<App, "ids" | "sealer"> & { readonly now: Date },
  input: { userId: UserId; familyId: TokenFamilyId; address: string },
): Promise<string> {
  const token = newOpaqueToken();
  await tx.sql(
    `insert into refresh_tokens (id, user_id, family_id, token_hash, address_key, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      app.ids.next<"refreshToken">(),
      input.userId,
      input.familyId,
      hashOfToken(token),
      addressKeyOf(app, input.address),
      later(app.now, REFRESH_TOKEN_MS),
      app.now,
    ],
  );
  return token;
}
