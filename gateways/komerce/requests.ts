import { dayInJakarta, HOUR_MS, later } from "../../domain/kernel/time.ts";
import type {
  BookingParty,
  BookingRatesRequest,
  BookingRequest,
  LabelPage,
  PickupRequest,
} from "../../domain/shipping/courierGateway.ts";

const GRAMS_PER_KG = 1_000;
const WIB_MS = 7 * HOUR_MS;

/** `HH:mm:ss` in Asia/Jakarta. */
const timeInJakarta = (at: Date): string => later(at, WIB_MS).toISOString().slice(11, 19);

/** Kilograms with a dot: this API alone weighs so. No pin points: regular and cargo services need none. */
export const ratesQuery = (request: BookingRatesRequest): Record<string, string> => ({
  shipper_destination_id: String(request.originId),
  receiver_destination_id: String(request.destinationId),
  weight: String(request.weightGrams / GRAMS_PER_KG),
  item_value: String(request.itemValue),
  cod: "no",
});

/** Digits after the country's own: mobile numbers have 9 to 12, old landlines fewer. */
const PHONE = /^62[1-9]\d{6,12}$/;

/** `62812...` out of any Indonesian spelling; null for what is no phone. `+62` is refused there, and so may be `0`. */
export function phoneOf(text: string): string | null {
  const digits = text.replace(/\D/g, "");
  const national = digits.replace(/^(0062|62)/, "").replace(/^0+/, "");
  const phone = `62${national}`;
  return PHONE.test(phone) ? phone : null;
}

/** One line: what a label or a form can hold. */
const lineOf = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim();

/** What keeps a party from being sent: the company answers a missing field with a text that nobody can act on. */
function missingOf(role: string, party: BookingParty): string | null {
  if (lineOf(party.name) === "") return `the ${role} has no name`;
  if (lineOf(party.address) === "") return `the ${role} has no address`;
  return phoneOf(party.phone) === null ? `the ${role}'s phone is no Indonesian number` : null;
}

/** What is to be put right before this booking can be sent; null when nothing is. No personal data. */
export function unsendable({ sender, recipient, items, brand }: BookingRequest): string | null {
  if (items.length === 0) return "there is nothing to send";
  if (lineOf(brand) === "") return "the label has no brand";
  if (!sender.email) return "the sender has no e-mail address";
  return missingOf("sender", sender) ?? missingOf("recipient", recipient);
}

const sizeOf = (cm: number): number => Math.max(1, Math.ceil(cm));

/**
 * A booking that is paid for already. The grand total is goods and gross costs, the cashback not taken off: so all
 * numeric samples have it, whatever the table of fields says. The shop's order number stands where a person reads it on
 * the company's pages: in the notes and in each product's variant.
 */
export function storeBody(request: BookingRequest) {
  const { sender, recipient, rate, items, orderNumber } = request;
  const goods = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  return {
    order_date: `${dayInJakarta(request.at)} ${timeInJakarta(request.at)}`,
    brand_name: lineOf(request.brand),
    shipper_name: lineOf(sender.name),
    shipper_phone: phoneOf(sender.phone),
    shipper_destination_id: sender.destinationId,
    shipper_address: lineOf(sender.address),
    shipper_email: sender.email,
    origin_pin_point: "",
    receiver_name: lineOf(recipient.name),
    receiver_phone: phoneOf(recipient.phone),
    receiver_destination_id: recipient.destinationId,
    receiver_address: lineOf(recipient.address),
    ...(recipient.email ? { receiver_email: recipient.email } : {}),
    destination_pin_point: "",
    shipping: rate.shipping,
    shipping_type: rate.shippingType,
    payment_method: "BANK TRANSFER",
    shipping_cost: rate.cost,
    shipping_cashback: rate.cashback,
    service_fee: 0,
    additional_cost: 0,
    grand_total: goods + rate.cost,
    cod_value: 0,
    insurance_value: 0,
    notes: orderNumber,
    order_details: items.map((item) => ({
      product_name: lineOf(item.name) || "-",
      product_variant_name: orderNumber,
      product_price: item.price,
      product_weight: item.weightGrams,
      product_width: sizeOf(item.widthCm),
      product_height: sizeOf(item.heightCm),
      product_length: sizeOf(item.lengthCm),
      qty: item.quantity,
      subtotal: item.price * item.quantity,
    })),
  };
}

export const pickupBody = ({ at, vehicle, bookingNos }: PickupRequest) => ({
  pickup_date: dayInJakarta(at),
  pickup_time: timeInJakarta(at).slice(0, 5),
  pickup_vehicle: vehicle,
  orders: bookingNos.map((order_no) => ({ order_no })),
});

/** There is no `page_3`. */
export const PAGES: Readonly<Record<LabelPage, string>> = {
  A4: "page_1",
  A4x2: "page_2",
  A4x4: "page_4",
  thermal10x10: "page_5",
  thermal10x15: "page_6",
};
