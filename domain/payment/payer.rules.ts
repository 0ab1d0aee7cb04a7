import { EMAIL_EXPECTED, isEmail, normalizePhone } from "../identity/account.rules.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";

/** Who pays, as our records have him, before the gateway is told. */
export interface PayerFacts {
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  /** Of the address that the parcel goes to. */
  readonly addressPhone: string | null;
  readonly currency: string;
}

const PHONE_EXPECTED = "an Indonesian number, such as 0812-3456-7890 or +62 812 3456 7890";

/**
 * Checks what a gateway would refuse, so that it is never asked: currency, e-mail address and phone. A phone is the
 * payer's own as `+62...`, or the parcel's; none at all is fine.
 *
 * @throws Refusal INVALID_INPUT (fields) | PAYMENT_METHOD_UNAVAILABLE (currency)
 */
export function checkPayer(facts: PayerFacts): { name: string; email: string; phone: string | null } {
  if (facts.currency !== "IDR") {
    throw new Refusal("PAYMENT_METHOD_UNAVAILABLE", "Payments are in rupiah alone", { currency: facts.currency });
  }
  const given = [facts.phone, facts.addressPhone].filter((phone) => phone?.trim());
  const [phone = null] = given.map((text) => normalizePhone(text as string)).filter((number) => number !== null);
  const fields: Record<string, string> = {};
  if (!isEmail(facts.email)) fields["user.email"] = EMAIL_EXPECTED;
  if (given.length > 0 && phone === null) fields["user.phone"] = PHONE_EXPECTED;
  if (Object.keys(fields).length > 0) throw invalidInput(fields);
  return { name: facts.name, email: facts.email, phone };
}
