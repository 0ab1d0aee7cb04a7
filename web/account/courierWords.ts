/** How the company's refusals end: with its word for the state that the parcel is in. */
const STATE = /order status\s+(.+)$/i;
/** What they begin with: a code for machines. */
const CODE = /^\d{3}:\s*/;

/** A courier's no as its customer reads it: the state of the parcel where it names one, else the words without code. */
export const courierWords = (words: string): string => STATE.exec(words)?.[1] ?? words.replace(CODE, "");
