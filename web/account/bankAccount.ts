/** The banks that money is transferred to, by the server's codes, under the names that their customers know. */
export const BANKS = {
  BCA: "BCA",
  BCA_DIGITAL: "blu by BCA Digital",
  BJB: "Bank BJB",
  BNI: "BNI",
  BRI: "BRI",
  BSI: "BSI (Bank Syariah Indonesia)",
  BTN: "BTN",
  BTPN: "BTPN / SMBC",
  CIMB: "CIMB Niaga",
  DANAMON: "Danamon",
  DKI: "Bank Jakarta (DKI)",
  JAGO: "Bank Jago",
  JATENG: "Bank Jateng",
  JATIM: "Bank Jatim",
  JENIUS: "Jenius",
  KROM: "Krom",
  MANDIRI: "Mandiri",
  MAYBANK: "Maybank",
  MEGA: "Bank Mega",
  MUAMALAT: "Muamalat",
  NEO: "Bank Neo Commerce",
  OCBC: "OCBC",
  PANIN: "Panin",
  PERMATA: "Permata",
  SEABANK: "SeaBank",
  SINARMAS: "Bank Sinarmas",
  UOB: "UOB",
} as const;

/** An account as its owner types it. */
export interface AccountDraft {
  readonly bankCode: string;
  readonly accountNumber: string;
  readonly accountName: string;
}

export type AccountField = keyof AccountDraft;

export const NO_ACCOUNT: AccountDraft = { bankCode: "", accountNumber: "", accountName: "" };

// As the server reads them: blanks, dots and dashes of a number do not count.
const NUMBER = /^\d{6,20}$/;
const NAME = /^\p{L}[\p{L}\p{M} .,'’-]{1,99}$/u;

/** The fields that no bank could pay to. */
export function accountGaps({ bankCode, accountNumber, accountName }: AccountDraft): ReadonlySet<AccountField> {
  const gaps = new Set<AccountField>();
  if (!Object.hasOwn(BANKS, bankCode)) gaps.add("bankCode");
  if (!NUMBER.test(accountNumber.replaceAll(/[\s.-]/g, ""))) gaps.add("accountNumber");
  if (!NAME.test(accountName.trim().replaceAll(/\s+/g, " "))) gaps.add("accountName");
  return gaps;
}
