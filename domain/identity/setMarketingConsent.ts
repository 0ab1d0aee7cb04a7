import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { requireRight } from "./rights.access.ts";

/**
 * Whether the caller wants mails that are about no purchase of his, such as a reminder of his cart. Nobody does before
 * he says so. The same again changes nothing.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN
 */
export async function setMarketingConsent(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: { readonly consent: boolean },
): Promise<UserId> {
  requireRight(actor, "own.account");
  const { userId } = actor;
  if (!userId) throw new Refusal("FORBIDDEN", "Only people get mails");
  await inTransaction(app.db, (tx) =>
    tx.sql(
      `update users set marketing_consent = $2, marketing_consent_at = $3, updated_at = $3
        where id = $1 and (marketing_consent <> $2 or marketing_consent_at is null)`,
      [userId, input.consent, app.clock.now()],
    ),
  );
  return userId;
}
