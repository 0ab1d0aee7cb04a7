interface Card {
  readonly maskedCard: string;
  readonly bank?: string | null;
}

/** A card as people tell it from their others: its bank and its last digits, `MEGA •••• 1114`. */
export function cardName({ maskedCard, bank }: Card): string {
  const digits = `•••• ${maskedCard.slice(-4)}`;
  return bank ? `${bank.toUpperCase()} ${digits}` : digits;
}

/** Whether a card can still be charged at an instant, in milliseconds since 1970; one without an end always. */
export const isUsable = ({ expiresAt }: { readonly expiresAt?: string | null }, now: number): boolean =>
  !expiresAt || Date.parse(expiresAt) > now;
