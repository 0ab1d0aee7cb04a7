import type { ChargeRequest, PageRequest } from "../../domain/payment/paymentGateway.ts";
import { formatWibTime } from "./wire.ts";

/** What Midtrans is asked: the bodies of its create and charge calls. No network here. */

const NAME_MAX = 50; // characters of an item's id and name; longer ones are refused
const PERSON_MAX = 255;
const LINES_MAX = 60; // beyond this the rest is folded into one line: nobody reads more on a payment page
const LINES_BYTES_MAX = 11_000; // a request may have 16 kB in all; names and addresses at their longest have 4.5 kB

/** Alfamart's receipts break at a pipe; control characters break others. */
const clean = (name: string): string => name.replace(/[|\p{Cc}]/gu, " ").trim();
const cut = (name: string, max: number): string => [...clean(name)].slice(0, max).join("");

/** How many lines, from the first, a request has room for. */
function countFitting(lines: readonly object[]): number {
  let bytes = 0;
  const beyond = lines.findIndex((line, i) => {
    bytes += Buffer.byteLength(JSON.stringify(line)) + 1;
    return i >= LINES_MAX || bytes > LINES_BYTES_MAX;
  });
  return beyond === -1 ? lines.length : beyond;
}

function itemDetails(items: PageRequest["items"]) {
  const lines = items.map(({ id, name, price, quantity }) => ({
    id: cut(id, NAME_MAX),
    name: cut(name, NAME_MAX) || "Barang",
    price,
    quantity,
  }));
  const fitting = countFitting(lines);
  if (fitting === lines.length) return lines;
  const rest = lines.slice(fitting - 1);
  const price = rest.reduce((sum, line) => sum + line.price * line.quantity, 0);
  return [...lines.slice(0, fitting - 1), { id: "REST", name: `${rest.length} baris lainnya`, price, quantity: 1 }];
}

type Asked = Pick<PageRequest, "gatewayOrderId" | "amount" | "items" | "customer" | "address">;

/**
 * What a page and a charge have in common.
 *
 * @throws Error when the lines do not add up to the amount: that is our bug, and the gateway would refuse it too
 */
function commonParts(request: Asked) {
  const item_details = itemDetails(request.items);
  const sum = item_details.reduce((total, line) => total + line.price * line.quantity, 0);
  if (sum !== request.amount)
    throw new Error(`items of ${request.gatewayOrderId} sum to ${sum}, not ${request.amount}`);
  const { customer, address } = request;
  const shipping_address = address && {
    first_name: cut(address.recipient, PERSON_MAX),
    phone: address.phone,
    address: cut(address.line, PERSON_MAX),
    city: cut(address.city, 100),
    postal_code: address.postalCode.slice(0, 10),
    country_code: "IDN",
  };
  return {
    transaction_details: { order_id: request.gatewayOrderId, gross_amount: request.amount },
    item_details,
    customer_details: {
      first_name: cut(customer.name, PERSON_MAX),
      email: customer.email,
      ...(customer.phone ? { phone: customer.phone } : {}),
      ...(shipping_address ? { shipping_address } : {}),
    },
  };
}

/**
 * The body of a Snap create call.
 *
 * @throws Error when the lines do not add up to the amount
 */
export function snapRequest(request: PageRequest): object {
  const minutes = Math.max(1, Math.round((request.expiresAt.getTime() - request.startsAt.getTime()) / 60_000));
  return {
    ...commonParts(request),
    ...(request.only ? { enabled_payments: request.only } : {}),
    // Kept only where the payer says so on the page.
    ...(request.saveCardFor ? { user_id: request.saveCardFor } : {}),
    credit_card: { secure: true, ...(request.saveCardFor ? { save_card: true } : {}) },
    callbacks: { finish: request.returnUrl, error: request.returnUrl },
    expiry: { start_time: formatWibTime(request.startsAt), unit: "minutes", duration: minutes },
    page_expiry: { unit: "minutes", duration: Math.min(Math.max(minutes, 5), 7 * 24 * 60) },
  };
}

/** What a payment type wants to know beside what its row says; a type that is not here wants nothing more. */
const EXTRA_PARTS: Readonly<Record<string, (request: ChargeRequest) => object>> = {
  // Shown at the bank's machine, 10 and 30 characters.
  echannel: ({ gatewayOrderId }) => ({ bill_info1: "Bayar:", bill_info2: gatewayOrderId.slice(0, 30) }),
  // The bank may ask its holder to prove himself: then the answer has a page for that.
  credit_card: ({ cardToken }) => ({ token_id: cardToken, authentication: true }),
  gopay: ({ returnUrl }) => ({ enable_callback: true, callback_url: returnUrl }),
  shopeepay: ({ returnUrl }) => ({ callback_url: returnUrl }),
  // Printed on the receipt, 20 characters.
  cstore: () => ({ message: "Lunas" }),
};

/**
 * The body of a Core charge. Its end is fixed from the start of the try, so that one that is sent later ends no later.
 *
 * @throws Error when the lines do not add up to the amount
 */
export function coreCharge(request: ChargeRequest): object {
  const { paymentType, parts } = request.charge;
  const seconds = Math.floor((request.expiresAt.getTime() - request.startsAt.getTime()) / 1_000);
  return {
    payment_type: paymentType,
    ...commonParts(request),
    [paymentType]: { ...parts, ...EXTRA_PARTS[paymentType]?.(request) },
    custom_expiry: { order_time: formatWibTime(request.startsAt), expiry_duration: seconds, unit: "second" },
  };
}
