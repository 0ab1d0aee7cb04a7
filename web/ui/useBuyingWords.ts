import { roomWords } from "./roomWords.ts";
import { buyEn } from "./words/buy.en.ts";
import { buyId } from "./words/buy.id.ts";
import { learnEn } from "./words/learn.en.ts";
import { learnId } from "./words/learn.id.ts";
import { payEn } from "./words/pay.en.ts";
import { payId } from "./words/pay.id.ts";
import { refundEn } from "./words/refund.en.ts";
import { refundId } from "./words/refund.id.ts";

/** The words of a page about buying, learning or the account. */
export const useBuyingWords = roomWords({
  id: { ...buyId, ...payId, ...refundId, ...learnId },
  en: { ...buyEn, ...payEn, ...refundEn, ...learnEn },
});
