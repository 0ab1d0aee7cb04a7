import { ids, NOW } from "../../support/shopRows.ts";
import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import type { PlantedShop } from "./plantedShop.ts";

/** An active subscription whose months were paid by nothing; healthy but for what a breach changes. */
async function addSubscription(q: Write, { open }: PlantedShop, change = "", isLogged = true): Promise<void> {
  const [packageId, cardId, id] = [ids.next(), ids.next(), ids.next()];
  const owner = "(select user_id from payments where id = $2)";
  await q(
    `insert into packages (id, slug, name, is_bundle, monthly_price, created_at)
     values ($1, 'bulanan', 'B', true, 50000, $2)`,
    [packageId, NOW],
  );
  await q(
    `insert into saved_cards (id, user_id, token_sealed, token_hash, masked_card, created_at)
     values ($1, ${owner}, 'x', 'x', '48111111-1114', $3)`,
    [cardId, open.paymentId, NOW],
  );
  await q(
    `insert into subscriptions (id, number, user_id, package_id, method, saved_card_id, amount, state, sent_at,
                                starts_at, next_look_at, created_at, updated_at)
     values ($1, 'LSUB-PLANT1', ${owner}, $3, 'CREDIT_CARD', $4, 50000, 'PENDING', $5, $5, $5, $5, $5)`,
    [id, open.paymentId, packageId, cardId, NOW],
  );
  const steps = [
    [null, "STARTING", "created"],
    ["STARTING", "PENDING", "found"],
  ];
  for (const [from, to, event] of isLogged ? steps : []) {
    await q(
      `insert into subscription_logs (subscription_id, from_state, to_state, event, source, at)
       values ($1, $2, $3, $4, 'SYSTEM', $5)`,
      [id, from, to, event, NOW],
    );
  }
  if (change) await q(`update subscriptions set ${change} where id = $1`, [id]);
}

/** Breaches of what is charged month by month. */
export const PLANTED_SUBSCRIPTIONS: readonly PlantedBreach[] = [
  {
    breach: "a subscription that lets in for a month that nobody paid",
    sql: (q, shop) => addSubscription(q, shop, "paid_until = starts_at + interval '40 days'"),
    says: () => ["MONTHS LSUB-PLANT1"],
  },
  {
    breach: "a subscription without its log",
    sql: (q, shop) => addSubscription(q, shop, "", false),
    says: () => ["SUBSCRIPTION_LOG LSUB-PLANT1"],
  },
  {
    breach: "a subscription in a state that its log does not end at",
    sql: (q, shop) => addSubscription(q, shop, "state = 'ACTIVE'"),
    says: () => ["SUBSCRIPTION_LOG LSUB-PLANT1"],
  },
  {
    breach: "a subscription that nobody will look at",
    sql: (q, shop) => addSubscription(q, shop, "next_look_at = null"),
    says: () => ["SUBSCRIPTION_WATCH LSUB-PLANT1"],
  },
];
