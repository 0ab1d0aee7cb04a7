import { fill } from "../ui/format.ts";
import { gatewayEn } from "../ui/words/gateway.en.ts";
import { type GatewayWordKey, gatewayId } from "../ui/words/gateway.id.ts";
import { useWords } from "../ui/words.tsx";

const catalogues = { id: gatewayId, en: gatewayEn } as const;

/** The words about the gateway's set-up and about fraud, in the page's language. */
export function useGatewayWords() {
  const { language } = useWords();
  const catalogue: Readonly<Record<string, string>> = catalogues[language];
  return {
    g: (key: GatewayWordKey, values?: Readonly<Record<string, string | number>>) =>
      fill(catalogues[language][key], values),
    /** Of a key that is put together at run time; the fallback where there is none. */
    gNamed: (key: string, fallback: string) => catalogue[key] ?? fallback,
  };
}
