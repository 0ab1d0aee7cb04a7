import { hash } from "node:crypto";
import { invalidInput } from "../kernel/errors.ts";

/** What somebody says of a product. */
export interface Opinion {
  /** 1 to 5; null: none. */
  readonly rating: number | null;
  readonly comment: string;
}

const RATING_MAX = 5; // stars
const COMMENT_CHARS_MAX = 2_000; // a page; the column holds no more
const REASON_CHARS_MAX = 500; // a sentence or two for its author
const SAME_CHARS_MAX = 12; // of one character in a row: "baguuuuuus" passes, a bar of them does not
const WORDS_JUDGED_MIN = 12; // below this, repeating a word is how people write
const DISTINCT_SHARE_MIN = 0.25; // of the words: a text of which three in four are repeats says nothing
/** Letters and digits. "Barang bagus sesuai deskripsi" is what anybody says of anything, and has half of that. */
const COPIED_CHARS_MIN = 60;
/** Below this an author may well say the same of another thing. */
const PHRASE_CHARS_MAX = 24;
/** Things of which one author may say the same in a few words. */
const PHRASES_MAX = 3;

/** Names that end as those of sites do; "Mantap.Top" is no link, and "mantap.top/x" is. */
const SITE =
  "\\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.|\\s*[[(]\\s*(?:\\.|dot|titik)\\s*[)\\]]\\s*)" +
  "(?:(?:com|xyz|(?:co|or|my|web)\\.id|id)\\b" +
  "|(?:net|org|info|biz|online|me|ly|gg|top|link|live|store|shop|site|app)/)";
const LINK = new RegExp(`\\w+://|\\bwww\\.|${SITE}`, "iu");
/** What no keyboard writes on purpose: control characters but line breaks, and marks that turn text around. */
const UNWRITTEN = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
const SAME_CHARS = new RegExp(`(\\S)\\1{${SAME_CHARS_MAX},}`, "iu");

const tidied = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(/\r\n?/g, "\n")
    .replace(UNWRITTEN, (mark) => (mark === "\n" || mark === "\t" ? mark : ""))
    .trim();

const SAYS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function repeatsItself(comment: string): boolean {
  const words = wordsOf(comment);
  const isLong = words.length >= WORDS_JUDGED_MIN;
  return SAME_CHARS.test(comment) || (isLong && new Set(words).size < words.length * DISTINCT_SHARE_MIN);
}

/** Why a comment is not taken; null for one that is. */
function complaintAbout(comment: string): string | null {
  if (comment.length < 1 || comment.length > COMMENT_CHARS_MAX) return `1 to ${COMMENT_CHARS_MAX} characters`;
  if (!SAYS_SOMETHING.test(comment)) return "words";
  if (LINK.test(comment)) return "no links or addresses";
  return repeatsItself(comment) ? "no repeated words or characters" : null;
}

/**
 * The comment as it is kept: trimmed, and without characters that nobody sees.
 *
 * @throws Refusal INVALID_INPUT for a comment that is empty, too long, holds a link or repeats itself, and for a rating
 * other than 1 to 5
 */
export function requireOpinion({ rating, comment }: Opinion): Opinion {
  if (rating !== null && (!Number.isInteger(rating) || rating < 1 || rating > RATING_MAX))
    throw invalidInput({ rating: `1 to ${RATING_MAX}, or none` });
  const kept = tidied(comment);
  const complaint = complaintAbout(kept);
  if (complaint !== null) throw invalidInput({ comment: complaint });
  return { rating, comment: kept };
}

/** What a text is known again by, the same for texts that differ in case, spaces or punctuation alone. */
export interface Likeness {
  /** null: it has no letters. */
  readonly key: string | null;
  /** Other reviews of the same author that may say the same. */
  readonly ownMax: number;
  /** Whether it stands in nobody else's review of the same product by chance. */
  readonly isCopied: boolean;
}

export function likenessOf(comment: string): Likeness {
  const letters = wordsOf(comment).join("");
  return {
    key: letters === "" ? null : hash("sha256", letters),
    ownMax: letters.length < PHRASE_CHARS_MAX ? PHRASES_MAX - 1 : 0,
    isCopied: letters.length >= COPIED_CHARS_MIN,
  };
}

/** @throws Refusal INVALID_INPUT for a reason that is empty or too long */
export function requireReason(text: string): string {
  const reason = tidied(text);
  if (reason.length < 1 || reason.length > REASON_CHARS_MAX)
    throw invalidInput({ reason: `1 to ${REASON_CHARS_MAX} characters` });
  return reason;
}
