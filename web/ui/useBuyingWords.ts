import { roomWords } from "./roomWords.ts";
import { buyEn } from "./words/buy.en.ts";
import { buyId } from "./words/buy.id.ts";
import { payEn } from "./words/pay.en.ts";
import { payId } from "./words/pay.id.ts";

/** The words of a page about buying, learning or the account. */
export const useBuyingWords = roomWords({ id: { ...buyId, ...payId }, en: { ...buyEn, ...payEn } });
