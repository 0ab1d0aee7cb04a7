import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import { checkAccount, type NewAccount } from "./account.rules.ts";
import { hashBounded } from "./checkPassword.ts";
import { issueRefreshToken, type SignedIn } from "./issueRefreshToken.ts";
import { USER_COLUMNS, type User } from "./user.queries.ts";

/**
 * Opens a customer's account and signs it in.
 *
 * @param address where the caller comes from: from there on an address that the account is known by
 * @throws Refusal INVALID_INPUT, EMAIL_TAKEN, RATE_LIMITED (more passwords at once than the machine can hash)
 */
export async function registerAccount(
  app: Pick<App, "db" | "clock" | "ids" | "sealer">,
  input: NewAccount,
  address: string,
): Promise<SignedIn> {
  const account = checkAccount(input);
  const passwordHash = await hashBounded(account.password);
  const now = app.clock.now();
  return inTransaction(app.db, async (tx) => {
    const [user] = await tx.sql<User>(
      `insert into users (id, email, email_key, password_hash, name, phone, role, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, 'CUSTOMER', $7, $7)
       on conflict (email_key) do nothing returning ${USER_COLUMNS}`,
      [app.ids.next<"user">(), account.email, account.emailKey, passwordHash, account.name, account.phone, now],
    );
    if (!user) throw new Refusal("EMAIL_TAKEN", "There is an account with this e-mail address already");
    const familyId = app.ids.next<"tokenFamily">();
    return { user, refreshToken: await issueRefreshToken(tx, { ...app, now }, { userId: user.id, familyId, address }) };
  });
}
