import type { CardPart, Transaction } from "../model.ts";

const at = (text: string): number => Date.parse(`${text.replace(" ", "T")}+07:00`);

const TIME = at("2026-03-14 10:05:00");

/** A QRIS payment settled at 10:06:20: what all samples share unless they say otherwise. */
const base: Omit<Transaction, "id" | "order_id"> = {
  token: null,
  born: TIME,
  method: "other_qris",
  gross_amount: 150_000,
  original_amount: 150_000,
  status: "settlement",
  fraud_status: "accept",
  transaction_at: TIME,
  expires_at: at("2026-03-15 10:05:00"),
  batch_at: null,
  settled_at: at("2026-03-14 10:06:20"),
  instrument: {},
  echo: {},
  refunds: [],
  callback_url: null,
  notification_urls: [],
  history: [],
};

const sample = (number: string, change: Partial<Transaction>): Transaction => ({
  ...base,
  id: `9aed5972-5b6a-401e-894b-0000000000${number}`,
  order_id: `ORD-N-${number}`,
  ...change,
});

const cardPart = (approval: string | null, response: CardPart["channel_response"]): CardPart => ({
  outcome: "accept",
  type: "authorize_capture",
  eci: "05",
  three_ds: "none",
  channel_response: response,
  approval_code: approval,
  saves: false,
  user_id: null,
  wrong_codes: 0,
});

const APPROVED = { code: "00", message: "Approved" };

const card = (number: string, masked: string, part: CardPart, change: Partial<Transaction>): Transaction =>
  sample(number, {
    method: "credit_card",
    settled_at: null,
    instrument: { masked_card: masked, card_type: "credit", bank: "bni" },
    card: part,
    ...change,
  });

const captured = (change: Partial<Transaction>): Transaction =>
  card("01", "48111111-1114", cardPart("1773457264000", APPROVED), { status: "capture", ...change });

/** The messages of midtrans.md 6.6 by name, as the transactions that they tell of. */
export const SAMPLES: Readonly<Record<string, Transaction>> = {
  card_captured: captured({}),
  card_settled: captured({ status: "settlement", settled_at: at("2026-03-15 16:02:11") }),
  card_challenge: card("02", "45111111-1117", cardPart("1773457264001", null), {
    status: "capture",
    fraud_status: "challenge",
  }),
  card_denied: card("03", "49111111-1113", cardPart(null, { code: "05", message: "Do not honour" }), {
    status: "deny",
  }),
  gopay_paid: sample("04", { method: "gopay", settled_at: at("2026-03-14 10:06:10") }),
  qris_paid: sample("05", {
    instrument: { acquirer: "gopay", merchant_cross_reference_id: "0197f326-973a-743c-b0a9-000000000005" },
  }),
  shopeepay_paid: sample("06", { method: "shopeepay", settled_at: at("2026-03-14 10:06:30") }),
  bca_va_pending: sample("07", {
    method: "bca_va",
    status: "pending",
    settled_at: null,
    instrument: { va_numbers: [{ va_number: "812785002530231", bank: "bca" }] },
  }),
  bni_va_paid: sample("08", {
    method: "bni_va",
    settled_at: at("2026-03-14 10:42:03"),
    instrument: { va_numbers: [{ va_number: "9880000000111111", bank: "bni" }] },
  }),
  permata_va_paid: sample("09", {
    method: "permata_va",
    settled_at: at("2026-03-14 10:20:06"),
    instrument: { permata_va_number: "8562000087926752" },
  }),
  mandiri_bill_paid: sample("10", {
    method: "echannel",
    settled_at: at("2026-03-14 10:58:44"),
    instrument: { biller_code: "70012", bill_key: "990000000260" },
  }),
  indomaret_paid: sample("11", {
    method: "indomaret",
    settled_at: at("2026-03-14 13:13:56"),
    instrument: { store: "indomaret", payment_code: "300063000630006300" },
  }),
  alfamart_paid: sample("12", {
    method: "alfamart",
    settled_at: at("2026-03-14 13:18:04"),
    instrument: { store: "alfamart", payment_code: "300063000630006301" },
  }),
  akulaku_paid: sample("13", { method: "akulaku", settled_at: at("2026-03-14 10:56:55") }),
  va_expired: sample("14", {
    method: "permata_va",
    status: "expire",
    settled_at: null,
    instrument: { permata_va_number: "8562000087926753" },
  }),
  cancelled: sample("15", { method: "gopay", status: "cancel", settled_at: null }),
  gopay_partly_refunded: sample("04", {
    method: "gopay",
    status: "partial_refund",
    settled_at: at("2026-03-14 10:06:10"),
    refunds: [
      {
        chargeback_id: 5513,
        chargeback_uuid: "b2f1c0de-0a51-4c1d-8a55-000000000004",
        key: "ORD-N-04-r1",
        amount: 40_000,
        reason: "item kosong",
        created_at: at("2026-03-16 09:00:00"),
        confirms_at: at("2026-03-17 09:00:00"),
        bank_confirmed_at: null,
      },
    ],
  }),
};
