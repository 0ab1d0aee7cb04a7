import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import { checkCredentials } from "./account.rules.ts";
import { checkPassword } from "./checkPassword.ts";
import { addressKeyOf, issueRefreshToken, type SignedIn } from "./issueRefreshToken.ts";
import { ADDRESS_KNOWN_MS, signInLimits } from "./signIn.rules.ts";
import { USER_COLUMNS, type User } from "./user.queries.ts";

type Candidate = User & { readonly passwordHash: string; readonly isActive: boolean; readonly isKnown: boolean };

/**
 * Signs in. Each wrong password counts for its address and its account; the right one counts for nothing. The same
 * statements and the same hashing happen whether or not the account exists.
 *
 * @throws Refusal INVALID_INPUT, BAD_CREDENTIALS, TOO_MANY_ATTEMPTS (details.retryAfter, seconds), FORBIDDEN (right
 * password of an account that was closed), RATE_LIMITED
 */
export async function logIn(
  app: Pick<App, "db" | "clock" | "ids" | "sealer" | "limits">,
  input: { readonly email: string; readonly password: string },
  address: string,
): Promise<SignedIn> {
  const { emailKey, password } = checkCredentials(input);
  const now = app.clock.now();
  const [found] = await app.db.sql<Candidate>(
    `select ${USER_COLUMNS}, password_hash, is_active,
            exists (select from refresh_tokens t
                     where t.user_id = u.id and t.address_key = $2 and t.created_at > $3) as is_known
       from users u where email_key = $1`,
    [emailKey, addressKeyOf(app, address), new Date(now.getTime() - ADDRESS_KNOWN_MS)],
  );
  const limits = signInLimits(emailKey, address, found?.isKnown ?? false);
  const waitMs = await app.limits.consume(limits);
  if (waitMs !== null) {
    throw new Refusal("TOO_MANY_ATTEMPTS", "Too many wrong passwords", { retryAfter: Math.ceil(waitMs / 1000) });
  }
  // A password that the machine was too busy to look at was not wrong.
  const isRight = await checkPassword(found?.passwordHash ?? null, password).catch(async (error: unknown) => {
    await app.limits.giveBack(limits);
    throw error;
  });
  if (!found || !isRight) throw new Refusal("BAD_CREDENTIALS", "The e-mail address or the password is wrong");
  await app.limits.giveBack(limits);
  if (!found.isActive) throw new Refusal("FORBIDDEN", "This account is closed");
  const { passwordHash: _hash, isActive: _active, isKnown: _known, ...user } = found;
  const familyId = app.ids.next<"tokenFamily">();
  const refreshToken = await inTransaction(app.db, (tx) =>
    issueRefreshToken(tx, { ...app, now }, { userId: user.id, familyId, address }),
  );
  return { user, refreshToken };
}
