import { randomInt } from "node:crypto";
import type { Method } from "./methods.ts";
import type { Wire } from "./wire.ts";

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join("");

/** Numbers that banks really give: a fixed company part and the rest. Lengths as in the samples of midtrans.md. */
const VA_FORMS: Record<string, { prefix: string; length: number }> = {
  bca: { prefix: "81278", length: 15 },
  bni: { prefix: "988", length: 16 },
  bri: { prefix: "12345", length: 18 },
  cimb: { prefix: "90190", length: 16 },
  danamon: { prefix: "89890", length: 16 },
  bsi: { prefix: "90040", length: 16 },
  seabank: { prefix: "53500", length: 16 },
  saqu: { prefix: "87510", length: 16 },
};

/** What a shop may ask for about the instrument; all of it optional. */
export interface Wanted {
  /** Digits of a number of the shop's own choice (midtrans.md 2.4, 3.5). */
  number?: string | undefined;
  acquirer?: string | undefined;
  payerPhone?: string | undefined;
}

/** `count` digits: the wanted ones, cut where they are longer and padded in front where they are shorter. */
const ownDigits = (count: number, wanted: string | undefined): string =>
  wanted === undefined ? digits(count) : wanted.slice(0, count).padStart(count, "0");

/** CRC-16/CCITT-FALSE in four upper-case hex digits, the closing field of a QRIS text. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff) >>> 0;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

const field = (id: string, value: string): string => `${id}${String(value.length).padStart(2, "0")}${value}`;

/** An EMV merchant-presented text with the shape of QRIS, for a merchant that no wallet knows. */
export function qrText(transactionId: string, amount: number): string {
  const account = field("00", "COM.GO-JEK.WWW") + field("01", "936009140000000000") + field("03", "UME");
  const reference = field("05", transactionId.replaceAll("-", "").slice(0, 25));
  const parts = [
    field("00", "01"),
    field("01", "12"),
    field("26", account),
    field("52", "5399"),
    field("53", "360"),
    field("54", String(amount)),
    field("58", "ID"),
    field("59", "TOKO SIMULASI"),
    field("60", "JAKARTA"),
    field("62", reference),
  ];
  const open = `${parts.join("")}6304`;
  return open + crc16(open);
}

/** Members of the wire body that are fixed when the buyer picks the method: numbers, codes, acquirer. */
export function instrumentOf(method: Method, onDesktop: boolean, wanted: Wanted = {}): Wire {
  switch (method.paymentType) {
    case "bank_transfer": {
      if (method.bank === "permata") return { permata_va_number: `8562${ownDigits(12, wanted.number)}` };
      const form = VA_FORMS[method.bank ?? "bca"] ?? { prefix: "", length: 16 };
      const number = form.prefix + ownDigits(form.length - form.prefix.length, wanted.number);
      return { va_numbers: [{ bank: method.bank, va_number: number }] };
    }
    case "echannel":
      return { biller_code: "70012", bill_key: `99${ownDigits(10, wanted.number)}` };
    case "cstore":
      return { store: method.code, payment_code: digits(method.code === "indomaret" ? 14 : 16) };
    case "qris":
      return { acquirer: wanted.acquirer ?? "gopay" };
    case "gopay":
      return onDesktop ? { acquirer: "gopay" } : {};
    case "shopeepay":
      return onDesktop ? { acquirer: "airpay shopee" } : {};
    case "ovo":
      return { payer_phone_number: wanted.payerPhone ?? "+6281200000001", merchant_invoice: digits(12) };
    case "credit_card":
      return { masked_card: "48111111-1114", card_type: "credit", bank: method.bank };
    case "dana":
    case "akulaku":
    case "kredivo":
      return {};
  }
}

/** The number that buyers type, where the instrument has one. */
export function numberIn(instrument: Wire): string | undefined {
  const accounts = instrument["va_numbers"] as { va_number: string }[] | undefined;
  const number = accounts?.[0]?.va_number ?? instrument["permata_va_number"] ?? instrument["bill_key"];
  return typeof number === "string" ? number : undefined;
}
