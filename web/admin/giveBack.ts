/** What staff gives back: all that is left, pieces of items, or just an amount. */
export const WAYS = ["whole", "items", "amount"] as const;
export type Way = (typeof WAYS)[number];

/** Pieces of one item of an order. */
export interface Pieces {
  readonly quantity: number;
  /** Back on the shelf. */
  readonly restock: boolean;
}

/** What is typed so far. */
export interface GiveBackDraft {
  /** Empty: none is chosen yet, or there is none. */
  readonly orderId: string;
  readonly way: Way;
  /** By the item's id. */
  readonly pieces: Readonly<Record<string, Pieces>>;
  /** As typed, in rupiah. */
  readonly amount: string;
}

/** What the server is asked for; its amount is left out where it is to suggest one. */
export interface Wish {
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly items: ReadonlyArray<{ readonly orderItemId: string; readonly quantity: number; readonly restock: boolean }>;
  readonly amount: number | null;
}

/** Whole rupiah as people type them: `50.000`, `Rp 50000`; null for none. */
export function readRupiah(text: string): number | null {
  const digits = text.replaceAll(/\D/g, "");
  return digits === "" ? null : Number(digits);
}

/** What a draft wishes for; null while it says nothing yet. */
export function wishOf(paymentId: string, draft: GiveBackDraft): Wish | null {
  const base = { paymentId, orderId: draft.orderId || null };
  const amount = readRupiah(draft.amount);
  if (draft.way === "whole") return { ...base, items: [], amount: null };
  if (draft.way === "amount") return amount === null ? null : { ...base, items: [], amount };
  const items = Object.entries(draft.pieces)
    .filter(([, { quantity }]) => quantity > 0)
    .map(([orderItemId, { quantity, restock }]) => ({ orderItemId, quantity, restock }));
  return items.length === 0 ? null : { ...base, items, amount };
}
