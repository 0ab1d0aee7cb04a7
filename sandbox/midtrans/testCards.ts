import type { CardOutcome, CardToken } from "../model.ts";

export type CardProfile = Pick<CardToken, "outcome" | "three_ds" | "eci" | "card_type"> & { number: string };

const card = (
  number: string,
  outcome: CardOutcome,
  three_ds: CardToken["three_ds"] = "otp",
  eci = number.startsWith("4") || number.startsWith("3") ? "05" : "02",
): CardProfile => ({ number: number.replaceAll(" ", ""), outcome, three_ds, eci, card_type: "credit" });

/** A bank that does not know 3DS for the card lets it pass unproven: "attempted". */
const attempted = (number: string, outcome: CardOutcome): CardProfile =>
  card(number, outcome, "silent", number.startsWith("4") ? "06" : "01");

/**
 * The published numbers (midtrans.md 10.1), and 4511 1111 1111 1117, the older one that is held for review: its masked
 * form stands in the sample of such a notification.
 */
export const TEST_CARDS: readonly CardProfile[] = [
  card("4811 1111 1111 1114", "accept"),
  card("4911 1111 1111 1113", "deny"),
  card("4511 1111 1111 1117", "challenge"),
  card("5211 1111 1111 1117", "accept"),
  card("5111 1111 1111 1118", "deny"),
  card("3528 2033 2456 4357", "accept"),
  card("3528 5129 4493 2269", "deny"),
  card("3701 9216 9722 458", "accept"),
  card("3742 9635 4400 881", "deny"),
  attempted("4411 1111 1111 1118", "accept"),
  attempted("5410 1111 1111 1116", "accept"),
  attempted("4611 1111 1111 1116", "fraud"),
  attempted("5411 1111 1111 1115", "fraud"),
  attempted("4711 1111 1111 1115", "deny"),
  attempted("5511 1111 1111 1114", "deny"),
  card("4556 5579 5572 6624", "accept", "silent"),
  card("4485 4364 5535 4151", "deny", "silent"),
  card("4916 9940 6425 2017", "accept"),
  card("4604 6331 9421 9929", "deny"),
  card("4024 0071 7626 5022", "late"),
  card("5487 9716 3133 0522", "late"),
  card("4716 1250 5984 7899", "unproven"),
  card("4472 4298 6999 6670", "insufficient"),
  card("4806 0000 0000 0081", "insufficient_above"),
  card("4705 8595 1098 4866", "accept"),
];

/** The only security code, and the code that the bank's page asks for. */
export const TEST_CVV = "123";
export const TEST_OTP = "112233";

/** Rupiah above which the card that is short of money says so. */
const SHORT_ABOVE = 30_000;

/** Ms from the buyer's proof to the bank's late yes. */
export const LATE_MS = 60_000;

export const findCard = (number: string): CardProfile | undefined => TEST_CARDS.find((row) => row.number === number);

/** First 8 and last 4 digits, as every message about the card shows it. */
export const masked = (number: string): string => `${number.slice(0, 8)}-${number.slice(-4)}`;

export interface Verdict {
  status: "capture" | "deny";
  fraud_status: "accept" | "challenge" | "deny";
  response: { code: string; message: string } | null;
}

const APPROVED = { code: "00", message: "Approved" };

/** The bank's decision about a charge of `amount` rupiah; "late" is a yes, whose time the caller minds. */
export function verdictOf(outcome: CardOutcome, amount: number): Verdict {
  switch (outcome) {
    case "challenge":
      return { status: "capture", fraud_status: "challenge", response: null };
    case "deny":
      return { status: "deny", fraud_status: "accept", response: { code: "05", message: "Do not honour" } };
    case "fraud":
      return { status: "deny", fraud_status: "deny", response: null };
    case "unproven":
      return { status: "deny", fraud_status: "accept", response: { code: "N1", message: "3DS failed" } };
    case "insufficient":
      return { status: "deny", fraud_status: "accept", response: { code: "51", message: "Insufficient funds" } };
    case "insufficient_above":
      return verdictOf(amount > SHORT_ABOVE ? "insufficient" : "accept", amount);
    case "accept":
    case "late":
      return { status: "capture", fraud_status: "accept", response: APPROVED };
  }
}
