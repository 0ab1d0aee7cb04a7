import type { ReactNode } from "react";
import styles from "./Timeline.module.css";

export interface TimelineEntry {
  readonly key: string;
  readonly title: ReactNode;
  readonly when: string;
  readonly who: string;
  readonly note?: string | null;
}

/** What happened, the latest first, each with its time and who said so. */
export function Timeline({ entries, label }: { readonly entries: readonly TimelineEntry[]; readonly label: string }) {
  return (
    <ol className={styles.timeline} aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.key}>
          <p className={styles.title}>{entry.title}</p>
          <p className={styles.meta}>
            <time>{entry.when}</time> · {entry.who}
          </p>
          {entry.note && <p className={styles.note}>{entry.note}</p>}
        </li>
      ))}
    </ol>
  );
}
