/** A line of the basket of someone who has not signed in. */
export interface Wish {
  readonly productId: string;
  readonly quantity: number;
}

/** As many lines as the server's cart shows on one page; more would be a robot. */
export const MAX_WISHES = 50;
const MAX_QUANTITY = 999;

/** The wishes with one line set; 0 takes it out. Refuses silently to grow past MAX_WISHES. */
export function setWish(wishes: readonly Wish[], productId: string, quantity: number): readonly Wish[] {
  const bounded = Math.min(MAX_QUANTITY, Math.max(0, Math.trunc(quantity)));
  const known = wishes.some((wish) => wish.productId === productId);
  if (bounded === 0) return wishes.filter((wish) => wish.productId !== productId);
  if (known) return wishes.map((wish) => (wish.productId === productId ? { productId, quantity: bounded } : wish));
  return wishes.length >= MAX_WISHES ? wishes : [...wishes, { productId, quantity: bounded }];
}

/** Wishes from stored text; whatever is not a list of lines counts as none. */
export function parseWishes(stored: string | null): readonly Wish[] {
  if (!stored) return [];
  try {
    const value: unknown = JSON.parse(stored);
    return Array.isArray(value) ? value.filter(isWish).slice(0, MAX_WISHES) : [];
  } catch (error) {
    // Another program's text under our name: starting empty loses nothing that could be read.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isWish(value: unknown): value is Wish {
  if (typeof value !== "object" || value === null) return false;
  const wish = value as Partial<Wish>;
  return typeof wish.productId === "string" && Number.isInteger(wish.quantity) && (wish.quantity ?? 0) > 0;
}

/**
 * What setCartItem must be called with after signing in. The larger quantity wins, never the sum: merging twice, from
 * two tabs or after a lost answer, gives the same cart.
 */
export function mergeWishes(wishes: readonly Wish[], cart: readonly Wish[]): readonly Wish[] {
  const inCart = new Map(cart.map((line) => [line.productId, line.quantity]));
  return wishes.filter((wish) => wish.quantity > (inCart.get(wish.productId) ?? 0));
}
