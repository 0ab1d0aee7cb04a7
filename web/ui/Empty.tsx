import type { ReactNode } from "react";
import styles from "./Empty.module.css";

interface EmptyProps {
  readonly icon: ReactNode;
  readonly title: string;
  /** Where it is all that the page has, its title is the page's heading. */
  readonly whole?: boolean;
  readonly text: string;
  /** Where to go from here; an empty page without a way on is a dead end. */
  readonly action: ReactNode;
}

/** Nothing here yet, why, and where to go instead. */
export function Empty({ icon, title, whole, text, action }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.icon}>{icon}</span>
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
      <p>{text}</p>
      <div className={styles.action}>{action}</div>
    </div>
  );
}
