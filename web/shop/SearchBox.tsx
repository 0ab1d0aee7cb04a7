import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { CrossIcon, SearchIcon } from "../ui/icons/icons.tsx";
import { useDebounced } from "../ui/useDebounced.ts";
import { useWords } from "../ui/words.tsx";
import styles from "./SearchBox.module.css";

/** A pause in typing that is long enough to be worth a question. */
const REST_MS = 250;
/** As long a search as the server takes. */
const MAX_LENGTH = 100;

/** Searches the catalogue as one types; the words live in the address, so that they survive going back. */
export function SearchBox() {
  const { t } = useWords();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [params] = useSearchParams();
  const asked = pathname === "/" ? (params.get("q") ?? "") : "";
  const [text, setText] = useState(asked);
  const rested = useDebounced(text, REST_MS);
  const sent = useRef(asked);

  // The address changed by another way than typing here: going back, the logo, a filter that was cleared.
  useEffect(() => {
    if (asked !== sent.current) {
      sent.current = asked;
      setText(asked);
    }
  }, [asked]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed may move the page
  useEffect(() => {
    const words = rested.trim();
    if (words === sent.current || rested !== text) return;
    sent.current = words;
    const next = new URLSearchParams(pathname === "/" ? params : undefined);
    if (words) next.set("q", words);
    else next.delete("q");
    navigate({ pathname: "/", search: next.toString() }, { replace: pathname === "/", preventScrollReset: true });
  }, [rested]);

  return (
    <search className={styles.search}>
      <SearchIcon size={20} />
      <input
        type="search"
        enterKeyHint="search"
        autoComplete="off"
        maxLength={MAX_LENGTH}
        value={text}
        placeholder={t("catalogue.searchPlaceholder")}
        aria-label={t("catalogue.search")}
        data-testid="search-input"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text && (
        <button type="button" aria-label={t("catalogue.clearSearch")} onClick={() => setText("")}>
          <CrossIcon size={16} />
        </button>
      )}
    </search>
  );
}
