import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { may, requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { lockDiscrepancy } from "./lockDiscrepancy.ts";

/**
 * Makes the actor the one who looks after an open discrepancy. Taking one's own again changes nothing; what another
 * person took stays his, unless the actor may take over.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; CONFLICT when it is over, or another's (details.ownerId)
 */
export async function takeDiscrepancy(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: { readonly id: string },
): Promise<string> {
  requireRight(actor, "reconciliation.resolve");
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const { id, ownerId, resolvedAt } = await lockDiscrepancy(tx, input.id);
    if (resolvedAt) throw new Refusal("CONFLICT", "This discrepancy is over");
    if (ownerId !== null && ownerId === actor.userId) return id;
    if (ownerId !== null && !may(actor, "moneyCase.takeOver"))
      throw new Refusal("CONFLICT", "Somebody else has taken this discrepancy", { ownerId });
    await tx.sql("update discrepancies set owner_id = $2, taken_at = $3 where id = $1", [id, actor.userId, now]);
    killPoint("discrepancy.owner-written");
    await recordAudit(tx, now, actor, {
      permission: ownerId === null ? "reconciliation.resolve" : "moneyCase.takeOver",
      entity: "discrepancy",
      entityId: id,
      before: { ownerId },
      after: { ownerId: actor.userId },
    });
    return id;
  });
}
