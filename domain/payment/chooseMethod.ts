import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type SavedCardId, type UserId } from "../kernel/ids.ts";
import type { PaymentMethod } from "./methods.rules.ts";

/** A method as it is tried: a card that the gateway keeps is charged without a page. */
export interface ChosenMethod {
  readonly method: PaymentMethod;
  readonly card: { readonly id: SavedCardId; readonly maskedCard: string } | null;
}

/**
 * What a customer has chosen. His saved card is named by our id of it, never by a token, and only its owner may.
 *
 * @throws Refusal PAYMENT_METHOD_UNAVAILABLE for a card beside another method; NOT_FOUND for one that is not his, or no
 * more
 */
export async function chooseMethod(
  app: Pick<App, "db" | "clock">,
  userId: UserId,
  input: { readonly method: PaymentMethod; readonly savedCardToken?: string | null },
): Promise<ChosenMethod> {
  const { method, savedCardToken: id } = input;
  if ((id && method !== "CREDIT_CARD") || method === "SAVED_CARD") {
    throw new Refusal("PAYMENT_METHOD_UNAVAILABLE", "This payment method takes no saved card", { method });
  }
  if (!id) return { method, card: null };
  const [card] = isId(id)
    ? await app.db.sql<NonNullable<ChosenMethod["card"]>>(
        `select id, masked_card from saved_cards where id = $1 and user_id = $2 and deleted_at is null
            and (expires_at is null or expires_at > $3)`,
        [id, userId, app.clock.now()],
      )
    : [];
  if (!card) throw new Refusal("NOT_FOUND", "There is no such card");
  return { method: "SAVED_CARD", card };
}
