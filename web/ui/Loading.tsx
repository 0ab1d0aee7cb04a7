import { type ReactNode, useEffect, useState } from "react";
import styles from "./Loading.module.css";
import { useWords } from "./words.tsx";

/** Past this a person wonders whether anything is happening at all. */
const SLOW_AFTER_MS = 5_000;

/** Wraps a skeleton: tells screen readers that it is loading, and everybody when it takes long. */
export function Loading({ children }: { readonly children: ReactNode }) {
  const { t } = useWords();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true">
      <p className={slow ? styles.slow : styles.hidden} role="status">
        {slow ? t("common.slow") : t("common.loading")}
      </p>
      {children}
    </div>
  );
}
