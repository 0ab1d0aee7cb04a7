import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { BANK_LINE_CONTEXT, SETTLEMENT_LINE_CONTEXT } from "../kernel/sealedColumns.ts";
import { otherWork } from "./readCsv.ts";
import { type BankLine, digestOf, type SettlementLine, wordsOf } from "./settlementLine.rules.ts";

/** A line that was read, with its place in the file and all that stood there. */
export interface ReadLine<Line> {
  readonly line: number;
  readonly read: Line;
  readonly raw: Readonly<Record<string, string>>;
}

/** Lines of one statement: their rows are some 2 MB of parameters. */
const CHUNK = 1_000;

/** Payout references and words of bank lines meet under this context. */
export const PAYOUT_CONTEXT = "settlement_payouts.reference";

/** Lines between two turns of the process: sealing one takes some 20 us. */
const TURN = 500;

/** Makes a row of each line; counts equal lines, so that the second of them is another one wherever it is read. */
async function rowsOf<Line extends SettlementLine | BankLine>(
  lines: readonly ReadLine<Line>[],
  make: (line: ReadLine<Line>) => object,
): Promise<object[]> {
  const seen = new Map<string, number>();
  const rows: object[] = [];
  for (const [i, each] of lines.entries()) {
    if (i % TURN === 0) await otherWork();
    const digest = digestOf(each.read);
    const occurrence = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, occurrence);
    rows.push({ line: each.line, digest, occurrence, ...make(each) });
  }
  return rows;
}

const STORE_SETTLEMENT = `
  insert into settlement_lines (id, file_id, line, digest, occurrence, type, gateway_transaction_id, gateway_order_id,
                                refund_key, va_number, payment_type, paid_on, settled_on, payout_reference, currency,
                                foreign_gross, gross, fee, fee_tax, net, raw_sealed, state)
  select id, $1, line, digest, occurrence, type, gateway_transaction_id, gateway_order_id, refund_key, va_number,
         payment_type, paid_on, settled_on, payout_reference, currency, foreign_gross, gross, fee, fee_tax, net,
         raw_sealed, 'NEW'
    from jsonb_to_recordset($2::jsonb) as r(id uuid, line integer, digest text, occurrence integer, type text,
           gateway_transaction_id text, gateway_order_id text, refund_key text, va_number text, payment_type text,
           paid_on date, settled_on date, payout_reference text, currency text, foreign_gross text, gross bigint,
           fee bigint, fee_tax bigint, net bigint, raw_sealed text)
   order by digest, occurrence
  on conflict (digest, occurrence) do nothing returning net as amount`;

const STORE_BANK = `
  insert into bank_lines (id, file_id, line, digest, occurrence, booked_on, amount, words, raw_sealed, state)
  select id, $1, line, digest, occurrence, booked_on, amount, words, raw_sealed, 'NEW'
    from jsonb_to_recordset($2::jsonb) as r(id uuid, line integer, digest text, occurrence integer, booked_on date,
           amount bigint, words text[], raw_sealed text)
   order by digest, occurrence
  on conflict (digest, occurrence) do nothing returning amount`;

// Its latest day is when it is paid out; lines that come later are held against the bank anew.
const STORE_PAYOUTS = `
  insert into settlement_payouts (reference, lookup, paid_on)
  select reference, lookup, paid_on
    from jsonb_to_recordset($1::jsonb) as r(reference text, lookup text, paid_on date) order by reference
  on conflict (reference) do update
     set paid_on = greatest(settlement_payouts.paid_on, excluded.paid_on), judged_on = null`;

/** What came in: lines that no earlier file had, and their sum in whole rupiah. */
export interface Stored {
  readonly count: number;
  readonly net: number;
}

async function storeRows(tx: Tx, statement: string, fileId: string, rows: readonly object[]): Promise<Stored> {
  let [count, net] = [0, 0];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const stored = await tx.sql<{ amount: number }>(statement, [fileId, JSON.stringify(rows.slice(at, at + CHUNK))]);
    count += stored.length;
    net += stored.reduce((sum, { amount }) => sum + amount, 0);
  }
  return { count, net };
}

/** The rows of a settlement file's lines, sealed: made before the transaction, which may run again. */
export const settlementRows = (
  app: Pick<App, "ids" | "sealer">,
  lines: readonly ReadLine<SettlementLine>[],
): Promise<object[]> =>
  rowsOf(lines, ({ read, raw }) => ({
    id: app.ids.next<"settlementLine">(),
    type: read.type,
    gateway_transaction_id: read.gatewayTransactionId,
    gateway_order_id: read.gatewayOrderId,
    refund_key: read.refundKey,
    va_number: read.vaNumber,
    payment_type: read.paymentType,
    paid_on: read.paidOn,
    settled_on: read.settledOn,
    payout_reference: read.payoutReference,
    currency: read.currency,
    foreign_gross: read.foreignGross,
    gross: read.gross,
    fee: read.fee,
    fee_tax: read.feeTax,
    net: read.net,
    raw_sealed: app.sealer.seal(JSON.stringify(raw), SETTLEMENT_LINE_CONTEXT),
  }));

/** The payouts that a settlement file names, with the latest day of their lines. */
export function payoutRows(app: Pick<App, "sealer">, lines: readonly ReadLine<SettlementLine>[]): object[] {
  const days = new Map<string, string>();
  for (const { read } of lines) {
    if (read.payoutReference === null) continue;
    const known = days.get(read.payoutReference);
    if (known === undefined || known < read.settledOn) days.set(read.payoutReference, read.settledOn);
  }
  return [...days].map(([reference, paid_on]) => {
    return { reference, lookup: app.sealer.lookup(reference.toUpperCase(), PAYOUT_CONTEXT), paid_on };
  });
}

/** The rows of a bank statement's lines: what it says in words is sealed, and found again by keyed hashes. */
export const bankRows = (app: Pick<App, "ids" | "sealer">, lines: readonly ReadLine<BankLine>[]): Promise<object[]> =>
  rowsOf(lines, ({ read, raw }) => ({
    id: app.ids.next<"bankLine">(),
    booked_on: read.bookedOn,
    amount: read.amount,
    words: wordsOf(read.texts).map((word) => app.sealer.lookup(word, PAYOUT_CONTEXT)),
    raw_sealed: app.sealer.seal(JSON.stringify(raw), BANK_LINE_CONTEXT),
  }));

/** What a file is made of, ready to be written. */
export interface FileRows {
  readonly kind: "SETTLEMENT" | "BANK";
  readonly lines: readonly object[];
  readonly payouts: readonly object[];
}

/** From so many lines on the planner is told of them at once: until it knows it reads all of them for each of them. */
const TELL_FROM = 2_000;

/** Writes the lines of a file that no earlier one had. @returns how many they are, and their sum */
export async function storeLines(tx: Tx, fileId: string, rows: FileRows): Promise<Stored> {
  if (rows.payouts.length > 0) await tx.sql(STORE_PAYOUTS, [JSON.stringify(rows.payouts)]);
  const stored = await storeRows(tx, rows.kind === "BANK" ? STORE_BANK : STORE_SETTLEMENT, fileId, rows.lines);
  if (stored.count >= TELL_FROM) await tx.sql(`analyze ${rows.kind === "BANK" ? "bank_lines" : "settlement_lines"}`);
  return stored;
}
