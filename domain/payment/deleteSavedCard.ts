import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type SavedCardId } from "../kernel/ids.ts";

/**
 * Forgets a saved card of the caller's: its token is gone here for good, and can be charged no more. What was paid by
 * it stays. A second run finds it gone.
 *
 * @throws Refusal NOT_FOUND | CONFLICT (subscriptions: their numbers) while one is charged to it: that is cancelled
 * first
 */
export async function deleteSavedCard(app: App, actor: Actor, input: { id: string }): Promise<SavedCardId> {
  requireRight(actor, "own.payments");
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const [card] = isId(input.id)
      ? await tx.sql<{ id: SavedCardId; deletedAt: Date | null }>(
          "select id, deleted_at from saved_cards where id = $1 and user_id = $2 for update",
          [input.id, actor.userId],
        )
      : [];
    if (!card) throw new Refusal("NOT_FOUND", "There is no such card");
    if (card.deletedAt !== null) return card.id;
    const used = await tx.sql<{ number: string }>(
      `select number from subscriptions
        where saved_card_id = $1 and state not in ('SUSPENDED', 'CANCELLED', 'REFUSED') order by number`,
      [card.id],
    );
    if (used.length > 0) {
      throw new Refusal("CONFLICT", "A subscription is charged to this card; cancel that first", {
        subscriptions: used.map(({ number }) => number),
      });
    }
    await tx.sql("update saved_cards set token_sealed = null, deleted_at = $2 where id = $1", [card.id, now]);
    return card.id;
  });
}
