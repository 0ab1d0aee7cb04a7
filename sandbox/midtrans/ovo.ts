import type { Transaction } from "../model.ts";

/** Ms after which OVO's own answer comes: well within the 55 s that a buyer has (midtrans.md 3.9). */
const ANSWER_MS = 10_000;

/** Phones whose payments end in a certain way, by OVO's answer code (midtrans.md 10.2). */
const ENDINGS: Record<string, string> = {
  "+628271939753": "17",
  "+628242014881": "26",
  "+628237435829": "40",
  "+628215023424": "68",
};

const WORDS: Record<string, string> = {
  "17": "Transaction declined",
  "26": "Transaction failed",
  "40": "Transaction failed",
  "68": "Transaction timed out",
};

/** The number that OVO does not know: its answer 14. */
const UNKNOWN = "+628249134000";

/** Whether OVO has no user of this number. */
export const isUnknownPhone = (phone: string | undefined): boolean => phone === UNKNOWN;

/** How a payment pushed to this phone ends by itself, where it does; all others wait for the buyer or run out. */
export function ovoEnding(phone: string | undefined, now: number): Partial<Transaction> {
  const code = phone === undefined ? undefined : ENDINGS[phone];
  if (code === undefined) return {};
  const response = { code, message: WORDS[code] ?? "Transaction failed" };
  return { decides_at: now + ANSWER_MS, decides: "deny", channel_response: response };
}
