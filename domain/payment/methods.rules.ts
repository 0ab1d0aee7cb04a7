import { DAY_MS, MINUTE_MS } from "../kernel/time.ts";

/** Words for people, in the two languages that the shop speaks. */
export interface Words {
  readonly id: string;
  readonly en: string;
}

/** What the gateway is asked for: its `payment_type`, and the members of the object that is named after it. */
export interface ChargeParts {
  readonly paymentType: string;
  readonly parts: Readonly<Record<string, string>>;
}

/** What a method's refund API takes. */
export interface RefundRule {
  readonly partial: boolean;
  /** After the settlement. */
  readonly withinDays: number;
  /** Minutes of a day in Asia/Jakarta between which it takes none; left out: it always does. */
  readonly closed?: { readonly fromMinute: number; readonly toMinute: number };
}

interface MethodRow {
  readonly method: string;
  readonly label: Words;
  /** CARD: one that the gateway keeps; customers choose it as CREDIT_CARD. */
  readonly kind: "PAGE" | "QR" | "WALLET" | "VA" | "BILL" | "COUNTER" | "CARD" | "OFFLINE";
  /** Core: charged here and shown by us. null: the customer pays on the gateway's hosted page, or not there at all. */
  readonly charge: ChargeParts | null;
  /** On a hosted page: the ways it may offer, in the gateway's words; null: all that are activated. */
  readonly pageOnly: readonly string[] | null;
  /** Whole rupiah, both inclusive. */
  readonly min: number;
  readonly max: number;
  /** How long the gateway lets it be paid where nobody says, and at most, in ms; null: no limit of its own. */
  readonly defaultMs: number | null;
  readonly longestMs: number | null;
  /** What its refund API takes; null: it has none. */
  readonly refund: RefundRule | null;
  /** For how long after a settlement the bank may still take it back, in ms; 0: never. */
  readonly reversalMs: number;
}

/** No limit is stated: what a JSON integer can hold. */
const UNSTATED = Number.MAX_SAFE_INTEGER;
/** The documented reversals come 1 to 5 minutes after the payment. */
const REVERSAL_MS = 10 * MINUTE_MS;
const ACCOUNT_LONGEST_MS = 180 * DAY_MS;

type Account = Pick<MethodRow, "kind" | "pageOnly" | "refund" | "defaultMs" | "longestMs">;
const ACCOUNT: Account = {
  kind: "VA",
  pageOnly: null,
  refund: null,
  defaultMs: DAY_MS,
  longestMs: ACCOUNT_LONGEST_MS,
};
const transferTo = (bank: string): ChargeParts => ({ paymentType: "bank_transfer", parts: { bank } });
const WALLET = { kind: "WALLET", pageOnly: null, defaultMs: 15 * MINUTE_MS, reversalMs: 0 } as const;
const counterAt = (store: string): ChargeParts => ({ paymentType: "cstore", parts: { store } });

/**
 * Every way to pay: the one place that knows their names, limits and rights. Limits, lives and refund rules are those
 * of Midtrans's documentation (payment amounts, custom expiry, refund features); where its pages differ, the stricter.
 */
const ROWS = [
  {
    method: "SNAP",
    label: { id: "Semua metode (halaman Midtrans)", en: "All methods (Midtrans page)" },
    kind: "PAGE",
    charge: null,
    pageOnly: null,
    min: 1,
    max: 20_000_000_000,
    defaultMs: DAY_MS,
    longestMs: 7 * DAY_MS,
    refund: { partial: true, withinDays: 7 },
    reversalMs: REVERSAL_MS,
  },
  {
    method: "QRIS",
    label: { id: "QRIS", en: "QRIS" },
    kind: "QR",
    charge: { paymentType: "qris", parts: { acquirer: "gopay" } },
    pageOnly: null,
    min: 1,
    max: 10_000_000,
    defaultMs: 15 * MINUTE_MS,
    longestMs: 7 * DAY_MS,
    refund: { partial: true, withinDays: 7 },
    reversalMs: 0,
  },
  {
    ...WALLET,
    method: "GOPAY",
    label: { id: "GoPay", en: "GoPay" },
    charge: { paymentType: "gopay", parts: {} },
    min: 1,
    max: 20_000_000,
    longestMs: 7 * DAY_MS,
    refund: { partial: true, withinDays: 45 },
  },
  {
    ...WALLET,
    method: "SHOPEEPAY",
    label: { id: "ShopeePay", en: "ShopeePay" },
    charge: { paymentType: "shopeepay", parts: {} },
    min: 1,
    max: 20_000_000,
    longestMs: 5 * DAY_MS,
    refund: { partial: false, withinDays: 365, closed: { fromMinute: 23 * 60 + 50, toMinute: 6 * 60 } },
  },
  {
    ...ACCOUNT,
    method: "VA_BCA",
    label: { id: "BCA Virtual Account", en: "BCA virtual account" },
    charge: transferTo("bca"),
    min: 10_000,
    max: 20_000_000_000,
    reversalMs: 0,
  },
  {
    ...ACCOUNT,
    method: "VA_BNI",
    label: { id: "BNI Virtual Account", en: "BNI virtual account" },
    charge: transferTo("bni"),
    min: 1,
    max: UNSTATED,
    reversalMs: 0,
  },
  {
    ...ACCOUNT,
    method: "VA_BRI",
    label: { id: "BRI Virtual Account (BRIVA)", en: "BRI virtual account (BRIVA)" },
    charge: transferTo("bri"),
    min: 1,
    max: 20_000_000_000,
    reversalMs: 0,
  },
  {
    ...ACCOUNT,
    method: "VA_CIMB",
    label: { id: "CIMB Niaga Virtual Account", en: "CIMB Niaga virtual account" },
    charge: transferTo("cimb"),
    min: 1,
    max: 250_000_000,
    reversalMs: 0,
  },
  {
    ...ACCOUNT,
    method: "VA_PERMATA",
    label: { id: "Permata Virtual Account", en: "Permata virtual account" },
    charge: transferTo("permata"),
    min: 1,
    max: 9_999_999_999,
    reversalMs: REVERSAL_MS,
  },
  {
    ...ACCOUNT,
    method: "MANDIRI_BILL",
    label: { id: "Mandiri Bill Payment", en: "Mandiri bill payment" },
    kind: "BILL",
    charge: { paymentType: "echannel", parts: {} },
    min: 1,
    max: 50_000_000_000,
    reversalMs: REVERSAL_MS,
  },
  {
    ...ACCOUNT,
    method: "INDOMARET",
    label: { id: "Indomaret", en: "Indomaret" },
    kind: "COUNTER",
    charge: counterAt("indomaret"),
    min: 10_000,
    max: 5_000_000,
    reversalMs: REVERSAL_MS,
  },
  {
    ...ACCOUNT,
    method: "ALFAMART",
    label: { id: "Alfamart", en: "Alfamart" },
    kind: "COUNTER",
    charge: counterAt("alfamart"),
    min: 1,
    max: 5_000_000,
    reversalMs: 0,
  },
  {
    method: "CREDIT_CARD",
    label: { id: "Kartu kredit atau debit", en: "Credit or debit card" },
    kind: "PAGE",
    charge: null,
    pageOnly: ["credit_card"],
    min: 10_000,
    max: 999_999_999,
    defaultMs: DAY_MS,
    longestMs: 7 * DAY_MS,
    refund: { partial: true, withinDays: 180 },
    reversalMs: 0,
  },
  {
    method: "SAVED_CARD",
    label: { id: "Kartu tersimpan", en: "Saved card" },
    kind: "CARD",
    charge: { paymentType: "credit_card", parts: {} },
    pageOnly: null,
    min: 10_000,
    max: 999_999_999,
    defaultMs: DAY_MS,
    longestMs: 7 * DAY_MS,
    refund: { partial: true, withinDays: 180 },
    reversalMs: 0,
  },
  {
    method: "MANUAL_TRANSFER",
    label: { id: "Transfer bank dengan bukti", en: "Bank transfer with a proof" },
    kind: "OFFLINE",
    charge: null,
    pageOnly: null,
    min: 1,
    max: UNSTATED,
    defaultMs: null,
    longestMs: null,
    refund: null,
    reversalMs: 0,
  },
] as const satisfies readonly MethodRow[];

export type PaymentMethod = (typeof ROWS)[number]["method"];
export type MethodInfo = Omit<MethodRow, "method"> & { readonly method: PaymentMethod };

/** What customers choose from: a saved card is chosen as CREDIT_CARD. */
export const METHODS: readonly MethodInfo[] = ROWS.filter(({ kind }) => kind !== "CARD");
export const PAYMENT_METHODS: readonly PaymentMethod[] = METHODS.map(({ method }) => method);
/** A column of methods in the words that customers know, for reads that are shown. */
export const shownMethod = (column: string): string =>
  `case ${column} when 'SAVED_CARD' then 'CREDIT_CARD' else ${column} end as method`;

const BY_METHOD = new Map<string, MethodInfo>(ROWS.map((row) => [row.method, row]));

/** @throws Error for a word that is in no row: only methods of the table are ever stored */
export function methodInfo(method: PaymentMethod): MethodInfo {
  const info = BY_METHOD.get(method);
  if (!info) throw new Error(`no payment method ${method}`);
  return info;
}

/** True where the money never was at the gateway, which has nothing to say of it. */
export const isOffline = (method: string): boolean => BY_METHOD.get(method)?.kind === "OFFLINE";

/** True where the customer pays on a hosted page, on which one choice after another may fail. */
export const usesPage = (method: string): boolean => BY_METHOD.get(method)?.kind === "PAGE";

/** When a try that begins now ends: with the payment, or sooner where the method lives no longer. */
export function expiryOf(method: PaymentMethod, now: Date, paymentExpiresAt: Date): Date {
  const { longestMs } = methodInfo(method);
  if (longestMs === null || paymentExpiresAt.getTime() - now.getTime() <= longestMs) return paymentExpiresAt;
  return new Date(now.getTime() + longestMs);
}

const ofType = (type: string | null) => ROWS.filter(({ charge }) => charge?.paymentType === type);

/**
 * Whether the bank may take back what is settled under a payment type, which names no bank: any of them may. A type
 * that the table does not know is not looked at again; what the gateway tells of it is believed all the same.
 */
export const isReversible = (paymentType: string | null): boolean =>
  ofType(paymentType).some(({ reversalMs }) => reversalMs > 0);

/**
 * The same of what was paid by a method: on a hosted page the payment type tells how, and what it does not tell is
 * taken for reversible.
 */
export function isPaidMethodReversible(method: string | null, paymentType: string | null): boolean {
  const row = method === null ? undefined : BY_METHOD.get(method);
  if (!row) return true;
  if (row.kind !== "PAGE" || row.reversalMs === 0) return row.reversalMs > 0;
  return ofType(paymentType).length === 0 || isReversible(paymentType);
}

/** What a payment type that several methods share is called; a type that we have never seen is shown as it is. */
const SHARED_LABELS: Readonly<Record<string, string>> = {
  MIDTRANS: "Midtrans",
  SNAP: "Midtrans",
  bank_transfer: "Virtual account",
  cstore: "Gerai (Indomaret, Alfamart)",
};

/** The name of what was paid with, in Indonesian, from the gateway's payment type or our own method's name. */
export function labelOfPaid(word: string): string {
  const own = BY_METHOD.get(word) ?? METHODS.find(({ pageOnly }) => pageOnly?.includes(word));
  return SHARED_LABELS[word] ?? own?.label.id ?? ofType(word)[0]?.label.id ?? word;
}
