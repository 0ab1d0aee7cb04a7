import type { Reader } from "./configReader.ts";

/** An account of the institution's own, to which people transfer by hand. */
export interface TransferAccount {
  readonly bank: string;
  /** Digits alone, as a bank's form takes them. */
  readonly number: string;
  /** As the bank shows it to who transfers, so that he sees that he typed it right. */
  readonly holder: string;
}

export interface TransferSettings {
  /** Empty: whoever wants to transfer asks the shop. */
  readonly transferAccounts: readonly TransferAccount[];
}

/** More of them are a list to choose from, and no help to who wants to pay. */
const ACCOUNTS_MAX = 6;
const NUMBER = /^\d{6,20}$/;
const WORDS = /^[^\p{Cc}\p{Zl}\p{Zp}]{2,100}$/u;

function accountOf(text: string): TransferAccount | null {
  const [bank = "", typed = "", holder = "", ...more] = text.split(":").map((part) => part.trim());
  const number = typed.replace(/[\s.-]/g, "");
  const isRight = more.length === 0 && WORDS.test(bank) && NUMBER.test(number) && WORDS.test(holder);
  return isRight ? { bank, number, holder } : null;
}

/** The accounts of TRANSFER_ACCOUNTS, in their order: `bank:number:holder`, separated by semicolons. */
export function readTransferAccounts(read: Reader): TransferSettings {
  const text = read.optionalText("TRANSFER_ACCOUNTS");
  if (text === null) return { transferAccounts: [] };
  const accounts = text
    .split(";")
    .filter((part) => part.trim() !== "")
    .map(accountOf);
  const right = accounts.filter((account) => account !== null);
  const isTwice = new Set(right.map(({ bank, number }) => `${bank.toLowerCase()} ${number}`)).size < right.length;
  const isRight = right.length === accounts.length && right.length > 0 && right.length <= ACCOUNTS_MAX && !isTwice;
  if (isRight) return { transferAccounts: right };
  read.fail(
    "TRANSFER_ACCOUNTS",
    `expected 1 to ${ACCOUNTS_MAX} different accounts, such as Bank Contoh:0123456789:Yayasan Contoh, by semicolons`,
  );
  return { transferAccounts: [] };
}
