/** What is read of a line of the gateway's settlement file. */
export const SETTLEMENT_FIELDS = [
  "transactionId",
  "orderId",
  "refundKey",
  "vaNumber",
  "type",
  "paymentType",
  "paidOn",
  "settledOn",
  "gross",
  "fee",
  "feeTax",
  "net",
  "currency",
  "payoutReference",
] as const;
export type SettlementField = (typeof SETTLEMENT_FIELDS)[number];

/**
 * What is read of a line of the bank's statement: one signed amount, or one with a column beside it that says which way
 * it went, or one column for each way. Its time, the balance
 * after it and the bank's own number of it tell equal lines of two exports from one line that both have.
 */
export const BANK_FIELDS = [
  "bookedOn",
  "amount",
  "credit",
  "debit",
  "direction",
  "currency",
  "reference",
  "description",
  "payoutReference",
  "time",
  "balance",
  "rowId",
] as const;
export type BankField = (typeof BANK_FIELDS)[number];

/** The headers under which each field may stand. How they are written, large or small, makes no difference. */
export type FileColumns<Field extends string> = { readonly [field in Field]: readonly string[] };

/**
 * Midtrans's documentation shows the dashboard's columns in pictures alone, and a person chooses them there; these are
 * the names that its pictures and the status API have. Others are given by SETTLEMENT_COLUMNS.
 */
export const SETTLEMENT_COLUMNS: FileColumns<SettlementField> = {
  transactionId: ["Transaction ID", "transaction_id"],
  orderId: ["Order ID", "order_id"],
  refundKey: ["Refund Key", "refund_key"],
  vaNumber: ["VA Number", "va_number"],
  type: ["Transaction Type", "Type", "transaction_type"],
  paymentType: ["Payment Type", "Payment Method", "Channel", "payment_type"],
  paidOn: ["Transaction Time", "Payment Time", "transaction_time"],
  settledOn: ["Settlement Date", "Settlement Time", "Payout Date", "settlement_time"],
  gross: ["Gross Amount", "Amount", "gross_amount"],
  fee: ["Fee", "Transaction Fee", "MDR", "fee"],
  feeTax: ["VAT", "Fee VAT", "PPN", "vat"],
  net: ["Net Amount", "Settlement Amount", "net_amount"],
  currency: ["Currency", "currency"],
  payoutReference: ["Payout Reference", "Payout ID", "Batch", "payout_reference"],
};

/** As Indonesian banks name them in the exports of their business pages; others are given by BANK_COLUMNS. */
export const BANK_COLUMNS: FileColumns<BankField> = {
  bookedOn: ["Date", "Booking Date", "Tanggal", "Tanggal Transaksi"],
  amount: ["Amount", "Jumlah", "Mutasi"],
  credit: ["Credit", "Kredit"],
  debit: ["Debit", "Debet"],
  direction: ["DB/CR", "CR/DB", "D/C", "C/D", "D/K", "K/D", "DB/KR", "Debit/Credit", "Debit/Kredit", "Debet/Kredit"],
  currency: ["Currency", "Mata Uang"],
  reference: ["Reference", "Referensi", "No. Referensi"],
  description: ["Description", "Keterangan", "Uraian"],
  payoutReference: ["Payout Reference", "Payout ID"],
  time: ["Time", "Booking Time", "Jam", "Waktu"],
  balance: ["Balance", "Running Balance", "Saldo"],
  rowId: ["Transaction ID", "Journal Number", "No. Jurnal"],
};

const HEADERS_MAX = 20; // of one field: nobody's exports have more names for it

/**
 * Puts headers of one's own before those that are known: `{"gross": ["Jumlah"], "fee": "Biaya"}`.
 *
 * @returns null where the text is no such JSON, or names a field that there is not
 */
export function withOwnColumns<Field extends string>(
  known: FileColumns<Field>,
  json: string | null,
): FileColumns<Field> | null {
  if (json === null) return known;
  let own: unknown;
  try {
    own = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof own !== "object" || own === null || Array.isArray(own)) return null;
  const columns: Record<string, readonly string[]> = { ...known };
  for (const [field, value] of Object.entries(own)) {
    const headers: unknown[] = Array.isArray(value) ? value : [value];
    const isRight = headers.length > 0 && headers.length <= HEADERS_MAX;
    if (!isRight || !headers.every((header) => typeof header === "string" && header.trim() !== "")) return null;
    if (!Object.hasOwn(known, field)) return null;
    columns[field] = [...(headers as string[]), ...((known as Record<string, readonly string[]>)[field] ?? [])];
  }
  return columns as FileColumns<Field>;
}
