import { isDatabaseAway } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { CARD_CONTEXT } from "./savedCard.queries.ts";

const BATCH = 10;
/** A look whose worker died, or whose gateway was away, is due again after this. */
const LEASE_MS = 5 * MINUTE_MS;

interface Paid {
  readonly id: string;
  readonly gatewayTransactionId: string;
  readonly userId: UserId;
}

// A card that its owner has deleted since stays deleted.
const KEEP = `
  insert into saved_cards (id, user_id, token_sealed, token_hash, masked_card, bank, expires_at, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (token_hash) do nothing`;

async function keepOf(app: App, paid: Paid): Promise<void> {
  const card = await app.subscriptions.fetchRememberedCard(paid.gatewayTransactionId);
  killPoint("card.looked-up");
  if (card) {
    await app.db.sql(KEEP, [
      app.ids.next<"savedCard">(),
      paid.userId,
      app.sealer.seal(card.token, CARD_CONTEXT),
      app.sealer.lookup(card.token, CARD_CONTEXT),
      card.maskedCard,
      card.bank,
      card.expiresAt,
      app.clock.now(),
    ]);
  }
  killPoint("card.kept");
  await app.db.sql("update payment_transactions set card_look_at = null where id = $1", [paid.id]);
}

/**
 * Asks the gateway, of each payment by card on its page, whether the payer let it keep the card, and keeps its token
 * sealed. No card number or CVV is in that answer, and a payment never waits for it. Several workers may run it: each
 * look is claimed by one, and a token is kept once.
 *
 * @returns how many payments were looked at
 */
export async function keepSavedCards(app: App): Promise<number> {
  const now = app.clock.now();
  const due = await app.db.sql<Paid>(
    `update payment_transactions t set card_look_at = $2 from payments p
      where p.id = t.payment_id and t.id in (
        select id from payment_transactions
         where gateway_payment_type = 'credit_card' and state = 'PAID' and card_look_at <= $1
           and gateway_transaction_id is not null and method in ('SNAP', 'CREDIT_CARD')
         order by card_look_at limit ${BATCH} for update skip locked)
      returning t.id, t.gateway_transaction_id, p.user_id`,
    [now, later(now, LEASE_MS)],
  );
  for (const paid of due) {
    await keepOf(app, paid).catch((error: unknown) => {
      const isOutage = error instanceof GatewayUnavailable || isDatabaseAway(error);
      app.log[isOutage ? "warn" : "error"]({ err: error, transactionId: paid.id }, "a saved card is looked for again");
    });
  }
  return due.length;
}
