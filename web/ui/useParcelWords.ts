import { roomWords } from "./roomWords.ts";
import { parcelEn } from "./words/parcel.en.ts";
import { parcelId } from "./words/parcel.id.ts";

/** The words of what the shop and the back office show of a parcel alike. */
export const useParcelWords = roomWords({ id: parcelId, en: parcelEn });
