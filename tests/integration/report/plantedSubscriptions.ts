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

const ACCOUNT = ids.next<"linkedAccount">();

/** A linked account of the same customer's, with its log; healthy but for what a breach changes. */
async function addAccount(q: Write, { open }: PlantedShop, change = "", isLogged = true): Promise<void> {
  await q(
    `insert into linked_accounts (id, user_id, state, masked_phone, gateway_account_id, next_look_at, linked_at,
                                  created_at, updated_at)
     values ($1, (select user_id from payments where id = $2), 'LINKED', '+62812****0001', 'planted', $3, $3, $3, $3)`,
    [ACCOUNT, open.paymentId, NOW],
  );
  const steps = [
    [null, "LINKING", "asked"],
    ["LINKING", "PENDING", "answered"],
    ["PENDING", "LINKED", "enabled"],
  ];
  for (const [from, to, event] of isLogged ? steps : []) {
    await q(
      `insert into linked_account_logs (linked_account_id, from_state, to_state, event, source, at)
       values ($1, $2, $3, $4, 'SYSTEM', $5)`,
      [ACCOUNT, from, to, event, NOW],
    );
  }
  if (change) await q(`update linked_accounts set ${change} where id = $1`, [ACCOUNT]);
}

async function addStranger(q: Write): Promise<string> {
  const id = ids.next<"user">();
  await q(
    `insert into users (id, email, email_key, password_hash, name, role, created_at, updated_at)
     values ($1::uuid, $1::uuid::text, $1::uuid::text, 'x', 'x', 'CUSTOMER', $2, $2)`,
    [id, NOW],
  );
  return id;
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
  {
    breach: "a subscription that is charged to a card which its owner has deleted",
    sql: async (q, shop) => {
      await addSubscription(q, shop);
      await q("update saved_cards set token_sealed = null, deleted_at = $1", [NOW]);
    },
    says: () => ["SUBSCRIPTION_MEANS LSUB-PLANT1"],
  },
  {
    breach: "a subscription that is charged to somebody else's account",
    sql: async (q, shop) => {
      await addAccount(q, shop);
      await q("update linked_accounts set user_id = $1", [await addStranger(q)]);
      const change = `method = 'GOPAY', saved_card_id = null, linked_account_id = '${ACCOUNT}'`;
      await addSubscription(q, shop, change);
    },
    says: () => ["SUBSCRIPTION_MEANS LSUB-PLANT1"],
  },
  {
    breach: "a try that charges another customer's card",
    sql: async (q, { open }) => {
      const stranger = await addStranger(q);
      const card = ids.next<"savedCard">();
      await q(
        `insert into saved_cards (id, user_id, token_sealed, token_hash, masked_card, created_at)
         values ($1, $2, 'x', 'x', '48111111-1114', $3)`,
        [card, stranger, NOW],
      );
      await q("update payments set method = 'SAVED_CARD' where id = $1", [open.paymentId]);
      await q("update payment_transactions set method = 'SAVED_CARD', saved_card_id = $2 where id = $1", [
        open.transactionId,
        card,
      ]);
    },
    says: ({ open }) => [`CARD_OWNER ${open.gatewayOrderId}`],
  },
  {
    breach: "a linked account without its log",
    sql: (q, shop) => addAccount(q, shop, "", false),
    says: () => [`LINKED_ACCOUNT_LOG ${ACCOUNT}`],
  },
  {
    breach: "a linked account in a state that its log does not end at",
    sql: (q, shop) => addAccount(q, shop, "state = 'PENDING'"),
    says: () => [`LINKED_ACCOUNT_LOG ${ACCOUNT}`],
  },
  {
    breach: "a linked account that nobody will look at",
    sql: (q, shop) => addAccount(q, shop, "next_look_at = null"),
    says: () => [`LINKED_ACCOUNT_WATCH ${ACCOUNT}`],
  },
];
