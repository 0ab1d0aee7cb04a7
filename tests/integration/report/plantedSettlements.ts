import { NOW } from "../../support/shopRows.ts";
import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import type { PlantedShop } from "./plantedShop.ts";

const FILE = "01890000-0000-7000-8000-00000000f11e";
const LINE = "01890000-0000-7000-8000-000000000001";

const addFile = (q: Write, kind: "SETTLEMENT" | "BANK", done: number) =>
  q(
    `insert into settlement_files (id, sha256, name, kind, bytes, state, rows, done, matched, imported_by, imported_at,
                                   finished_at)
     values ($1, 'x', 'f.csv', $2, 1, 'DONE', 1, $3, $3, $1, $4, $4)`,
    [FILE, kind, done, NOW],
  );

const addLine = (q: Write, { paid }: PlantedShop) =>
  q(
    `insert into settlement_lines (id, file_id, line, digest, occurrence, type, settled_on, currency, gross, fee,
                                   fee_tax, net, raw_sealed, state, transaction_id, payment_id)
     values ($1, $2, 2, 'x', 1, 'PAYMENT', '2026-11-23', 'IDR', 100, 0, 0, 100, 'x', 'MATCHED', $3, $4)`,
    [LINE, FILE, paid.transactionId, paid.paymentId],
  );

const addDiscrepancy = (q: Write, action: string | null) =>
  q(
    `insert into discrepancies (id, day, kind, subject, amount, evidence, actions, opened_at, seen_at, resolved_at,
                                action, resolution)
     values ($1, '2026-11-20', 'PAYOUT', 'payout:PO-1', 5000, '{}', '{}', $2, $2,
             case when $3::text is null then null else $2::timestamptz end, $3, $3)`,
    [LINE, NOW, action],
  );

/** Breaches of what must hold of imported files and of closed days. */
export const PLANTED_SETTLEMENTS: readonly PlantedBreach[] = [
  {
    breach: "a line of a settlement file that is in no book",
    sql: async (q, shop) => {
      await addFile(q, "SETTLEMENT", 1);
      await addLine(q, shop);
    },
    says: () => ["SETTLEMENT_BOOKS f.csv", "SETTLEMENT_BOOKS f.csv"],
  },
  {
    breach: "a line of the bank that is in no book",
    sql: async (q) => {
      await addFile(q, "BANK", 1);
      await q("update settlement_files set matched = 0 where id = $1", [FILE]);
      await q(
        `insert into bank_lines (id, file_id, line, digest, occurrence, booked_on, amount, words, raw_sealed, state)
         values ($1, $2, 2, 'x', 1, '2026-11-23', 100, '{}', 'x', 'UNMATCHED')`,
        [LINE, FILE],
      );
    },
    says: () => ["SETTLEMENT_BANK f.csv", "SETTLEMENT_BANK f.csv"],
  },
  {
    breach: "a file that is done without its line",
    sql: (q) => addFile(q, "SETTLEMENT", 1),
    says: () => ["SETTLEMENT_FILE f.csv"],
  },
  {
    breach: "a payout of which the bank has something else, that nobody was told of",
    sql: async (q) => {
      await addFile(q, "BANK", 1);
      await q("insert into settlement_payouts (reference, lookup, paid_on) values ('PO-1', 'x', '2026-11-23')");
      await q(
        `insert into bank_lines (id, file_id, line, digest, occurrence, booked_on, amount, words, raw_sealed, state,
                                 payout_reference)
         values ($1, $2, 2, 'x', 1, '2026-11-23', 100, '{}', 'x', 'MATCHED', 'PO-1')`,
        [LINE, FILE],
      );
    },
    says: () => ["SETTLEMENT_BANK f.csv", "SETTLEMENT_BANK f.csv", "SETTLEMENT_PAYOUT PO-1"],
  },
  {
    breach: "a proof that stands on a line of the bank with another sum",
    sql: async (q, { paid }) => {
      await addFile(q, "BANK", 1);
      await q(
        `insert into bank_lines (id, file_id, line, digest, occurrence, booked_on, amount, words, raw_sealed, state,
                                 payment_id)
         values ($1, $2, 2, 'x', 1, '2026-11-23', 100, '{}', 'x', 'MATCHED', $3)`,
        [LINE, FILE, paid.paymentId],
      );
    },
    says: () => ["SETTLEMENT_HAND f.csv"],
  },
  {
    breach: "a signed day of which something is open",
    sql: async (q) => {
      await q(
        `insert into reconciliation_runs (day, state, started_at, finished_at, signed_off_by, signed_off_at)
         values ('2026-11-20', 'SIGNED_OFF', $1, $1, $2, $1)`,
        [NOW, FILE],
      );
      await addDiscrepancy(q, null);
    },
    says: () => ["CLOSE_SIGNED 2026-11-20"],
  },
  {
    breach: "a day whose sums are not those of its methods",
    sql: (q) =>
      q(
        `insert into reconciliation_runs (day, state, started_at, finished_at, sales, pending)
         values ('2026-11-20', 'OPEN', $1, $1, 5, 5)`,
        [NOW],
      ),
    says: () => ["CLOSE_SUMS 2026-11-20"],
  },
  {
    breach: "a discrepancy that one person alone has adjusted",
    sql: (q) => addDiscrepancy(q, "ADJUST"),
    says: () => ["CLOSE_ADJUSTED PAYOUT payout:PO-1"],
  },
];
