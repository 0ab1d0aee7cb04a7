import { invalidInput } from "../kernel/errors.ts";

const EMAIL_MAX = 254; // characters, RFC 5321's limit of a path
const EMAIL = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@"(),:;<>[\]\\.]+(\.[^\s@"(),:;<>[\]\\.]+)+$/;
const NAME_MAX = 100;
const PASSWORD_MIN = 8;
const PASSWORD_MAX = 128; // characters: longer ones only cost hashing
/** Controls and the marks that turn text around: they make one name look like another. */
const UNSEEN = /[\p{Cc}\p{Cs}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;

export const EMAIL_EXPECTED = `an e-mail address of at most ${EMAIL_MAX} characters`;
const PASSWORD_EXPECTED = `${PASSWORD_MIN} to ${PASSWORD_MAX} characters`;
const NAME_EXPECTED = `1 to ${NAME_MAX} characters`;
const PHONE_EXPECTED = "an Indonesian number, such as 0812-3456-7890 or +62 812 3456 7890";

/** What an address is looked up by: two spellings of one mailbox are one account. */
export const emailKeyOf = (email: string): string => email.trim().normalize("NFC").toLowerCase();

export const isEmail = (email: string): boolean =>
  email.length <= EMAIL_MAX && EMAIL.test(email) && !UNSEEN.test(email);

/**
 * An Indonesian number as `+62...`: from 0812..., 62812..., +62 812-..., with spaces, dots, dashes or brackets.
 *
 * @returns null where it is none
 */
export function normalizePhone(text: string): string | null {
  const bare = text.trim().replace(/[\s().-]/g, "");
  const match = /^(?:\+?62|0)([1-9]\d{7,11})$/.exec(bare);
  return match ? `+62${match[1]}` : null;
}

/** Passwords are compared as the same letters, however a keyboard composes them. */
export const normalizePassword = (password: string): string => password.normalize("NFKC");

/** Whether a password may be one at all; such a one need not be hashed. */
export const isPasswordLong = (password: string): boolean => [...password].length > PASSWORD_MAX;

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly phone?: string | null;
}

export interface CheckedAccount {
  readonly email: string;
  readonly emailKey: string;
  readonly password: string;
  readonly name: string;
  readonly phone: string | null;
}

/** @throws Refusal INVALID_INPUT with every field that is wrong */
export function checkAccount(input: NewAccount): CheckedAccount {
  const email = input.email.trim().normalize("NFC");
  const name = input.name.trim().normalize("NFC").replace(/ +/g, " ");
  const phone = input.phone?.trim() ? normalizePhone(input.phone) : null;
  const length = [...input.password].length;
  const fields: Record<string, string> = {};
  if (!isEmail(email)) fields["input.email"] = EMAIL_EXPECTED;
  if (name === "" || [...name].length > NAME_MAX || UNSEEN.test(name)) fields["input.name"] = NAME_EXPECTED;
  if (input.phone?.trim() && phone === null) fields["input.phone"] = PHONE_EXPECTED;
  if (length < PASSWORD_MIN || length > PASSWORD_MAX) fields["input.password"] = PASSWORD_EXPECTED;
  if (Object.keys(fields).length > 0) throw invalidInput(fields);
  return { email, emailKey: emailKeyOf(email), password: normalizePassword(input.password), name, phone };
}

/** @throws Refusal INVALID_INPUT for what can be nobody's e-mail address or password */
export function checkCredentials(input: { readonly email: string; readonly password: string }): {
  emailKey: string;
  password: string;
} {
  const fields: Record<string, string> = {};
  if (!isEmail(input.email.trim())) fields["email"] = EMAIL_EXPECTED;
  if (input.password === "" || isPasswordLong(input.password)) fields["password"] = `1 to ${PASSWORD_MAX} characters`;
  if (Object.keys(fields).length > 0) throw invalidInput(fields);
  return { emailKey: emailKeyOf(input.email), password: normalizePassword(input.password) };
}
