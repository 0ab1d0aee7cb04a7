import type { BookedLineFragment } from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import styles from "./Close.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useMethodNames } from "./useMethodNames.ts";

/** The lines of an entry: debits to the left, credits to the right. */
export function BookedLines({ lines }: { readonly lines: readonly BookedLineFragment[] }) {
  const { named } = useDeskWords();
  const nameOf = useMethodNames();
  return (
    <ul className={styles.lines}>
      {lines.map(({ account, store, method, amount }) => (
        <li key={`${account} ${store?.id ?? ""} ${method ?? ""}`} data-credit={amount < 0 || undefined}>
          <span>
            {named(`account.${account}`, account)}
            {(store || method) && <small> {[store?.name, method && nameOf(method)].filter(Boolean).join(" · ")}</small>}
          </span>
          <span className="tabular">{money(Math.abs(amount))}</span>
        </li>
      ))}
    </ul>
  );
}
