import { dayInJakarta } from "./time.ts";

/** Without I, L, O and U: nothing that is misread aloud or spells a word. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BITS_PER_LETTER = 5;
const LETTERS = 6;
const SPACE = 2 ** (BITS_PER_LETTER * LETTERS);

// An odd factor makes n -> n * FACTOR + OFFSET mod 2^30 a permutation: neighbours look unrelated and none collide.
const FACTOR = 620_541_193n;
const OFFSET = 381_654_729n;

/**
 * Six letters for the n-th thing of a sequence. Different for every n below 2^30 (about 1.07 thousand million).
 *
 * @throws RangeError outside that range
 */
export function codeOf(n: number): string {
  if (!Number.isSafeInteger(n) || n < 0 || n >= SPACE) throw new RangeError(`no code for ${n}`);
  let rest = Number((BigInt(n) * FACTOR + OFFSET) % BigInt(SPACE));
  let code = "";
  for (let i = 0; i < LETTERS; i++) {
    code = ALPHABET[rest % ALPHABET.length] + code;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return code;
}

/** `ORD-20261120-7F3K9Q`: what people read out loud; the day is Jakarta's. */
export const orderNumber = (at: Date, n: number): string => `ORD-${dayInJakarta(at).replaceAll("-", "")}-${codeOf(n)}`;

/** `LNS-20261120-7F3K9Q`: a payment's number. */
export const paymentNumber = (at: Date, n: number): string =>
  `LNS-${dayInJakarta(at).replaceAll("-", "")}-${codeOf(n)}`;
