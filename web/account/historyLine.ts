import type { BuyWordKey } from "../ui/words/buy.id.ts";
import { courierWords } from "./courierWords.ts";

interface Change {
  readonly from?: string | null;
  readonly to: string;
  readonly reason?: string | null;
  readonly source: Source;
}

type Source = "CUSTOMER" | "STAFF" | "MIDTRANS" | "RAJAONGKIR" | "SYSTEM";

interface HistoryLine {
  /** Null: by the status alone. */
  readonly title: BuyWordKey | null;
  readonly source: Source;
  /** A key of the shop's own words, or the words that somebody wrote; null: nothing. */
  readonly note: { readonly key: BuyWordKey } | { readonly words: string } | null;
}

/** What the shop notes for itself where it ends or learns of a payment: no words for whom the order is. */
const NOTED: Readonly<Record<string, BuyWordKey | null>> = {
  "the payment window is over": "orderNote.windowOver",
  "expired by staff": "orderNote.windowOver",
  sync: null,
  poll: null,
  restore: null,
  "another try": null,
  "the payment needs no other try": null,
  "the outcome is unknown": null,
  "challenge accepted": null,
  "challenge denied": null,
  subscription: null,
  refund: null,
  "refund by hand": null,
  "hold over": null,
};

/** Whether the shop has a word for itself there, which is told in the customer's words or not at all. */
export const isNoted = (reason: string): boolean => Object.hasOwn(NOTED, reason);

/** Who asked for the cancel says why in his own words; the courier says why it can't be. */
function noteOf({ from, to, reason, source }: Change): HistoryLine["note"] {
  if (!reason) return null;
  if (isNoted(reason)) {
    const key = NOTED[reason];
    return key ? { key } : null;
  }
  if (source === "RAJAONGKIR") return { words: courierWords(reason) };
  const isCancel = (to === "CANCELLED" && from !== "CANCEL_REQUESTED") || to === "CANCEL_REQUESTED";
  return isCancel && (source === "CUSTOMER" || source === "STAFF") ? { words: reason } : null;
}

/** A change of an order as its customer reads it: what of it the status alone does not say. */
export function historyLine(change: Change): HistoryLine {
  const { from, to, reason, source } = change;
  const note = noteOf(change);
  // Back from a courier who gave it up: the money came long before.
  if (to === "PAID" && from !== "PENDING_PAYMENT") return { title: "orderStep.bookAnew", source, note };
  // Whoever made the shop ask, it is Midtrans that knows of money.
  if (to === "PAID") return { title: null, source: "MIDTRANS", note };
  return { title: null, source: reason && isNoted(reason) ? "SYSTEM" : source, note };
}
