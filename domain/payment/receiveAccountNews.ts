import type { App } from "../app.ts";
import { SECOND_MS } from "../kernel/time.ts";

/** Whatever anybody sends, the gateway is asked about one account this seldom. */
const LOOKS_APART_MS = 3 * SECOND_MS;

/**
 * Takes news of a linked account. Nothing of it is believed, signed or not: where it names an account of ours, the next
 * round of looks asks the gateway. Copies are harmless: they only bring the same look forward.
 *
 * @throws Refusal INVALID_INPUT for a body that is not of its form
 */
export async function receiveAccountNews(
  app: Pick<App, "db" | "clock" | "accounts">,
  body: string,
): Promise<"stored" | "unknown"> {
  const { accountId } = app.accounts.readNews(body);
  if (accountId === null) return "unknown";
  const now = app.clock.now();
  const found = await app.db.sql(
    `update linked_accounts
        set next_look_at = least(next_look_at,
                                 greatest($2::timestamptz,
                                          last_looked_at + make_interval(secs => $3::double precision)))
      where gateway_account_id = $1 and state in ('PENDING', 'LINKED', 'UNLINKING', 'EXPIRED') returning id`,
    [accountId, now, LOOKS_APART_MS / SECOND_MS],
  );
  return found.length > 0 ? "stored" : "unknown";
}
