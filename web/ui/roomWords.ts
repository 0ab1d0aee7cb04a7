import { fill, type Language } from "./format.ts";
import type { WordKey } from "./words/id.ts";
import { useWords, type Words } from "./words.tsx";

type Texts<Key extends string> = Readonly<Record<Key, string>>;

/** The words of a page: those of its room beside those of every page. */
interface RoomWords<Key extends string> extends Omit<Words, "t"> {
  t(key: Key | WordKey, values?: Readonly<Record<string, string | number>>): string;
  /** The language's name for the server. */
  readonly spoken: "EN" | "ID";
}

/** The words of a room, which only its own pages load: a hook as useWords is one. No key may be of two rooms. */
export function roomWords<Key extends string>(catalogues: Readonly<Record<Language, Texts<Key>>>) {
  return function useRoomWords(): RoomWords<Key> {
    const words = useWords();
    const own: Readonly<Record<string, string>> = catalogues[words.language];
    return {
      ...words,
      spoken: words.language === "en" ? "EN" : "ID",
      t: (key, values) => {
        const text = own[key];
        return text === undefined ? words.t(key as WordKey, values) : fill(text, values);
      },
      named: (key, fallback) => own[key] ?? words.named(key, fallback),
    };
  };
}
