import { METHODS, type RefundRule } from "./methods.rules.ts";

/** What only hosted pages offer. Where the documentation has several windows, the shortest. */
const ONLY_ON_PAGES: Readonly<Record<string, RefundRule>> = {
  dana: { partial: true, withinDays: 45 },
  ovo: { partial: false, withinDays: 7 },
  akulaku: { partial: true, withinDays: 180 },
  kredivo: { partial: true, withinDays: 14 },
};

/**
 * What may be refunded by the gateway of something paid by this payment type; null: nothing, it is paid back by hand.
 * A type that nobody has told us of is tried whole: the gateway's answer says the rest.
 *
 * @see Midtrans's table of methods with the refund feature
 */
export function refundRuleOf(paymentType: string): RefundRule | null {
  const info = METHODS.find(
    ({ charge, pageOnly }) => charge?.paymentType === paymentType || pageOnly?.includes(paymentType),
  );
  return info ? info.refund : (ONLY_ON_PAGES[paymentType] ?? { partial: false, withinDays: 7 });
}

/** Days until what the gateway refunds is with the customer: the longest that its pages state. */
const ARRIVAL_DAYS: Readonly<Record<string, number>> = { gopay: 1, credit_card: 14, qris: 20, shopeepay: 20 };

/** In how many days a refund of what was paid by this payment type is with the customer; null: nobody states any. */
export const arrivalDaysOf = (paymentType: string | null): number | null => ARRIVAL_DAYS[paymentType ?? ""] ?? null;
