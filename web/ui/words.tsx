import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { day, fill, type Language, moment } from "./format.ts";
import { en } from "./words/en.ts";
import { id, type WordKey } from "./words/id.ts";

const catalogues: Readonly<Record<Language, Readonly<Record<WordKey, string>>>> = { id, en };
const REMEMBERED = "lunas.language";

interface Words {
  readonly language: Language;
  setLanguage(language: Language): void;
  /** The text of a key, with its `{values}` filled in. */
  t(key: WordKey, values?: Readonly<Record<string, string | number>>): string;
  /** The text of a key that is put together at run time; the fallback where the catalogue has none. */
  named(key: string, fallback: string): string;
  /** `20 Nov 2026, 14.05 WIB` */
  at(instant: string | null | undefined): string;
  /** `20 Nov 2026` */
  on(instant: string | null | undefined): string;
}

const WordsContext = createContext<Words | null>(null);

/** Gives the page its language: Indonesian unless this browser chose English before. */
export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (localStorage.getItem(REMEMBERED) === "en" ? "en" : "id"));
  useEffect(() => {
    localStorage.setItem(REMEMBERED, language);
    document.documentElement.lang = language;
  }, [language]);
  const words = useMemo<Words>(() => {
    const catalogue = catalogues[language];
    return {
      language,
      setLanguage,
      t: (key, values) => fill(catalogue[key], values),
      named: (key, fallback) => (catalogue as Readonly<Record<string, string>>)[key] ?? fallback,
      at: (instant) => moment(instant, language),
      on: (instant) => day(instant, language),
    };
  }, [language]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

/** The words of the page; only under WordsProvider. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("useWords stands outside WordsProvider");
  return words;
}
