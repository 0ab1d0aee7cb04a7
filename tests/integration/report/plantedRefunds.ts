import { NOW } from "../../support/shopRows.ts";
import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import { LONG_AGO, type PlantedShop } from "./plantedShop.ts";

const REFUND_ID = "01890000-0000-7000-8000-00000000aaaa";
const [ONE, TWO] = ["01890000-0000-7000-8000-0000000000a1", "01890000-0000-7000-8000-0000000000a2"];
const PART = 1_000;

interface Planted {
  readonly status?: string;
  readonly keyNumber?: number;
  readonly attempts?: number;
  readonly nextAttemptAt?: Date | null;
  readonly gatewayRefundId?: string | null;
  readonly approvedBy?: string;
  readonly isByHand?: true;
  readonly isNoted?: false;
}

const SUMS = [
  "update payment_transactions set refunded_amount = $2 where payment_id = $1",
  "update payments set refunded_amount = $2, status = 'PARTIALLY_REFUNDED' where id = $1",
] as const;

/** A small refund of the paid order as the shop leaves it; healthy but for what a breach changes. */
async function addRefund(q: Write, { paid, shelf }: PlantedShop, planted: Planted = {}): Promise<void> {
  const { status = "SUCCEEDED", gatewayRefundId = planted.isByHand ? null : "7001", approvedBy = ONE } = planted;
  await q(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, key_number, attempts,
                          next_attempt_at, gateway_refund_id, approved_by, approved_at, settled_by, bank_reference,
                          created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'r', $6, 'STAFF', $7, $8, $9, $10, $11::uuid,
             case when $11::uuid is not null then $14::timestamptz end, $12, $13, $14, $14)`,
    [
      REFUND_ID,
      paid.paymentId,
      paid.transactionId,
      paid.orderId,
      PART,
      status,
      planted.keyNumber ?? 1,
      planted.attempts ?? 1,
      planted.nextAttemptAt === undefined ? null : planted.nextAttemptAt,
      gatewayRefundId,
      planted.isByHand ? approvedBy : null,
      planted.isByHand ? TWO : null,
      planted.isByHand ? "TRX-1" : null,
      NOW,
    ],
  );
  if (status !== "SUCCEEDED") {
    await q("update orders set payment_status = 'REFUND_PENDING' where id = $1", [paid.orderId]);
    return;
  }
  for (const sql of SUMS) await q(sql, [paid.paymentId, PART]);
  if (planted.isByHand) {
    await q("update payment_transactions set refunded_by_hand = $2 where payment_id = $1", [paid.paymentId, PART]);
    await q(
      `insert into refund_accounts (id, refund_id, bank_code, account_sealed, masked, set_by, set_at)
       values ($1, $1, 'BCA', 'x', 'BCA', $2, $3)`,
      [REFUND_ID, ONE, NOW],
    );
  }
  await q(
    `insert into payment_logs (payment_id, step, from_status, to_status, detail, source, at)
     values ($1, 'partiallyRefunded', 'PAID', 'PARTIALLY_REFUNDED', '{}', 'MIDTRANS', $2)`,
    [paid.paymentId, NOW],
  );
  await q("update orders set payment_status = 'PARTIALLY_REFUNDED' where id = $1", [paid.orderId]);
  if (planted.isNoted !== false) await addNote(q, shelf.storeId, paid.orderId, 1);
}

async function addNote(q: Write, storeId: string, orderId: string, sequence: number, tax = 0): Promise<void> {
  await q(
    `insert into credit_notes (id, number, store_id, year, sequence, invoice_id, refund_id, amount, tax, snapshot,
                               issued_at)
     select $1, 'CN/X/' || $4::integer, $2, 2026, $4::integer, id, $1, $5, $6, '{}', $7
       from invoices where order_id = $3`,
    [REFUND_ID, storeId, orderId, sequence, PART, tax, NOW],
  );
  await q("insert into credit_note_counters (store_id, year, last) values ($1, 2026, $2)", [storeId, 1]);
}

const tried = (q: Write, key: string, outcome: string) =>
  q("insert into refund_attempts (refund_id, refund_key, outcome, at) values ($1, $2, $3, $4)", [
    REFUND_ID,
    key,
    outcome,
    NOW,
  ]);

export const HEALTHY_REFUNDS: readonly ((q: Write, shop: PlantedShop) => Promise<unknown>)[] = [
  (q, shop) => addRefund(q, shop),
  (q, shop) => addRefund(q, shop, { isByHand: true }),
  async (q, shop) => {
    await addRefund(q, shop, { status: "PENDING", keyNumber: 2, nextAttemptAt: NOW });
    await tried(q, `${REFUND_ID}-01`, "FAILED");
  },
];

const refundPieces = (q: Write, { paid }: PlantedShop, quantity: number, restock: boolean) =>
  q("insert into refund_items (refund_id, order_item_id, quantity, restock) values ($1, $2, $3, $4)", [
    REFUND_ID,
    paid.itemId,
    quantity,
    restock,
  ]);

/** One breach of each promise about refunds. */
export const PLANTED_REFUNDS: readonly PlantedBreach[] = [
  {
    breach: "a refund of more pieces than were bought",
    sql: async (q, shop) => {
      await addRefund(q, shop);
      await refundPieces(q, shop, 3, false);
    },
    says: ({ paid }) => [`PIECES ${paid.orderNumber}`],
  },
  {
    breach: "a refund whose pieces never came back on the shelf",
    sql: async (q, shop) => {
      await addRefund(q, shop);
      await refundPieces(q, shop, 1, true);
    },
    says: () => [`PIECES ${REFUND_ID}`],
  },
  {
    breach: "a refund that was tried more often than it may be",
    sql: (q, shop) => addRefund(q, shop, { attempts: 13 }),
    says: () => [`REFUND_KEY ${REFUND_ID}`],
  },
  {
    breach: "a refund that goes out under a key that was refused",
    sql: async (q, shop) => {
      await addRefund(q, shop, { status: "PENDING", nextAttemptAt: NOW });
      await tried(q, `${REFUND_ID}-01`, "FAILED");
    },
    says: () => [`REFUND_KEY ${REFUND_ID}`],
  },
  {
    breach: "a new key without a refusal of the one before",
    sql: (q, shop) => addRefund(q, shop, { keyNumber: 2 }),
    says: () => [`REFUND_KEY ${REFUND_ID}`],
  },
  {
    breach: "a try under a key of another refund",
    sql: async (q, shop) => {
      await addRefund(q, shop);
      await tried(q, `${ONE}-01`, "PENDING");
    },
    says: () => [`REFUND_KEY ${REFUND_ID}`],
  },
  {
    breach: "a refund that is done in nobody's books",
    sql: (q, shop) => addRefund(q, shop, { gatewayRefundId: null }),
    says: () => [`REFUND_END ${REFUND_ID}`],
  },
  {
    breach: "a transfer that one person approved and made",
    sql: async (q, shop) => {
      await q("alter table refunds drop constraint if exists refunds_two_people");
      await q("alter table refunds drop constraint if exists refunds_check");
      await addRefund(q, shop, { isByHand: true, approvedBy: TWO });
    },
    says: () => [`REFUND_END ${REFUND_ID}`],
  },
  {
    breach: "a transfer that its own owner approved",
    sql: async (q, shop) => {
      await addRefund(q, shop, { isByHand: true });
      await q("update refunds r set approved_by = p.user_id from payments p where r.id = $1 and p.id = r.payment_id", [
        REFUND_ID,
      ]);
    },
    says: () => [`REFUND_END ${REFUND_ID}`],
  },
  {
    breach: "a transfer to no account",
    sql: async (q, shop) => {
      await addRefund(q, shop, { isByHand: true });
      await q("delete from refund_accounts where refund_id = $1", [REFUND_ID]);
    },
    says: () => [`REFUND_END ${REFUND_ID}`],
  },
  {
    breach: "a sum paid by hand that no refund stands for",
    sql: async (q, shop) => {
      await addRefund(q, shop);
      await q("update payment_transactions set refunded_by_hand = 1 where id = $1", [shop.paid.transactionId]);
    },
    says: ({ paid }) => [`REFUND_END ${paid.gatewayOrderId}`],
  },
  {
    breach: "a refund under way that nobody works on",
    sql: (q, shop) => addRefund(q, shop, { status: "PROCESSING" }),
    says: () => [`REFUND_DUE ${REFUND_ID}`],
  },
  {
    breach: "a refund whose hour is long past",
    sql: (q, shop) =>
      addRefund(q, shop, { status: "PENDING", nextAttemptAt: new Date(LONG_AGO.getTime() - 48 * 3_600_000) }),
    says: () => [`REFUND_DUE ${REFUND_ID}`],
  },
  {
    breach: "money that went back without a credit note",
    sql: (q, shop) => addRefund(q, shop, { isNoted: false }),
    says: () => [`CREDIT_NOTE ${REFUND_ID}`],
  },
  {
    breach: "a credit note with more PPN than its invoice",
    sql: async (q, shop) => {
      await addRefund(q, shop, { isNoted: false });
      await addNote(q, shop.shelf.storeId, shop.paid.orderId, 1, 900_000_000);
    },
    says: () => ["CREDIT_NOTE INV/BATIK-SEKAR/2026/000001"],
  },
  {
    breach: "a gap in the numbers of credit notes",
    sql: async (q, shop) => {
      await addRefund(q, shop, { isNoted: false });
      await addNote(q, shop.shelf.storeId, shop.paid.orderId, 2);
    },
    says: ({ shelf }) => [`CREDIT_NOTE ${shelf.storeId} 2026`],
  },
];
