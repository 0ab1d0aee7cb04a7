import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { day, fill, type Language, moment } from "./format.ts";
import { id, type WordKey } from "./words/id.ts";

type Catalogue = Readonly<Record<WordKey, string>>;
const REMEMBERED = "lunas.language";

export interface Words {
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

interface Spoken {
  readonly language: Language;
  readonly catalogue: Catalogue;
}

const INDONESIAN: Spoken = { language: "id", catalogue: id };

// English comes when somebody asks for it: the first page of most visitors never needs it.
async function load(language: Language): Promise<Spoken> {
  return language === "en" ? { language, catalogue: (await import("./words/en.ts")).en } : INDONESIAN;
}

/** The language that this browser chose before, Indonesian else; with its words, so that the first look has them. */
export function rememberedWords(): Promise<Spoken> {
  return load(localStorage.getItem(REMEMBERED) === "en" ? "en" : "id").catch(() => INDONESIAN);
}

const WordsContext = createContext<Words | null>(null);

/** Gives the page its language, and keeps what is chosen. */
export function WordsProvider({ first, children }: { readonly first: Spoken; readonly children: ReactNode }) {
  const [spoken, setSpoken] = useState(first);
  const { language, catalogue } = spoken;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback((wanted: Language) => {
    localStorage.setItem(REMEMBERED, wanted);
    // Without a line the words can't come now; the choice is kept and holds from the next visit on.
    load(wanted).then(setSpoken, () => undefined);
  }, []);
  const words = useMemo<Words>(
    () => ({
      language,
      setLanguage,
      t: (key, values) => fill(catalogue[key], values),
      named: (key, fallback) => (catalogue as Readonly<Record<string, string>>)[key] ?? fallback,
      at: (instant) => moment(instant, language),
      on: (instant) => day(instant, language),
    }),
    [language, catalogue, setLanguage],
  );
  return <WordsContext value={words}>{children}</WordsContext>;
}

/** The words of the page; only under WordsProvider. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("useWords stands outside WordsProvider");
  return words;
}
