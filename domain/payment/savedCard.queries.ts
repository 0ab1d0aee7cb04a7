import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { SavedCardId } from "../kernel/ids.ts";

/** What a card's token is sealed under. */
export const CARD_CONTEXT = "saved_cards.token";

/** A card as its owner sees it: nothing of it can be charged by. */
export interface SavedCardView {
  readonly id: SavedCardId;
  readonly maskedCard: string;
  readonly bank: string | null;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
}

const CARDS_MAX = 50; // of one customer: the gateway's page offers a handful

/** The caller's own saved cards, the newest first. @throws Refusal UNAUTHENTICATED | FORBIDDEN */
export async function listSavedCards(app: Pick<App, "db">, actor: Actor): Promise<SavedCardView[]> {
  requireRight(actor, "own.payments");
  return app.db.sql<SavedCardView>(
    `select id, masked_card, bank, expires_at, created_at from saved_cards
      where user_id = $1 and deleted_at is null order by created_at desc, id desc limit ${CARDS_MAX}`,
    [actor.userId],
  );
}
