import { randomBytes } from "node:crypto";
import { type SavedCardId, uuidv7 } from "../../domain/kernel/ids.ts";
import { CARD_CONTEXT } from "../../domain/payment/savedCard.queries.ts";
import { loadKeyring } from "../../platform/config.ts";
import { createSealer } from "../../platform/secrets.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { RunningShop } from "./stack.ts";

/** A published test card that is accepted, as a customer would type it; and the sandbox's own demo key. */
const CARD = { card_number: "4811111111111114", card_exp_month: "12", card_exp_year: "2039", card_cvv: "123" };
const CLIENT_KEY = "SB-Mid-client-lunas-demo-key-0001";

export interface SavedCard {
  readonly id: SavedCardId;
  /** As the gateway knows it. */
  readonly token: string;
}

/** Has the gateway keep a card, and the shop its token, as a payment on the hosted page would have left both. */
export async function saveCard(
  shop: Pick<RunningShop, "sandboxUrl" | "dataDir">,
  sql: Sql,
  userId: string,
): Promise<SavedCard> {
  const query = new URLSearchParams({ ...CARD, client_key: CLIENT_KEY });
  const response = await fetch(`${shop.sandboxUrl}/v2/card/register?${query}`);
  const said = (await response.json()) as { saved_token_id?: string; masked_card?: string };
  if (!said.saved_token_id) throw new Error(`no card is kept: ${response.status} ${JSON.stringify(said)}`);
  const sealer = createSealer(loadKeyring({ DATA_DIR: shop.dataDir }).dataKeys);
  const id = uuidv7(Date.now(), randomBytes(10)) as SavedCardId;
  await sql(
    `insert into saved_cards (id, user_id, token_sealed, token_hash, masked_card, created_at)
     values ($1, $2, $3, $4, $5, now())`,
    [
      id,
      userId,
      sealer.seal(said.saved_token_id, CARD_CONTEXT),
      sealer.lookup(said.saved_token_id, CARD_CONTEXT),
      said.masked_card,
    ],
  );
  return { id, token: said.saved_token_id };
}
