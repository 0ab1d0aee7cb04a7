import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { recordAudit } from "./recordAudit.ts";
import { requireRight } from "./rights.access.ts";

/**
 * Staff says who is a member of the institution, and so may buy at its price. What was bought stays bought. The same
 * again changes nothing.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND | SECOND_PERSON_NEEDED (it is the caller himself)
 */
export async function setMember(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: { readonly userId: string; readonly isMember: boolean },
): Promise<UserId> {
  requireRight(actor, "member.set");
  const { isMember } = input;
  const notFound = () => new Refusal("NOT_FOUND", "There is no such account");
  if (!isId(input.userId)) throw notFound();
  const userId = input.userId as UserId;
  if (userId === actor.userId) throw new Refusal("SECOND_PERSON_NEEDED", "Somebody else has to say so of you");
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const [user] = await tx.sql<{ isMember: boolean }>("select is_member from users where id = $1 for no key update", [
      userId,
    ]);
    if (!user) throw notFound();
    if (user.isMember === isMember) return;
    await tx.sql("update users set is_member = $2, updated_at = $3 where id = $1", [userId, isMember, now]);
    await recordAudit(tx, now, actor, {
      permission: "member.set",
      entity: "user",
      entityId: userId,
      before: { isMember: user.isMember },
      after: { isMember },
    });
    killPoint("member.written");
  });
  killPoint("member.kept");
  return userId;
}
