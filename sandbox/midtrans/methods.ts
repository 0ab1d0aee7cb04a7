/** Ways to pay, named as Snap's enabled_payments names them (midtrans.md 2.2). */
export type MethodCode =
  | "other_qris"
  | "gopay"
  | "shopeepay"
  | "bca_va"
  | "bni_va"
  | "bri_va"
  | "cimb_va"
  | "permata_va"
  | "echannel"
  | "credit_card"
  | "indomaret"
  | "alfamart"
  | "danamon_va"
  | "bsi_va"
  | "seabank_va"
  | "saqu_va"
  | "dana"
  | "ovo"
  | "akulaku"
  | "kredivo";

export type PaymentType =
  | "qris"
  | "gopay"
  | "shopeepay"
  | "dana"
  | "ovo"
  | "bank_transfer"
  | "echannel"
  | "credit_card"
  | "cstore"
  | "akulaku"
  | "kredivo";

export interface RefundRule {
  partial: boolean;
  /** Days after settlement in which the refund API takes it. */
  windowDays: number;
}

export interface Method {
  code: MethodCode;
  /** Name in the page's stable element ids. */
  testId: string;
  label: string;
  hint: string;
  group: "qr" | "wallet" | "bank" | "card" | "store" | "credit";
  paymentType: PaymentType;
  bank: string | null;
  /** Whole rupiah; null where no limit is stated. */
  min: number;
  max: number | null;
  /** Lifetime of the payment where the shop sets none, in ms; null for cards, which are decided at once. */
  lifetime: number | null;
  /** Least and longest life that a shop may ask for, in ms. */
  shortest: number;
  longest: number;
  refund: RefundRule | null;
  /** Fee that may be passed to the buyer: basis points of the amount and a fixed part in rupiah (midtrans.md 11.4). */
  fee: { bps: number; fixed: number };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** Lives that most methods allow: 20 s to 180 days. */
const LIVES = { shortest: 20 * SECOND, longest: 180 * DAY } as const;

const va = (code: MethodCode, bank: string, label: string, min: number, max: number | null): Method => ({
  code,
  testId: code,
  label,
  hint: "Transfer ke nomor virtual account",
  group: "bank",
  paymentType: "bank_transfer",
  bank,
  min,
  max,
  lifetime: DAY,
  ...LIVES,
  refund: null,
  fee: { bps: 0, fixed: 4_440 },
});

type Wallet = "gopay" | "shopeepay" | "dana" | "ovo";

const wallet = (code: Wallet, label: string, longest: number, refund: RefundRule): Method => ({
  code,
  testId: code,
  label,
  hint: "Buka aplikasi, atau pindai QR dari komputer",
  group: "wallet",
  paymentType: code,
  bank: null,
  min: 1,
  max: 20_000_000,
  lifetime: 15 * MINUTE,
  ...LIVES,
  longest,
  refund,
  fee: { bps: 200, fixed: 0 },
});

const credit = (code: "akulaku" | "kredivo", label: string, min: number, windowDays: number): Method => ({
  code,
  testId: code,
  label,
  hint: "Beli sekarang, bayar kemudian",
  group: "credit",
  paymentType: code,
  bank: null,
  min,
  max: null,
  lifetime: code === "akulaku" ? 120 * MINUTE : DAY,
  ...LIVES,
  refund: { partial: true, windowDays },
  fee: { bps: 200, fixed: 0 },
});

const store = (code: MethodCode, label: string, min: number): Method => ({
  code,
  testId: code,
  label,
  hint: "Bayar tunai di kasir dengan kode pembayaran",
  group: "store",
  paymentType: "cstore",
  bank: null,
  min,
  max: 5_000_000,
  lifetime: DAY,
  ...LIVES,
  refund: null,
  fee: { bps: 0, fixed: 5_000 },
});

/**
 * Limits: midtrans.md 8.1; lifetimes: 3.3; refund rules: 4.3, with ShopeePay in full only as 13 decides. A method added
 * later stands at the end, as the first one that takes an amount is what the control API chooses unless told.
 */
export const METHODS: readonly Method[] = [
  {
    code: "other_qris",
    testId: "qris",
    label: "QRIS",
    hint: "Pindai dengan aplikasi bank atau dompet apa pun",
    group: "qr",
    paymentType: "qris",
    bank: null,
    min: 1,
    max: 10_000_000,
    lifetime: 15 * MINUTE,
    ...LIVES,
    longest: 7 * DAY,
    refund: { partial: true, windowDays: 7 },
    fee: { bps: 70, fixed: 0 },
  },
  wallet("gopay", "GoPay", 7 * DAY, { partial: true, windowDays: 45 }),
  wallet("shopeepay", "ShopeePay", 5 * DAY, { partial: false, windowDays: 365 }),
  va("bca_va", "bca", "BCA Virtual Account", 10_000, 20_000_000_000),
  va("bni_va", "bni", "BNI Virtual Account", 1, null),
  va("bri_va", "bri", "BRI Virtual Account", 1, 20_000_000_000),
  va("cimb_va", "cimb", "CIMB Niaga Virtual Account", 1, 250_000_000),
  va("permata_va", "permata", "Permata Virtual Account", 1, 9_999_999_999),
  {
    ...va("echannel", "mandiri", "Mandiri Bill Payment", 1, 50_000_000_000),
    hint: "Bayar dengan kode perusahaan dan kode bayar",
    paymentType: "echannel",
  },
  {
    code: "credit_card",
    testId: "credit_card",
    label: "Kartu kredit atau debit",
    hint: "Visa, Mastercard, JCB",
    group: "card",
    paymentType: "credit_card",
    bank: "bni",
    min: 10_000,
    max: 999_999_999,
    lifetime: null,
    ...LIVES,
    refund: { partial: true, windowDays: 180 },
    fee: { bps: 290, fixed: 2_000 },
  },
  store("indomaret", "Indomaret", 10_000),
  store("alfamart", "Alfamart", 1),
  va("danamon_va", "danamon", "Danamon Virtual Account", 1, null),
  va("bsi_va", "bsi", "BSI Virtual Account", 1_000, null),
  va("seabank_va", "seabank", "SeaBank Virtual Account", 10_000, 100_000_000),
  va("saqu_va", "saqu", "Bank Saqu Virtual Account", 1, null),
  { ...wallet("dana", "DANA", DAY, { partial: true, windowDays: 45 }), shortest: 15 * MINUTE },
  {
    ...wallet("ovo", "OVO", 65 * SECOND, { partial: false, windowDays: 7 }),
    hint: "Setujui pemberitahuan di aplikasi OVO",
    max: 99_999_999,
    lifetime: 65 * SECOND,
    shortest: 65 * SECOND,
  },
  credit("akulaku", "Akulaku PayLater", 5_000, 180),
  credit("kredivo", "Kredivo", 1, 14),
];

const BY_CODE = new Map<string, Method>(METHODS.map((method) => [method.code, method]));

/** The method of that code. Only codes from METHODS are ever stored, so a miss is a defect. */
export function methodOf(code: MethodCode): Method {
  const method = BY_CODE.get(code);
  if (!method) throw new Error(`no method ${code}`);
  return method;
}

/** Codes that an enabled_payments value stands for; a name that this merchant has not activated stands for none. */
function expand(value: string): string[] {
  if (value === "bank_transfer") return METHODS.filter((m) => m.paymentType === "bank_transfer").map((m) => m.code);
  if (value === "cstore" || value === "store") return ["indomaret", "alfamart"];
  if (value === "qris") return ["other_qris"];
  if (value === "other_va") return ["bni_va"];
  return [value];
}

/** The methods that a page offers, in the page's order: all where the shop names none (midtrans.md 2.1). */
export function offeredMethods(enabled: readonly string[] | undefined): Method[] {
  if (!enabled || enabled.length === 0) return [...METHODS];
  const codes = new Set(enabled.flatMap(expand));
  return METHODS.filter((method) => codes.has(method.code));
}

/** Whether the method takes this amount in whole rupiah. */
export const acceptsAmount = (method: Method, amount: number): boolean =>
  amount >= method.min && (method.max === null || amount <= method.max);

/** The method to stand for a payment_type, with its bank or store where given; undefined where there is none. */
export function methodForType(paymentType: string, detail?: string): Method | undefined {
  // The name under which the oldest integrations charge Permata accounts (midtrans.md 3.3).
  if (paymentType === "permata") return methodOf("permata_va");
  const fits = METHODS.filter((method) => method.paymentType === paymentType);
  return fits.find((method) => method.bank === detail || method.code === detail) ?? (detail ? undefined : fits[0]);
}

/** Banks whose accounts the Core API charges; the others are known to Snap's page alone (midtrans.md 3.5). */
const CORE_BANKS: readonly string[] = ["bca", "bni", "bri", "cimb", "permata"];

/** Whether /v2/charge knows this method. */
export const isChargeable = ({ paymentType, bank }: Method): boolean =>
  paymentType !== "bank_transfer" || CORE_BANKS.includes(bank ?? "");

/** Whether the method's payments live this long, in ms, at a shop's wish. */
export const acceptsLife = ({ shortest, longest }: Method, ms: number): boolean => ms >= shortest && ms <= longest;
