import { fill } from "../../ui/format.ts";
import { payEn } from "../../ui/words/pay.en.ts";
import { type PayWordKey, payId } from "../../ui/words/pay.id.ts";
import { useWords } from "../../ui/words.tsx";

const catalogues = { id: payId, en: payEn } as const;

/** The words of paying in the page's language, and the name of that language for the server. */
export function usePayWords() {
  const { language } = useWords();
  return {
    p: (key: PayWordKey, values?: Readonly<Record<string, string | number>>) => fill(catalogues[language][key], values),
    spoken: language === "en" ? ("EN" as const) : ("ID" as const),
  };
}
