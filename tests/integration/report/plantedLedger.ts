import { NOW } from "../../support/shopRows.ts";
import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import { HEALTHY_REFUNDS } from "./plantedRefunds.ts";

const ENTRY = 999;
const LINE = "01890000-0000-7000-8000-00000000cccc";
const ADJUSTMENT = "01890000-0000-7000-8000-00000000bbbb";
const [ONE, TWO] = ["01890000-0000-7000-8000-0000000000a1", "01890000-0000-7000-8000-0000000000a2"];

type Line = readonly [account: string, amount: number];

const addEntry = (q: Write, kind: string, paymentId: string | null) =>
  q("insert into ledger_entries (id, kind, at, payment_id) overriding system value values ($1, $2, $3, $4)", [
    ENTRY,
    kind,
    NOW,
    paymentId,
  ]);

async function addLines(q: Write, lines: readonly Line[]): Promise<void> {
  for (const [i, [account, amount]] of lines.entries())
    await q("insert into ledger_postings (entry_id, line, account, amount) values ($1, $2, $3, $4)", [
      ENTRY,
      i + 1,
      account,
      amount,
    ]);
}

async function post(q: Write, kind: string, paymentId: string | null, lines: readonly Line[]): Promise<void> {
  await addEntry(q, kind, paymentId);
  await addLines(q, lines);
}

async function addAdjustment(q: Write, approvedBy: string): Promise<void> {
  await q("alter table ledger_adjustments drop constraint ledger_adjustments_two_people");
  await q(
    `insert into ledger_adjustments (id, postings, reason, requested_by, requested_at, approved_by, approved_at)
     values ($1, $2, 'r', $3, $4, $5, $4)`,
    [
      ADJUSTMENT,
      JSON.stringify([
        { account: "ROUNDING", amount: 5 },
        { account: "SUSPENSE", amount: -5 },
      ]),
      ONE,
      NOW,
      approvedBy,
    ],
  );
}

const twice = (breach: string): string[] => [breach, breach];

/** One breach of each promise about the books: rows and ledger that tell two stories. */
export const PLANTED_LEDGER: readonly PlantedBreach[] = [
  {
    breach: "an entry with one side",
    sql: (q) => post(q, "BANK", null, [["CASH", 5]]),
    says: () => [`LEDGER_ENTRY ${ENTRY}`, "LEDGER_FILES no line"],
  },
  {
    breach: "an entry whose sides differ",
    sql: (q) =>
      post(q, "BANK", null, [
        ["CASH", 5],
        ["PAYOUTS", -4],
      ]),
    says: () => [`LEDGER_ENTRY ${ENTRY}`, ...twice("LEDGER_FILES no line")],
  },
  {
    breach: "an entry without a line",
    sql: (q) => addEntry(q, "BANK", null),
    says: () => [`LEDGER_ENTRY ${ENTRY}`],
  },
  {
    breach: "lines of no entry",
    sql: (q) =>
      addLines(q, [
        ["CASH", 5],
        ["PAYOUTS", -5],
      ]),
    says: () => [`LEDGER_ENTRY ${ENTRY}`],
  },
  {
    breach: "money that was booked under another method",
    sql: (q) => q("update ledger_postings set method = 'GOPAY' where account = 'RECEIVABLE'"),
    says: ({ paid }) => twice(`LEDGER_MONEY ${paid.paymentNumber}`),
  },
  {
    breach: "PPN that was booked as sales",
    sql: (q) => q("update ledger_postings set account = 'SALES' where account = 'PPN_PAYABLE'"),
    says: ({ paid }) => twice(`LEDGER_SALES ${paid.paymentNumber}`),
  },
  {
    breach: "a sale that was booked at no store",
    sql: (q) => q("update ledger_postings set store_id = null where account = 'SALES'"),
    says: ({ paid }) => twice(`LEDGER_SALES ${paid.paymentNumber}`),
  },
  {
    breach: "a sale that was never booked",
    sql: async (q) => {
      await q("delete from ledger_postings where entry_id in (select id from ledger_entries where kind = 'SOLD')");
      await q("delete from ledger_entries where kind = 'SOLD'");
    },
    says: ({ paid }) => [
      ...["SALES", "SHIPPING", "PPN"].map(() => `LEDGER_SALES ${paid.paymentNumber}`),
      `LEDGER_SUSPENSE ${paid.paymentNumber}`,
    ],
  },
  {
    breach: "a refund that is done and was never booked",
    sql: async (q, shop) => HEALTHY_REFUNDS[0]?.(q, shop),
    says: ({ paid }) => [`LEDGER_MONEY ${paid.paymentNumber}`, `LEDGER_BACK ${paid.paymentNumber}`],
  },
  {
    breach: "a refund that is owed and was never booked",
    sql: async (q, shop) => HEALTHY_REFUNDS[2]?.(q, shop),
    says: ({ paid }) => twice(`LEDGER_BACK ${paid.paymentNumber}`),
  },
  {
    breach: "suspense that a payment's rows do not tell of",
    sql: (q, { paid }) =>
      post(q, "CAPTURED", paid.paymentId, [
        ["SUSPENSE", 5],
        ["FEES", -5],
      ]),
    says: ({ paid }) => twice(`LEDGER_SUSPENSE ${paid.paymentNumber}`),
  },
  {
    breach: "a sale of no payment",
    sql: (q) =>
      post(q, "SOLD", null, [
        ["SUSPENSE", 5],
        ["SALES", -5],
      ]),
    says: () => ["LEDGER_SALES no payment", "LEDGER_SUSPENSE no payment"],
  },
  {
    breach: "a line of a settlement file that was matched and never booked",
    sql: (q, { paid }) =>
      q(
        `insert into settlement_lines (id, file_id, line, digest, occurrence, type, transaction_id, settled_on,
                                       currency, gross, fee, fee_tax, net, raw_sealed, state)
         values ($1, $1, 2, 'd', 1, 'PAYMENT', $2, $3, 'IDR', 1000, 70, 0, 930, 'x', 'MATCHED')`,
        [LINE, paid.transactionId, NOW],
      ),
    says: () => ["PAYOUTS", "FEES", "RECEIVABLE"].map(() => `LEDGER_FILES ${LINE}`),
  },
  {
    breach: "a bank's line that fits nothing and was booked as a payout",
    sql: async (q) => {
      await q(
        `insert into bank_lines (id, file_id, line, digest, occurrence, booked_on, amount, words, raw_sealed, state)
         values ($1, $1, 2, 'd', 1, $2, 1000, '{}', 'x', 'UNMATCHED')`,
        [LINE, NOW],
      );
      await post(q, "BANK", null, [
        ["CASH", 1_000],
        ["PAYOUTS", -1_000],
      ]);
      await q("update ledger_entries set bank_line_id = $2 where id = $1", [ENTRY, LINE]);
    },
    says: () => twice(`LEDGER_FILES ${LINE}`),
  },
  {
    breach: "an adjustment that was approved and is not in the books",
    sql: (q) => addAdjustment(q, TWO),
    says: () => twice(`LEDGER_ADJUSTMENT ${ADJUSTMENT}`),
  },
  {
    breach: "an adjustment that nobody asked for",
    sql: (q) =>
      post(q, "ADJUSTMENT", null, [
        ["CASH", 5],
        ["SUSPENSE", -5],
      ]),
    says: () => twice("LEDGER_ADJUSTMENT no adjustment"),
  },
  {
    breach: "an adjustment that one person made",
    sql: async (q) => {
      await addAdjustment(q, ONE);
      await post(q, "ADJUSTMENT", null, [
        ["ROUNDING", 5],
        ["SUSPENSE", -5],
      ]);
      await q("update ledger_entries set adjustment_id = $2 where id = $1", [ENTRY, ADJUSTMENT]);
    },
    says: () => [`LEDGER_ADJUSTMENT ${ADJUSTMENT}`],
  },
];
