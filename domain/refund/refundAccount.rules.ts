import { invalidInput } from "../kernel/errors.ts";

/** What an account's number and name are sealed under. */
export const ACCOUNT_CONTEXT = "refund_accounts.account";

/** Banks that money is transferred to, by the names that their customers know. */
export const BANK_CODES = [
  "BCA",
  "BCA_DIGITAL",
  "BJB",
  "BNI",
  "BRI",
  "BSI",
  "BTN",
  "BTPN",
  "CIMB",
  "DANAMON",
  "DKI",
  "JAGO",
  "JATENG",
  "JATIM",
  "JENIUS",
  "KROM",
  "MANDIRI",
  "MAYBANK",
  "MEGA",
  "MUAMALAT",
  "NEO",
  "OCBC",
  "PANIN",
  "PERMATA",
  "SEABANK",
  "SINARMAS",
  "UOB",
] as const;
export type BankCode = (typeof BANK_CODES)[number];

/** Where a customer wants his money. */
export interface BankAccount {
  readonly bankCode: BankCode;
  /** Digits alone. */
  readonly accountNumber: string;
  readonly accountName: string;
}

const NUMBER = /^\d{6,20}$/; // the shortest and longest numbers of Indonesian banks, with room
const NAME = /^[\p{L}][\p{L}\p{M} .,'’-]{1,99}$/u; // as a bank prints it
const SHOWN_DIGITS = 4;

const isBankCode = (code: string): code is BankCode => (BANK_CODES as readonly string[]).includes(code);

/**
 * The account that a customer typed, as a bank wants it: spaces, dots and dashes of its number do not count.
 *
 * @throws Refusal INVALID_INPUT with the fields that are wrong; none of their values is repeated
 */
export function readAccount(input: {
  readonly bankCode: string;
  readonly accountNumber: string;
  readonly accountName: string;
}): BankAccount {
  const bankCode = input.bankCode.trim().toUpperCase();
  const accountNumber = input.accountNumber.replaceAll(/[\s.-]/g, "");
  const accountName = input.accountName.trim().replaceAll(/\s+/g, " ");
  const fields: Record<string, string> = {};
  if (!isBankCode(bankCode)) fields.bankCode = `one of ${BANK_CODES.join(", ")}`;
  if (!NUMBER.test(accountNumber)) fields.accountNumber = "6 to 20 digits";
  if (!NAME.test(accountName)) fields.accountName = "2 to 100 letters, as the bank has it";
  if (Object.keys(fields).length > 0 || !isBankCode(bankCode)) throw invalidInput(fields);
  return { bankCode, accountNumber, accountName };
}

/** What people may read of an account: enough for its owner to know it again, too little to pay to. */
export function maskAccount({ bankCode, accountNumber, accountName }: BankAccount): string {
  const hidden = "•".repeat(accountNumber.length - SHOWN_DIGITS);
  const initials = accountName.split(" ").map((word) => `${word[0]}•••`);
  return `${bankCode} ${hidden}${accountNumber.slice(-SHOWN_DIGITS)} ${initials.join(" ")}`;
}
