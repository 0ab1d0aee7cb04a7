import { fill } from "../ui/format.ts";
import { deskEn } from "../ui/words/desk.en.ts";
import { type DeskWordKey, deskId } from "../ui/words/desk.id.ts";
import { gatewayEn } from "../ui/words/gateway.en.ts";
import { type GatewayWordKey, gatewayId } from "../ui/words/gateway.id.ts";
import type { WordKey } from "../ui/words/id.ts";
import { useWords, type Words } from "../ui/words.tsx";

const catalogues = { id: { ...deskId, ...gatewayId }, en: { ...deskEn, ...gatewayEn } } as const;

/** What the back office can say: its own words beside the shop's. */
export type AnyWordKey = DeskWordKey | GatewayWordKey | WordKey;

/** The words of a page of the back office: as useWords, with the words that only the back office loads. */
export function useDeskWords(): Omit<Words, "t"> & {
  t(key: AnyWordKey, values?: Readonly<Record<string, string | number>>): string;
} {
  const words = useWords();
  const own: Readonly<Record<string, string>> = catalogues[words.language];
  return {
    ...words,
    t: (key, values) => {
      const text = own[key];
      return text === undefined ? words.t(key as WordKey, values) : fill(text, values);
    },
    named: (key, fallback) => own[key] ?? words.named(key, fallback),
  };
}
